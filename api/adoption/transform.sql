-- Old rows as rows of our tables, without any constraint: new_users and so on. `line` tells rows apart whatever their ids are, `label`
-- is what reports call them, and of rows that exclude each other the one with the lowest `rank` stays.

create temp table old_documents as
select id as profile_id,
       pg_temp.flag(completed_onboarding) is true as completed,
       coalesce(pg_temp.document(onboarding_data), '{}') as document
  from old_parent_profiles;

create temp table document_children as
select profile_id, completed, position,
       case jsonb_typeof(entry) when 'object' then entry ->> 'name' else entry #>> '{}' end as name,
       case jsonb_typeof(entry) when 'object' then entry ->> 'age' end as age,
       case jsonb_typeof(entry) when 'object' then pg_temp.texts(entry -> 'specialNeeds') end as needs
  from old_documents
 cross join jsonb_array_elements(pg_temp.entries(document -> 'childProfiles')) with ordinality as child (entry, position)
 -- Without entries of the form that were never filled in.
 where case jsonb_typeof(entry)
         when 'object' then exists (
           select
             from jsonb_each_text(entry)
            where not is_blank(value)
              and value not in ('[]', '{}')
         )
         else not is_blank(entry #>> '{}')
       end;

create temp table document_goals as
select profile_id, completed, category, entry_number * 10000 + line_number as position, btrim(title) as title
  from old_documents
 cross join (values ('shortTerm', 'short_term'), ('longTerm', 'long_term')) as term (part, category)
 cross join lateral jsonb_array_elements(pg_temp.entries(document -> 'goals' -> part))
            with ordinality as goal (entry, entry_number)
 -- A text of several lines was several goals.
 cross join lateral regexp_split_to_table(coalesce(entry ->> 'title', entry #>> '{}'), '\r?\n|\r')
            with ordinality as line (title, line_number)
 where not is_blank(title);

-- The documents as the client writes them now: what `just adopt` makes of those that are not complete.
create temp table new_documents as
with child as (
  select profile_id,
         jsonb_agg(
           jsonb_build_object(
             'name', left(case when is_blank(coalesce(name, '')) then 'Kind ' || position else btrim(name) end, 100),
             'age', least(greatest(coalesce(pg_temp.whole(age), 0), 0), 18),
             'specialNeeds', coalesce(pg_temp.fitting(needs), '{}')
           )
           order by position
         ) as entries
    from document_children
   group by profile_id
),
goal as (
  select profile_id,
         jsonb_agg(left(title, 200) order by position) filter (where category = 'short_term') as short_term,
         jsonb_agg(left(title, 200) order by position) filter (where category = 'long_term') as long_term
    from document_goals
   group by profile_id
),
part as (
  select profile_id, document,
         pg_temp.said(document #>> '{basicInfo,name}') as name,
         pg_temp.word(document #>> '{basicInfo,parentType}') as parent_type,
         pg_temp.word(document #>> '{basicInfo,experienceLevel}') as experience_level,
         pg_temp.word(document #>> '{stressAssessment,stressLevel}') as stress_level,
         pg_temp.fitting(pg_temp.texts(document #> '{stressAssessment,primaryConcerns}')) as primary_concerns,
         pg_temp.fitting(pg_temp.texts(document #> '{stressAssessment,supportNetwork}')) as support_network,
         pg_temp.fitting(pg_temp.texts(document #> '{goals,supportAreas}')) as support_areas,
         pg_temp.said(document #>> '{goals,communicationPreference}') as communication_preference
    from old_documents
)
select part.profile_id,
       jsonb_strip_nulls(
         jsonb_build_object(
           'basicInfo', case when jsonb_typeof(document -> 'basicInfo') = 'object' then jsonb_build_object(
             'name', left(name, 100),
             'parentType', case when parent_type in ('mom', 'dad', 'other') then parent_type end,
             'experienceLevel', case
               when pg_input_is_valid(experience_level, 'experience_level') then experience_level
             end
           ) end,
           'stressAssessment', case when jsonb_typeof(document -> 'stressAssessment') = 'object' then jsonb_build_object(
             'stressLevel', case when pg_input_is_valid(stress_level, 'stress_level') then stress_level end,
             'primaryConcerns', case
               when document #> '{stressAssessment,primaryConcerns}' is not null then primary_concerns
             end,
             'supportNetwork', case
               when document #> '{stressAssessment,supportNetwork}' is not null then support_network
             end
           ) end,
           'childProfiles', coalesce(child.entries, '[]'),
           'goals', case when jsonb_typeof(document -> 'goals') = 'object' then jsonb_build_object(
             'shortTerm', case when document #> '{goals,shortTerm}' is not null then coalesce(goal.short_term, '[]') end,
             'longTerm', case when document #> '{goals,longTerm}' is not null then coalesce(goal.long_term, '[]') end,
             'supportAreas', case when document #> '{goals,supportAreas}' is not null then support_areas end,
             'communicationPreference', left(communication_preference, 200)
           ) end
         )
       ) as document
  from part
  left join child using (profile_id)
  left join goal using (profile_id);

insert into new_users (label, rank, id, username, email, password, profile_picture, created_at)
select account.id::text,
       -- Who has completed the onboarding keeps a name that several have; else the older account.
       row_number() over (order by bool_or(pg_temp.flag(profile.completed_onboarding)) desc nulls last, account.id),
       account.id, account.username, btrim(account.email), account.password,
       pg_temp.said(account.profile_picture), pg_temp.moment(account.created_at)
  from old_users as account
  left join old_parent_profiles as profile
    on profile.user_id = account.id::text
 group by account.id, account.username, account.email, account.password, account.profile_picture, account.created_at;

-- Columns of a completed parent that say nothing are filled from the document, which held everything in the system before.
insert into new_parent_profiles (
  label, rank, id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
  preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
  profile_embedding, last_suggestion_check, changed_since_check, created_at, updated_at
)
select old.id::text,
       row_number() over (order by documents.completed desc, pg_temp.moment(old.updated_at) desc nulls last, old.id),
       old.id,
       case when pg_input_is_valid(old.user_id, 'bigint') then old.user_id::bigint end,
       coalesce(pg_temp.said(old.name), left(pg_temp.said(documents.document #>> '{basicInfo,name}'), 100), ''),
       coalesce(
         pg_temp.said(old.email),
         case
           when pg_temp.is_address(btrim(documents.document #>> '{basicInfo,email}'))
           then btrim(documents.document #>> '{basicInfo,email}')
         end
       ),
       coalesce(
         case
           when pg_input_is_valid(pg_temp.word(old.stress_level), 'stress_level') then pg_temp.word(old.stress_level)
         end,
         made.document #>> '{stressAssessment,stressLevel}'
       )::stress_level,
       coalesce(
         case
           when pg_input_is_valid(pg_temp.word(old.experience_level), 'experience_level')
           then pg_temp.word(old.experience_level)
         end,
         made.document #>> '{basicInfo,experienceLevel}'
       )::experience_level,
       coalesce(
         nullif(pg_temp.list(old.primary_concerns), '{}'),
         pg_temp.texts(made.document #> '{stressAssessment,primaryConcerns}'),
         '{}'
       ),
       coalesce(
         nullif(pg_temp.list(old.support_network), '{}'),
         pg_temp.texts(made.document #> '{stressAssessment,supportNetwork}'),
         '{}'
       ),
       old.bio,
       coalesce(
         case lower(btrim(old.preferred_language))
           when '' then 'nl'
           when 'dutch' then 'nl'
           when 'nederlands' then 'nl'
           when 'english' then 'en'
           when 'engels' then 'en'
           else case
                  when btrim(old.preferred_language) ~ '^[A-Za-z]{2,3}$' then lower(btrim(old.preferred_language))
                  else replace(btrim(old.preferred_language), '_', '-')
                end
         end,
         'nl'
       ),
       coalesce(
         pg_temp.said(old.communication_preference), made.document #>> '{goals,communicationPreference}'
       ),
       documents.completed,
       coalesce(pg_temp.whole(old.current_onboarding_step), 0),
       case when documents.completed then onboarding_remainder(made.document) else made.document end,
       case when btrim(old.profile_embedding) not in ('', '[]') then pg_temp.embedding(old.profile_embedding) end,
       coalesce(
         pg_temp.moment(old.last_suggestion_check), pg_temp.moment(old.created_at), pg_temp.moment(old.updated_at),
         account.created_at
       ),
       true,
       coalesce(pg_temp.moment(old.created_at), pg_temp.moment(old.updated_at), account.created_at),
       coalesce(pg_temp.moment(old.updated_at), pg_temp.moment(old.created_at), account.created_at)
  from old_parent_profiles as old
  join old_documents as documents
    on documents.profile_id = old.id
  join new_documents as made
    on made.profile_id = old.id
  left join new_users as account
    on account.id::text = old.user_id;

insert into new_child_profiles (
  label, rank, id, parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment,
  created_at, updated_at
)
select id::text, id, id,
       case when pg_input_is_valid(parent_profile_id, 'bigint') then parent_profile_id::bigint end,
       btrim(name), pg_temp.whole(age), coalesce(pg_temp.list(special_needs), '{}'),
       case
         when routines is null or btrim(routines) in ('', '[]', 'null', '""') then '{}'
         else coalesce(pg_temp.object(routines), pg_temp.parsed(routines))
       end,
       development_notes, pg_temp.moment(last_assessment),
       coalesce(pg_temp.moment(created_at), pg_temp.moment(updated_at)),
       coalesce(pg_temp.moment(updated_at), pg_temp.moment(created_at))
  from old_child_profiles;

insert into new_parenting_goals (
  label, rank, id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date,
  created_at, updated_at
)
select id::text, id, id,
       case when pg_input_is_valid(parent_profile_id, 'bigint') then parent_profile_id::bigint end,
       btrim(title), coalesce(description, ''), coalesce(pg_temp.said(category), 'general'),
       coalesce(pg_temp.whole(priority), 0),
       case coalesce(pg_temp.word(status), 'active')
         when 'completed' then 'achieved'
         when 'complete' then 'achieved'
         when 'done' then 'achieved'
         when 'behaald' then 'achieved'
         when 'actief' then 'active'
         else coalesce(pg_temp.word(status), 'active')
       end,
       pg_temp.moment(target_date), pg_temp.moment(achieved_date),
       coalesce(pg_temp.moment(created_at), pg_temp.moment(updated_at)),
       coalesce(pg_temp.moment(updated_at), pg_temp.moment(created_at))
  from old_parenting_goals;
