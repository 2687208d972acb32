-- Accounts. Every statement but the first three is bound to the caller. Passwords are stored as hashes.

-- name: add_user :one
-- Adds an account; usernames are unique, whatever their letter case. Its e-mail address is unconfirmed, so others may have it too.
-- owner: none, because the account that it makes is nobody's yet.
-- equivalent: null result: returning id, username, email, «profile_picture», true as consent_needed; ->
--   nullif(profile_picture, profile_picture) as profile_picture, because a new account has no picture.
insert into users (username, email, password)
values (:username, :email, :password)
returning id, username, email, profile_picture, true as consent_needed;

-- name: is_username_taken :value
-- Whether another account has this username, or one that looks the same.
-- owner: none, because who registers has no account yet.
select exists(
         select
           from users
          where username_key(username) = username_key(:username)
       ) as is_taken;

-- name: get_login :one
-- The account and password hash that a login is checked against, if there is such an account; which of the client's device
-- tokens is known to it, if any; a digest of the username, which is the same for all of its spellings; and whether the service is
-- under attack, with more than an hour of failures, and the account banned or in need of a second factor.
-- Of usernames that look the same, which the system before took, the one that is spelt so is meant.
-- owner: none, because who logs in isn't known before.
-- plan: accounts whose usernames look the same are few, as are the devices of a browser.
-- equivalent: constant: select encode(sha256(convert_to(coalesce(username_key(:username), «''»), 'UTF8')), 'hex') as username_digest,
--   -> 'failures', because every username has a key.
-- equivalent: constant: coalesce(needs_consent(account.id), «true») as consent_needed, -> false, because it's never null.
select encode(sha256(convert_to(coalesce(username_key(:username), ''), 'UTF8')), 'hex') as username_digest,
       exists(
         select
           from rate_limits
          where subject = 'failures'
            and drained_at > now() + interval '1 hour'
       ) as is_attack,
       (
         select device_digest
           from devices
          where user_id = account.id
            and device_digest = any(:device_digests::bytea[])
            and expires_at > now()
          order by device_digest
          limit 1
       ) as device_digest,
       account.banned_at is not null as is_banned,
       account.second_factor_at is not null as has_second_factor,
       account.id, account.username, account.email, account.profile_picture,
       coalesce(needs_consent(account.id), true) as consent_needed,
       account.password
  from (select) as login
  left join (
         select id, username, email, profile_picture, password, banned_at, second_factor_at
           from users
          where username_key(username) = username_key(:username)
          order by fold(username) = fold(:username) desc, id
          limit 1
       ) as account
    on true;

-- name: get_user :one :batch
-- The account of each caller, and whether there is a text to ask about.
-- equivalent: constant: coalesce(needs_consent(account.id), «true») as consent_needed -> false, because it's never null.
select wanted.call, account.id, account.username, account.email, account.profile_picture,
       coalesce(needs_consent(account.id), true) as consent_needed
  from unnest(:user_id::bigint[]) with ordinality as wanted (user_id, call)
  join users as account
    on account.id = wanted.user_id;

-- name: get_password :value
-- The hash that the caller's old password is checked against.
select password
  from users
 where id = :user_id;

-- name: get_own_words :one
-- What a password of the caller may not be made of: the username, the e-mail address, and the names in the profile.
-- plan: the sort is of the few names of one family.
select account.username, account.email,
       array(
         select profile.name
           from parent_profiles as profile
          where profile.user_id = account.id
          union all
         select child.name
           from parent_profiles as profile
           join child_profiles as child
             on child.parent_profile_id = profile.id
          where profile.user_id = account.id
          order by name
       ) as names
  from users as account
 where account.id = :user_id;

