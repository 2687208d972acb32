-- Accounts. Every statement but the first two is bound to the caller; the password leaves the database in get_login only.

-- name: add_user :one
-- A new account; usernames and e-mail addresses are unique whatever their letter case.
-- owner: none, because the account that it makes is nobody's yet.
insert into users (username, email, password)
values (:username, :email, :password)
returning id, username, email, profile_picture;

-- name: get_login :maybe
-- What a login is checked against.
-- owner: none, because who logs in isn't known before.
select id, username, email, profile_picture, password
  from users
 where fold(username) = fold(:username);

-- name: get_user :one
-- The caller's account.
select id, username, email, profile_picture
  from users
 where id = :user_id;

-- name: get_password :value
-- The hash that the caller's old password is checked against.
select password
  from users
 where id = :user_id;

-- name: update_user :one
-- Changes what :patch names: an object whose keys are columns; null clears, absent leaves (RFC 7396).
update users as account
   set (email, profile_picture) = (
         select patched.email, patched.profile_picture
           from jsonb_populate_record(account, :patch::jsonb) as patched
       )
 where id = :user_id
returning id, username, email, profile_picture;

-- name: replace_password :maybe
-- Sets a new hash if the old one is still there: of two changes at once, one finds it gone.
-- plan: an account is one row, whose password is looked at when it is found.
update users
   set password = :password
 where id = :user_id
   and password = :old_password
returning id;

-- name: get_family :one :batch
-- Each caller's account with everything below it: the profile's columns, and its children and goals as arrays of rows,
-- where asked for.
select wanted.call,
       account.id, account.username, account.email, account.profile_picture,
       profile.id as parent_profile_id, profile.user_id, profile.name, profile.email as profile_email,
       profile.stress_level, profile.experience_level, profile.primary_concerns, profile.support_network, profile.bio,
       profile.preferred_language, profile.communication_preference, profile.completed_onboarding,
       profile.current_onboarding_step, profile.onboarding_data, profile.last_suggestion_check,
       profile.created_at, profile.updated_at,
       case
         when wanted.with_children then array(
           select row(
                    child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
                    child.development_notes, child.last_assessment, child.created_at, child.updated_at
                  )
             from child_profiles as child
            where child.parent_profile_id = profile.id
            order by child.id
         )
       end as child_profiles,
       case
         when wanted.with_goals then array(
           select row(
                    goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority,
                    goal.status, goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at
                  )
             from parenting_goals as goal
            where goal.parent_profile_id = profile.id
            order by goal.id
         )
       end as parenting_goals
  from unnest(:user_id::bigint[], :with_children::boolean[], :with_goals::boolean[]) with ordinality
       as wanted (user_id, with_children, with_goals, call)
  join users as account
    on account.id = wanted.user_id
  left join parent_profiles as profile
    on profile.user_id = account.id;
