-- What old values and documents are like that no constraint can see, as rows of `findings`: the values of other types that casts.sql
-- made null or rewrote, and the shapes of documents that transform.sql mended.

insert into findings (of_table, label, constraint_name, fault, rule)
select 'users', id::text, 'users_created_at_type', pg_temp.told('created_at', created_at), 'moment before'
  from old_users
 where created_at is not null
   and pg_temp.moment(created_at) is null
 union all
select 'parent_profiles', id::text, 'parent_profiles_' || field || '_type', pg_temp.told(field, value), rule
  from old_parent_profiles
 cross join lateral (
         values ('stress_level', stress_level, pg_input_is_valid(pg_temp.word(stress_level), 'stress_level'), 'default'),
                (
                  'experience_level', experience_level,
                  pg_input_is_valid(pg_temp.word(experience_level), 'experience_level'), 'default'
                ),
                (
                  'current_onboarding_step', current_onboarding_step,
                  pg_temp.whole(current_onboarding_step) is not null, 'default'
                ),
                ('completed_onboarding', completed_onboarding, pg_temp.flag(completed_onboarding) is not null, 'default'),
                (
                  'last_suggestion_check', last_suggestion_check,
                  pg_temp.moment(last_suggestion_check) is not null, 'created_at'
                ),
                ('created_at', created_at, pg_temp.moment(created_at) is not null, 'updated_at'),
                ('updated_at', updated_at, pg_temp.moment(updated_at) is not null, 'created_at'),
                ('onboarding_data', onboarding_data, pg_temp.document(onboarding_data) is not null, 'empty document')
       ) as given (field, value, is_valid, rule)
 where pg_temp.said(value) is not null
   and not is_valid
 union all
select 'parent_profiles', new.label, 'parent_profiles_profile_embedding_type',
       pg_temp.told('profile_embedding', old.profile_embedding), 'null, to be worked out anew'
  from new_parent_profiles as new
  join old_parent_profiles as old using (id)
 where new.profile_embedding is null
   and btrim(old.profile_embedding) not in ('', '[]')
 union all
select 'parent_profiles', old.id::text, 'parent_profiles_' || field || '_words', pg_temp.told(field, was), 'normalised'
  from new_parent_profiles as new
  join old_parent_profiles as old using (id)
 cross join lateral (
         values ('stress_level', old.stress_level, new.stress_level::text),
                ('experience_level', old.experience_level, new.experience_level::text),
                ('preferred_language', old.preferred_language, new.preferred_language)
       ) as word (field, was, became)
 where was <> became
   and (field = 'preferred_language' or pg_temp.word(was) = became)
 union all
select 'parenting_goals', old.id::text, 'parenting_goals_status_words', pg_temp.told('status', old.status), 'normalised'
  from new_parenting_goals as new
  join old_parenting_goals as old using (id)
 where new.status <> old.status
 union all
select 'child_profiles', id::text, 'child_profiles_' || field || '_type', pg_temp.told(field, value), rule
  from old_child_profiles
 cross join lateral (
         values ('age', age, pg_temp.whole(age) is not null, 'nearest'),
                ('last_assessment', last_assessment, pg_temp.moment(last_assessment) is not null, 'null'),
                ('routines', routines, pg_temp.parsed(routines) is not null, 'default')
       ) as given (field, value, is_valid, rule)
 where pg_temp.said(value) is not null
   and not is_valid
 union all
select 'parenting_goals', id::text, 'parenting_goals_' || field || '_type', pg_temp.told(field, value), rule
  from old_parenting_goals
 cross join lateral (
         values ('priority', priority, pg_temp.whole(priority) is not null, 'default'),
                ('target_date', target_date, pg_temp.moment(target_date) is not null, 'null'),
                ('achieved_date', achieved_date, pg_temp.moment(achieved_date) is not null, 'null')
       ) as given (field, value, is_valid, rule)
 where pg_temp.said(value) is not null
   and not is_valid;

