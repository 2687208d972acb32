-- The onboarding: a document in parent_profiles that is filled step by step; once complete, the data is in the rows.
-- Saving merges objects of the document and replaces its lists. It never removes a child or a goal.

-- name: get_onboarding_progress :maybe :batch
-- Each caller's progress. A completed document is built from the rows; parts without a column come as they were saved.
select wanted.call,
       profile.current_onboarding_step,
       profile.completed_onboarding,
       case
         when not profile.completed_onboarding then profile.onboarding_data
         else jsonb_build_object(
           'basicInfo', jsonb_strip_nulls(
             jsonb_build_object(
               'name', profile.name,
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
                        jsonb_build_object('name', child.name, 'age', child.age, 'specialNeeds', child.special_needs)
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
                          jsonb_agg(goal.title order by goal.id) filter (where goal.category = 'short_term'), '[]'
                        ),
                        'longTerm', coalesce(
                          jsonb_agg(goal.title order by goal.id) filter (where goal.category = 'long_term'), '[]'
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
       end as onboarding_data
  from unnest(:user_id::bigint[]) with ordinality as wanted (user_id, call)
  join parent_profiles as profile
    on profile.user_id = wanted.user_id;

-- name: save_onboarding :one
-- Merges :document into what the caller saved before, and creates the profile if there is none. :answers is an object
-- with the parts of the document that are columns, keyed by column. A completed onboarding stays complete; a trigger
-- then removes from the document what a row or column holds.
-- The row stays locked until the transaction ends, so that concurrent saves build on each other.
insert into parent_profiles as profile (
  user_id, name, experience_level, stress_level, primary_concerns, support_network, communication_preference,
  completed_onboarding, current_onboarding_step, onboarding_data
)
select :user_id, coalesce(given.name, ''), coalesce(given.experience_level, 'first_time'),
       coalesce(given.stress_level, 'moderate'), coalesce(given.primary_concerns, '{}'),
       coalesce(given.support_network, '{}'), given.communication_preference,
       :completed, :step, '{"childProfiles": []}' || :document::jsonb
  from jsonb_to_record(:answers::jsonb) as given (
         name text, experience_level experience_level, stress_level stress_level, primary_concerns text[],
         support_network text[], communication_preference text
       )
    on conflict on constraint parent_profiles_user_id_key do update
   set (
         name, experience_level, stress_level, primary_concerns, support_network, communication_preference
       ) = (
         select coalesce(given.name, profile.name),
                coalesce(given.experience_level, profile.experience_level),
                coalesce(given.stress_level, profile.stress_level),
                coalesce(given.primary_concerns, profile.primary_concerns),
                coalesce(given.support_network, profile.support_network),
                coalesce(given.communication_preference, profile.communication_preference)
           from jsonb_to_record(:answers::jsonb) as given (
                  name text, experience_level experience_level, stress_level stress_level, primary_concerns text[],
                  support_network text[], communication_preference text
                )
       ),
       completed_onboarding = profile.completed_onboarding or excluded.completed_onboarding,
       current_onboarding_step = excluded.current_onboarding_step,
       onboarding_data = merge_patch(profile.onboarding_data, :document::jsonb)
returning id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
          preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
          last_suggestion_check, created_at, updated_at;

-- name: sync_child_profiles :exec
-- Adds new children of the document, and updates those that have the same name, whatever its letter case.
-- :children is an array of objects whose keys are columns. A name's first occurrence means the family's first child of
-- that name, its second the second one; further ones mean the last child of that name.
-- Rows are locked in the order of their keys, as by other statements, so that none deadlock.
with locked as (
  select id, name
    from child_profiles
   where parent_profile_id = :parent_profile_id
   order by id
     for update
),
known as (
  select id,
         fold(name) as folded,
         row_number() over (partition by fold(name) order by id) as namesake,
         count(*) over (partition by fold(name)) as namesakes
    from locked
),
line as (
  select child.name, child.age, child.special_needs, child.position,
         fold(child.name) as folded,
         row_number() over (partition by fold(child.name) order by child.position) as occurrence
    from rows from (
           jsonb_to_recordset(:children::jsonb) as (name text, age integer, special_needs jsonb)
         ) with ordinality as child (name, age, special_needs, position)
),
-- One row for each child; if several lines mean the same child, the last value that is given counts.
given as (
  select known.id,
         min(line.position) as position,
         (array_agg(line.name order by line.position))[1] as name,
         (array_agg(line.age order by line.position desc))[1] as age,
         jsonb_agg(line.special_needs order by line.position desc)
           filter (where line.special_needs is not null) -> 0 as special_needs
    from line
    left join known
      on known.folded = line.folded
     and known.namesake = least(line.occurrence, known.namesakes)
   group by line.folded, known.id
),
child as (
  select given.id, given.position, given.name, given.age,
         case
           when given.special_needs is not null then array(select jsonb_array_elements_text(given.special_needs))
         end as special_needs
    from given
),
updated as (
  update child_profiles
     set age = child.age,
         special_needs = coalesce(child.special_needs, child_profiles.special_needs)
    from child
   where child_profiles.parent_profile_id = :parent_profile_id
     and child_profiles.id = child.id
     and (child_profiles.age, child_profiles.special_needs)
         is distinct from (child.age, coalesce(child.special_needs, child_profiles.special_needs))
)
insert into child_profiles (parent_profile_id, name, age, special_needs)
select :parent_profile_id, child.name, child.age, coalesce(child.special_needs, '{}')
  from child
 where child.id is null
 order by child.position;

-- name: sync_parenting_goals :exec
-- Adds new goals of the document, and moves those that have the same title, whatever its letter case, to the category
-- that the document lists them in. :goals is an array of objects whose keys are columns.
-- Each line first takes a goal of its title and category; a line without one moves a goal of its title that is left.
-- Rows are locked in the order of their keys, as by other statements, so that none deadlock.
with locked as (
  select id, title, category
    from parenting_goals
   where parent_profile_id = :parent_profile_id
   order by id
     for update
),
known as (
  select id, category,
         fold(title) as folded,
         row_number() over (partition by fold(title), category order by id) as namesake
    from locked
),
line as (
  select goal.title, goal.category, goal.position,
         fold(goal.title) as folded,
         row_number() over (partition by fold(goal.title), goal.category order by goal.position) as namesake
    from rows from (
           jsonb_to_recordset(:goals::jsonb) as (title text, category text)
         ) with ordinality as goal (title, category, position)
),
movable as (
  select known.id, known.folded, row_number() over (partition by known.folded order by known.id) as namesake
    from known
    left join line using (folded, category, namesake)
   where line.position is null
),
moving as (
  select line.title, line.category, line.position, line.folded,
         row_number() over (partition by line.folded order by line.position) as namesake
    from line
    left join known using (folded, category, namesake)
   where known.id is null
),
moved as (
  update parenting_goals
     set category = moving.category
    from moving
    join movable using (folded, namesake)
   where parenting_goals.parent_profile_id = :parent_profile_id
     and parenting_goals.id = movable.id
)
insert into parenting_goals (parent_profile_id, title, category)
select :parent_profile_id,
       (array_agg(moving.title order by moving.position))[1],
       (array_agg(moving.category order by moving.position desc))[1]
  from moving
 where not exists (
         select
           from known
          where known.folded = moving.folded
       )
 group by moving.folded
 order by min(moving.position);
