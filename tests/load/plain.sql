-- The statements of the measured requests, written for one call. pgbench runs these and the merged ones as the ceiling.

-- name: plain_child :maybe
select id, parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment, created_at,
       updated_at
  from child_profiles
 where parent_profile_id = :parent_profile_id
   and id = :id;

-- name: plain_family :maybe
select account.id, account.username, account.email, account.profile_picture,
       profile.id as parent_profile_id, profile.user_id, profile.name, profile.email as profile_email,
       profile.stress_level, profile.experience_level, profile.primary_concerns, profile.support_network, profile.bio,
       profile.preferred_language, profile.communication_preference, profile.completed_onboarding,
       profile.current_onboarding_step, profile.onboarding_data, profile.last_suggestion_check,
       profile.created_at, profile.updated_at,
       array(
         select row(
                  child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
                  child.development_notes, child.last_assessment, child.created_at, child.updated_at
                )
           from child_profiles as child
          where child.parent_profile_id = profile.id
          order by child.id
       ) as child_profiles,
       array(
         select row(
                  goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority,
                  goal.status, goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at
                )
           from parenting_goals as goal
          where goal.parent_profile_id = profile.id
          order by goal.id
       ) as parenting_goals
  from users as account
  left join parent_profiles as profile
    on profile.user_id = account.id
 where account.id = :user_id;

-- name: plain_list :many
select id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date, created_at,
       updated_at
  from parenting_goals
 where parent_profile_id = :parent_profile_id
   and id > :after
 order by id
 limit :count;

-- name: plain_insert :one
insert into parenting_goals (parent_profile_id, title, category, priority)
values (:parent_profile_id, :title, :category, :priority)
returning id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date,
          created_at, updated_at;

-- name: plain_update :maybe
update parenting_goals
   set priority = :priority
 where parent_profile_id = :parent_profile_id
   and id = :id
returning id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date,
          created_at, updated_at;
