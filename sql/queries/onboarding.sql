-- The onboarding: a document in parent_profiles that is filled step by step; once complete, the data is in the rows.
-- A save is a three-way merge of what the tab was given, which the document's `revision` tells, of what is stored and of
-- what is posted; its functions are in migration 0041. Without a revision it never removes a child or a goal.

-- name: get_onboarding_progress :one :batch
-- Each caller's progress. A completed document is built from the rows; parts without a column come as they were saved.
-- Each reading has a revision of its own, so that it's known what a tab has saved before.
select wanted.call,
       coalesce(profile.current_onboarding_step, 0) as current_onboarding_step,
       coalesce(profile.completed_onboarding, false) as completed_onboarding,
       coalesce(with_revision(wanted.user_id, given.onboarding_data), '{}') as onboarding_data
  from unnest(:user_id::bigint[]) with ordinality as wanted (user_id, call)
  left join parent_profiles as profile
    on profile.user_id = wanted.user_id
 cross join lateral (
         select case
                  when profile.completed_onboarding then jsonb_build_object(
                    'basicInfo', jsonb_strip_nulls(
                      jsonb_build_object(
                        'name', profile.name,
                        'email', profile.email,
                        'parentType', profile.onboarding_data #> '{basicInfo,parentType}',
                        'experienceLevel', profile.experience_level
                      )
                    ),
                    'stressAssessment', jsonb_build_object(
                      'stressLevel', profile.stress_level,
                      'primaryConcerns', profile.primary_concerns,
                      'supportNetwork', profile.support_network
                    ),
                    'childProfiles', (
                      select coalesce(
                               jsonb_agg(
                                 jsonb_build_object(
                                   'id', child.id,
                                   'name', child.name,
                                   'age', child.age,
                                   'specialNeeds', child.special_needs
                                 )
                                 order by child.id
                               ),
                               '[]'
                             )
                        from child_profiles as child
                       where child.parent_profile_id = profile.id
                    ),
                    'goals', jsonb_strip_nulls(
                      (
                        select jsonb_build_object(
                                 'shortTerm', coalesce(
                                   jsonb_agg(goal.title order by goal.id) filter (where goal.category = 'short_term'),
                                   '[]'
                                 ),
                                 'longTerm', coalesce(
                                   jsonb_agg(goal.title order by goal.id) filter (where goal.category = 'long_term'),
                                   '[]'
                                 )
                               )
                          from parenting_goals as goal
                         where goal.parent_profile_id = profile.id
                      ) || jsonb_build_object(
                        'supportAreas', coalesce(profile.onboarding_data #> '{goals,supportAreas}', '[]'),
                        'communicationPreference', profile.communication_preference
                      )
                    )
                  )
                  else coalesce(profile.onboarding_data, '{"childProfiles": []}')
                end as onboarding_data
       ) as given;

-- name: lock_onboarding :exec
-- Locks the caller's profile until the transaction ends, and makes one if there is none: saves take turns. What a later
-- statement reads is then what the save before has left.
insert into parent_profiles as profile (user_id)
values (:user_id)
    on conflict on constraint parent_profiles_user_id_key do update
   set updated_at = profile.updated_at
 where false;

-- name: save_onboarding :one
-- Merges :document into what is stored, and returns the profile, with what is to be changed of children and goals that
-- are rows, and which reading the tab goes on from, for sync_child_profiles. A completed onboarding stays complete. The moment of a
-- reading is rounded down to a millisecond.
-- What is health-related is refused first, if the parent doesn't consent to it. The profile is locked; the children's rows are here,
-- so that nothing changes them before sync_child_profiles does.
-- plan: a family has 20 merge bases at most.
-- lock: lock_onboarding has locked the profile, and with it what only saves of it change.
-- equivalent: order by: «order by child.id» -> nothing, because the children come in this order.
-- equivalent: order by: order by child.id -> nothing, because the children come in this order.
-- equivalent: column: order by child.«id» -> parent_profile_id, because the children come in this order.
-- equivalent: constant: select merged.parent_profile_id, merged.reading, coalesce(next_merge_base(merged.revision, :document::jsonb), «''»), -> 'added', because
--   it's never null.
with tab as materialized (
  select profile.id as parent_profile_id,
         profile.completed_onboarding, profile.onboarding_data,
         coalesce(earlier.revision, sent.revision) as revision, given.reading,
         earlier.child_ids, earlier.saved_at,
         -- A reading tells the millisecond.
         uuid_extract_timestamp(given.reading::uuid) + interval '1 millisecond' as read_at
    from parent_profiles as profile
   cross join lateral given_revision(profile.user_id, :document::jsonb ->> 'revision') as sent (revision)
   cross join lateral split_part(sent.revision, '.', 1) as given (reading)
    left join onboarding_merge_bases as earlier
      on earlier.parent_profile_id = profile.id
     and earlier.reading = given.reading
   where profile.user_id = :user_id
     and takes_document(profile.id, :document::jsonb, case when :completed then '' else 'data/' end)
),
child as (
  select child.id, child.name, child.age, child.special_needs,
         child.updated_at > greatest(child.created_at, coalesce(tab.saved_at, tab.read_at)) as touched
    from tab
    join child_profiles as child
      on child.parent_profile_id = tab.parent_profile_id
   where case when tab.completed_onboarding then :document::jsonb ? 'childProfiles' else :completed end
   order by child.id
     for no key update of child
),
merged as materialized (
  select tab.parent_profile_id, tab.revision, tab.reading,
         merge_onboarding(
           tab.revision, tab.child_ids, tab.completed_onboarding, :completed, tab.onboarding_data,
           (
             select jsonb_agg(
                      jsonb_build_object(
                        'id', child.id, 'name', child.name, 'age', child.age, 'specialNeeds', child.special_needs,
                        'touched', child.touched
                      )
                      order by child.id
                    )
               from child
           ),
           (
             select jsonb_agg(
                      jsonb_build_object(
                        'id', goal.id, 'title', goal.title, 'category', goal.category,
                        'touched', goal.updated_at > greatest(goal.created_at, coalesce(tab.saved_at, tab.read_at))
                      )
                      order by goal.id
                    )
               from parenting_goals as goal
              where goal.parent_profile_id = tab.parent_profile_id
                and case when tab.completed_onboarding then :document::jsonb ? 'goals' else :completed end
           ),
           :document::jsonb
         ) as result
    from tab
),
forgotten as (
  delete from onboarding_merge_bases as former
   using merged
   where former.parent_profile_id = merged.parent_profile_id
     and former.reading in (
           select reading
             from onboarding_merge_bases as one
            where one.parent_profile_id = merged.parent_profile_id
              and one.reading <> merged.reading
            order by one.saved_at desc
           offset 19
         )
),
remembered as (
  insert into onboarding_merge_bases as former (parent_profile_id, reading, revision, child_ids)
  select merged.parent_profile_id, merged.reading, coalesce(next_merge_base(merged.revision, :document::jsonb), ''),
         case
           when jsonb_typeof(merged.result -> 'childIds') = 'array'
           then array(select jsonb_array_elements(merged.result -> 'childIds')::bigint)
         end
    from merged
   where merged.reading is not null
      on conflict on constraint onboarding_merge_bases_pkey do update
     set revision = excluded.revision,
         child_ids = case when :document::jsonb ? 'childProfiles' then excluded.child_ids else former.child_ids end,
         saved_at = now()
)
update parent_profiles as profile
   set name = coalesce(merged.columns #>> '{basicInfo,name}', profile.name),
       email = case
                 when merged.columns #> '{basicInfo,email}' = 'null' then null
                 else coalesce(nullif(merged.columns #>> '{basicInfo,email}', ''), profile.email)
               end,
       experience_level = coalesce(
         (merged.columns #>> '{basicInfo,experienceLevel}')::experience_level, profile.experience_level
       ),
       stress_level = coalesce(
         (merged.columns #>> '{stressAssessment,stressLevel}')::stress_level, profile.stress_level
       ),
       primary_concerns = case
                            when merged.columns #> '{stressAssessment,primaryConcerns}' is null
                            then profile.primary_concerns
                            else array(
                              select jsonb_array_elements_text(merged.columns #> '{stressAssessment,primaryConcerns}')
                            )
                          end,
       support_network = case
                           when merged.columns #> '{stressAssessment,supportNetwork}' is null
                           then profile.support_network
                           else array(
                             select jsonb_array_elements_text(merged.columns #> '{stressAssessment,supportNetwork}')
                           )
                         end,
       communication_preference = case
                                    when merged.columns #> '{goals,communicationPreference}' = 'null' then null
                                    else coalesce(
                                      merged.columns #>> '{goals,communicationPreference}',
                                      profile.communication_preference
                                    )
                                  end,
       completed_onboarding = profile.completed_onboarding or :completed,
       current_onboarding_step = greatest(profile.current_onboarding_step, :step),
       onboarding_data = coalesce(merged.onboarding_data, profile.onboarding_data),
       -- Suggestions depend on children and goals too.
       changed_since_check = profile.changed_since_check or coalesce(merged.children, merged.goals) is not null
  from (
         select parent_profile_id, reading,
                result -> 'columns' as columns,
                result -> 'document' as onboarding_data,
                nullif(result -> 'children', 'null') as children,
                nullif(result -> 'goals', 'null') as goals
           from merged
       ) as merged
 where profile.id = merged.parent_profile_id
returning profile.id, profile.user_id, profile.name, profile.email, profile.stress_level, profile.experience_level,
          profile.primary_concerns, profile.support_network, profile.bio, profile.preferred_language,
          profile.communication_preference, profile.completed_onboarding, profile.current_onboarding_step,
          coalesce(with_revision(profile.user_id, profile.onboarding_data), '{}') as onboarding_data,
          profile.last_suggestion_check, profile.created_at, profile.updated_at,
          merged.children, merged.goals, merged.reading;

-- name: sync_child_profiles :exec
-- Removes, changes and adds children as save_onboarding says: :children are the entries that change, of the document with
-- the row's id. What was added at which place is kept for the tab that goes on from :reading.
-- Rows are locked in the order of their keys, as by other statements, so that none deadlock: save_onboarding has done it.
-- plan: a tab is one row.
-- lock: save_onboarding has locked the rows, in the order of their keys.
-- equivalent: join: «join» given using (turn) -> left join, because the condition names given.
-- equivalent: order by: from (select id, row_number() over («order by id») as turn from added) as added -> nothing, because they are
--   returned as they were added.
-- equivalent: column: from (select id, row_number() over (order by «id») as turn from added) as added -> parent_profile_id, because
--   they are returned as they were added.
-- equivalent: order by: row_number() over (partition by entry.change «order by entry.position») as turn -> nothing, because the entries
--   come in this order.
-- equivalent: condition: and given.change = 'changed' -> nothing, because no others have an id but those that are gone.
-- equivalent: null result: returning «id» -> nullif(id, id) as id, because any number of them is right.
-- equivalent: constant: select :parent_profile_id, coalesce(given.name, «''»), coalesce(given.age, 0), given.special_needs -> 'added', because
--   each that is added has a name.
-- equivalent: constant: select :parent_profile_id, coalesce(given.name, ''), coalesce(given.age, «0»), given.special_needs -> 1, because each
--   that is added has an age.
with given as materialized (
  select entry.id, entry.name, entry.age, entry.change,
         case
           when jsonb_typeof(entry."specialNeeds") = 'array'
           then array(select jsonb_array_elements_text(entry."specialNeeds"))
           else '{}'
         end as special_needs,
         (entry.posted -> 0)::integer as place,
         row_number() over (partition by entry.change order by entry.position) as turn
    from rows from (
           jsonb_to_recordset(:children::jsonb) as (
             id bigint, name text, age integer, "specialNeeds" jsonb, change text, posted jsonb
           )
         ) with ordinality as entry (id, name, age, "specialNeeds", change, posted, position)
),
removed as (
  delete from child_profiles
   where parent_profile_id = :parent_profile_id
     and id in (
           select id
             from given
            where change = 'removed'
         )
  returning id
),
changed as (
  update child_profiles
     set name = coalesce(given.name, child_profiles.name),
         age = coalesce(given.age, child_profiles.age),
         special_needs = given.special_needs
    from given
   where child_profiles.parent_profile_id = :parent_profile_id
     and child_profiles.id = given.id
     and given.change = 'changed'
),
-- Only after what is removed, so that a full family can have another child instead.
added as (
  insert into child_profiles (parent_profile_id, name, age, special_needs)
  select :parent_profile_id, coalesce(given.name, ''), coalesce(given.age, 0), given.special_needs
    from given
   where given.change = 'added'
     and (select count(id) from removed) >= 0
   order by given.turn
  returning id
)
update onboarding_merge_bases as tab
   set child_ids = (
         select array_agg(coalesce(new.id, former.id) order by former.place)
           from unnest(tab.child_ids) with ordinality as former (id, place)
           left join (
                  select given.place, added.id
                    from (select id, row_number() over (order by id) as turn from added) as added
                    join given using (turn)
                   where given.change = 'added'
                ) as new using (place)
       )
 where tab.parent_profile_id = :parent_profile_id
   and tab.reading = :reading
   and tab.child_ids is not null;

-- name: sync_parenting_goals :exec
-- Removes, changes and adds goals as save_onboarding says: :goals are those that change, with the row's id, and of a changed one
-- `from`, the title and category that it had. One that was changed since by other means stays as it is.
-- plan: the rows that change are sorted to be locked in the order of their keys.
-- equivalent: join: «join» locked using (id, title, category) -> left join, because no goal has the id null.
-- equivalent: join: «join» locked using (id) -> left join, because the conditions on what it had name locked.
-- equivalent: null result: returning «id» -> nullif(id, id) as id, because any number of them is right.
-- equivalent: constant: select :parent_profile_id, coalesce(given.title, «''»), coalesce(given.category, '') -> 'added', because
--   each that is added has a title.
-- equivalent: constant: select :parent_profile_id, coalesce(given.title, ''), coalesce(given.category, «''») -> 'added', because
--   each that is added has a category.
with given as materialized (
  select goal.id, goal.title, goal.category, goal.change, goal."from", goal.position
    from rows from (
           jsonb_to_recordset(:goals::jsonb) as (id bigint, title text, category text, change text, "from" jsonb)
         ) with ordinality as goal (id, title, category, change, "from", position)
),
-- In the order of their keys, as other statements lock them, so that none deadlock.
locked as materialized (
  select goal.id, goal.title, goal.category
    from parenting_goals as goal
   where goal.parent_profile_id = :parent_profile_id
     and goal.id in (select id from given)
   order by goal.id
     for update
),
removed as (
  delete from parenting_goals
   where parent_profile_id = :parent_profile_id
     and id in (
           select locked.id
             from given
             join locked using (id, title, category)
            where given.change = 'removed'
         )
  returning id
),
changed as (
  update parenting_goals
     set title = coalesce(given.title, parenting_goals.title),
         category = coalesce(given.category, parenting_goals.category)
    from given
    join locked using (id)
   where parenting_goals.parent_profile_id = :parent_profile_id
     and parenting_goals.id = given.id
     and locked.title = given."from" ->> 'title'
     and locked.category = given."from" ->> 'category'
)
insert into parenting_goals (parent_profile_id, title, category)
select :parent_profile_id, coalesce(given.title, ''), coalesce(given.category, '')
  from given
 where given.change = 'added'
   -- Only after what is removed, so that a full family can have another goal instead.
   and (select count(id) from removed) >= 0
 order by given.position;