-- Documents: a line for each part that is not as the client writes it now.
insert into findings (of_table, label, constraint_name, fault, rule)
select 'parent_profiles', id::text, 'onboarding_data', 'a JSON text of ' || length(onboarding_data) || ' characters',
       'parsed'
  from old_parent_profiles
 where jsonb_typeof(pg_temp.parsed(onboarding_data)) = 'string'
   and pg_temp.document(onboarding_data) is not null
 union all
select 'parent_profiles', profile_id::text, 'onboarding_data.' || array_to_string(path, '.'),
       format('%s of %s characters', jsonb_typeof(old.document #> path), length(old.document #>> path)),
       case
         when path <> '{basicInfo,email}' then 'normalised'
         when profile.email = btrim(old.document #>> path) then 'profile email'
         else 'left out'
       end
  from old_documents as old
  join new_documents as new using (profile_id)
  join new_parent_profiles as profile
    on profile.id = profile_id
 cross join unnest(array[
         'basicInfo name', 'basicInfo parentType', 'basicInfo experienceLevel', 'basicInfo email',
         'stressAssessment stressLevel', 'stressAssessment primaryConcerns', 'stressAssessment supportNetwork',
         'childProfiles', 'goals shortTerm', 'goals longTerm', 'goals supportAreas', 'goals communicationPreference'
       ]) as known (words)
 cross join lateral (select string_to_array(words, ' ')) as part (path)
 where old.document #> path is distinct from new.document #> path
   and not is_blank(old.document #>> path)
 union all
-- Of a complete onboarding the columns are the truth.
select 'parent_profiles', profile.label, 'onboarding_data.' || path, 'other than the column ' || field, 'column'
  from new_documents as new
  join new_parent_profiles as profile
    on profile.id = new.profile_id
 cross join lateral (
         values ('basicInfo.name', 'name', document #> '{basicInfo,name}', to_jsonb(name)),
                (
                  'basicInfo.experienceLevel', 'experience_level', document #> '{basicInfo,experienceLevel}',
                  to_jsonb(experience_level)
                ),
                (
                  'stressAssessment.stressLevel', 'stress_level', document #> '{stressAssessment,stressLevel}',
                  to_jsonb(stress_level)
                ),
                (
                  'stressAssessment.primaryConcerns', 'primary_concerns',
                  document #> '{stressAssessment,primaryConcerns}', to_jsonb(primary_concerns)
                ),
                (
                  'stressAssessment.supportNetwork', 'support_network', document #> '{stressAssessment,supportNetwork}',
                  to_jsonb(support_network)
                ),
                (
                  'goals.communicationPreference', 'communication_preference',
                  document #> '{goals,communicationPreference}', to_jsonb(communication_preference)
                )
       ) as given (path, field, said, held)
 where profile.completed_onboarding
   and said <> held
 union all
select 'parent_profiles', profile_id::text, 'onboarding_data.' || part, jsonb_typeof(document -> part), 'empty part'
  from old_documents
 cross join unnest(array['basicInfo', 'stressAssessment', 'goals']) as part
 where jsonb_typeof(document -> part) <> 'object'
 union all
select 'parent_profiles', profile_id::text, 'onboarding_data.*', count(*) || ' unknown members', 'left out'
  from old_documents
 cross join lateral (
         select key
           from jsonb_object_keys(document) as key
          where key not in ('basicInfo', 'stressAssessment', 'childProfiles', 'goals')
          union all
         select key
           from jsonb_each(document) as part (name, members)
          cross join lateral jsonb_object_keys(
                  case jsonb_typeof(members) when 'object' then members else '{}' end
                ) as key
          where name in ('basicInfo', 'stressAssessment', 'goals')
            and key not in (
                  'name', 'parentType', 'experienceLevel', 'email', 'stressLevel', 'primaryConcerns', 'supportNetwork',
                  'shortTerm', 'longTerm', 'supportAreas', 'communicationPreference'
                )
       ) as unknown
 group by profile_id
 union all
select 'parent_profiles', profile_id::text, 'parent_profiles_onboarding_rows',
       format(
         '%s children and %s goals without rows', count(*) filter (where of_table = 'child_profiles'),
         count(*) filter (where of_table = 'parenting_goals')
       ),
       'rows'
  from unmade
 group by profile_id;
