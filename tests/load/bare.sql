-- The statements of the bare application; each looks up the session and does what its request asks for.

-- name: bare_child :maybe
select child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
       child.development_notes, child.last_assessment, child.created_at, child.updated_at
  from sessions as session
  join parent_profiles as profile
    on profile.user_id = session.user_id
  join child_profiles as child
    on child.parent_profile_id = profile.id
 where session.token_digest = :token_digest
   and session.expires_at > now()
   and child.id = :id;

-- name: bare_family :maybe
-- PostgreSQL makes the JSON text; row_to_json over named columns is the fastest way.
select row_to_json(document)::text
  from (
         select account.id, account.username, account.email, account.profile_picture as "profilePicture",
                (
                  select row_to_json(found)
                    from (
                           select profile.id, profile.user_id as "userId", profile.name, profile.email,
                                  profile.stress_level as "stressLevel",
                                  profile.experience_level as "experienceLevel",
                                  profile.primary_concerns as "primaryConcerns",
                                  profile.support_network as "supportNetwork", profile.bio,
                                  profile.preferred_language as "preferredLanguage",
                                  profile.communication_preference as "communicationPreference",
                                  profile.completed_onboarding as "completedOnboarding",
                                  profile.current_onboarding_step as "currentOnboardingStep",
                                  profile.onboarding_data as "onboardingData",
                                  profile.last_suggestion_check as "lastSuggestionCheck",
                                  profile.created_at as "createdAt", profile.updated_at as "updatedAt",
                                  (
                                    select coalesce(json_agg(row_to_json(child) order by child.id), '[]')
                                      from (
                                             select id, parent_profile_id as "parentProfileId", name, age,
                                                    special_needs as "specialNeeds", routines,
                                                    development_notes as "developmentNotes",
                                                    last_assessment as "lastAssessment",
                                                    created_at as "createdAt", updated_at as "updatedAt"
                                               from child_profiles
                                              where parent_profile_id = profile.id
                                           ) as child
                                  ) as "childProfiles",
                                  (
                                    select coalesce(json_agg(row_to_json(goal) order by goal.id), '[]')
                                      from (
                                             select id, parent_profile_id as "parentProfileId", title, description,
                                                    category, priority, status, target_date as "targetDate",
                                                    achieved_date as "achievedDate", created_at as "createdAt",
                                                    updated_at as "updatedAt"
                                               from parenting_goals
                                              where parent_profile_id = profile.id
                                           ) as goal
                                  ) as "parentingGoals"
                             from parent_profiles as profile
                            where profile.user_id = account.id
                         ) as found
                ) as "parentProfile"
           from sessions as session
           join users as account
             on account.id = session.user_id
          where session.token_digest = :token_digest
            and session.expires_at > now()
       ) as document;

-- name: bare_list :many
select goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority, goal.status,
       goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at
  from sessions as session
  join parent_profiles as profile
    on profile.user_id = session.user_id
  join parenting_goals as goal
    on goal.parent_profile_id = profile.id
 where session.token_digest = :token_digest
   and session.expires_at > now()
 order by goal.id
 limit :count;

-- name: bare_insert :maybe
insert into parenting_goals (parent_profile_id, title, description, category, priority, status, target_date)
select profile.id, :title, :description, :category, :priority::integer, :status, :target_date::timestamptz
  from sessions as session
  join parent_profiles as profile
    on profile.user_id = session.user_id
 where session.token_digest = :token_digest
   and session.expires_at > now()
returning id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date,
          created_at, updated_at;

-- name: bare_update :maybe
update parenting_goals as goal
   set priority = coalesce(:priority, goal.priority)
  from sessions as session
  join parent_profiles as profile
    on profile.user_id = session.user_id
 where session.token_digest = :token_digest
   and session.expires_at > now()
   and goal.parent_profile_id = profile.id
   and goal.id = :id
returning goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority, goal.status,
          goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at;