-- name: hold_user :one
-- The caller's account, which nobody else changes before the transaction ends, and whether it has none of the :versions, if
-- there are any.
-- equivalent: constant: select id, username, email, profile_picture, coalesce(needs_consent(id), «true») as consent_needed, updated_at,
--   -> false, because it's never null.
select id, username, email, profile_picture, coalesce(needs_consent(id), true) as consent_needed, updated_at,
       not coalesce(updated_at = any(:versions::text::timestamptz[]), true) as is_refused
  from users
 where id = :user_id
   for no key update;

-- name: set_profile_picture :one
-- Sets or clears the address of the caller's picture.
-- An account that has none of the :versions, if there are any, stays as it is: its trigger sees to that.
-- equivalent: constant: returning id, username, email, profile_picture, coalesce(needs_consent(id), «true») as consent_needed, -> false,
--   because it's never null.
update users
   set profile_picture = :profile_picture,
       updated_at = case
                      when coalesce(updated_at = any(:versions::text::timestamptz[]), true) then updated_at
                      else 'infinity'
                    end
 where id = :user_id
returning id, username, email, profile_picture, coalesce(needs_consent(id), true) as consent_needed,
          updated_at, old.updated_at = new.updated_at as is_refused;

-- name: replace_password :maybe
-- Sets a new hash if the old one is still there, so that of two concurrent changes only one succeeds.
-- plan: the filter is on the one row of an account.
with replaced as (
  update users
     set password = :password
   where id = :user_id
     and password = :old_password
  returning id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select id, 'user', 'password_changed', :network
    from replaced
)
select id
  from replaced;

-- name: rehash_password :maybe
-- Sets a new hash of the same password, if the old one is still there. For accounts of the system before, the old one is
-- kept for as long as there is a way back to it.
-- alone: it's of no request's answer, and a code may be asked for after it.
-- plan: the filter is on the one row of an account.
with renewed as (
  update users
     set password = :password
   where id = :user_id
     and password = :old_password
  returning id
),
former as (
  update former_passwords
     set old_password = :old_password
    from renewed
   where user_id = renewed.id
     and :old_password not like '$argon2id$%'
)
select id from renewed;

-- name: get_family :one :batch
-- Each caller's account with the profile's columns, and the children and goals as JSON, if asked for.
-- JSON took PostgreSQL and the service together less time than arrays of rows or flat rows.
select wanted.call,
       account.id, account.username, account.email, account.profile_picture, account.updated_at as account_updated_at,
       profile.id as parent_profile_id, profile.user_id, profile.name, profile.email as profile_email,
       profile.stress_level, profile.experience_level, profile.primary_concerns, profile.support_network, profile.bio,
       profile.preferred_language, profile.communication_preference, profile.completed_onboarding,
       profile.current_onboarding_step, profile.onboarding_data, profile.last_suggestion_check,
       profile.created_at, profile.updated_at,
       case
         when wanted.with_children then (
           select coalesce(json_agg(child), '[]')
             from (
                    select id, parent_profile_id as "parentProfileId", name, age, special_needs as "specialNeeds",
                           routines, development_notes as "developmentNotes", last_assessment as "lastAssessment",
                           created_at as "createdAt", updated_at as "updatedAt"
                      from child_profiles
                     where parent_profile_id = profile.id
                     order by id
                  ) as child
         )
       end as child_profiles,
       case
         when wanted.with_goals then (
           select coalesce(json_agg(goal), '[]')
             from (
                    select id, parent_profile_id as "parentProfileId", title, description, category, priority, status,
                           target_date as "targetDate", achieved_date as "achievedDate", created_at as "createdAt",
                           updated_at as "updatedAt"
                      from parenting_goals
                     where parent_profile_id = profile.id
                     order by id
                  ) as goal
         )
       end as parenting_goals
  from unnest(:user_id::bigint[], :with_children::boolean[], :with_goals::boolean[]) with ordinality
       as wanted (user_id, with_children, with_goals, call)
  join users as account
    on account.id = wanted.user_id
  left join parent_profiles as profile
    on profile.user_id = account.id;
