-- What `just user` runs on accounts, as their owner or a superuser, besides sql/queries/erasures.sql. The service runs none of it.
-- Each command is one transaction: what it does, and an event of it in audit_events; if that can't be written, nothing is done.

-- name: add_event :exec
-- Records what a member of staff did.
insert into audit_events (actor_kind, actor, event, user_id, details)
values ('staff', concat(:system_user::text, ' as ', session_user), :event, :id, :details::jsonb);

-- name: find_accounts :many
-- Accounts that a login with this name may mean; it means the one that is spelt so, if there is one.
select id, username, fold(username) = fold(:username) as is_spelt_so
  from users
 where username_key(username) = username_key(:username)
 order by is_spelt_so desc, id asc;

-- name: find_account_by_id :many
-- The account of an id.
select id, username, true as is_spelt_so
  from users
 where id = :id;

-- name: show_account :maybe
-- What support needs to know of an account, in moments and numbers: nothing that parents write about themselves or their
-- children. The last login is known as long as its session or device is there.
select account.id, account.username, account.email, account.email_confirmed_at, account.created_at, account.banned_at,
       account.ban_reason::text,
       (
         select max(moment)
           from (
                  select created_at as moment
                    from sessions
                   where user_id = account.id
                   union all
                  select expires_at - interval '1 year'
                    from devices
                   where user_id = account.id
                ) as logins
       ) as last_login,
       (
         select count(*)
           from sessions
          where user_id = account.id
            and expires_at > now()
       ) as sessions,
       (
         select count(*)
           from devices
          where user_id = account.id
            and expires_at > now()
       ) as devices,
       (
         select count(*)
           from totp_factors
          where user_id = account.id
            and confirmed_at is not null
       ) as authenticator_apps,
       (
         select count(*)
           from passkeys
          where user_id = account.id
       ) as passkeys,
       (
         select count(*)
           from recovery_codes
          where user_id = account.id
       ) as recovery_codes,
       (
         select count(*)
           from mails
          where user_id = account.id
       ) as mails,
       profile.completed_onboarding, profile.current_onboarding_step,
       (
         select count(*)
           from child_profiles
          where parent_profile_id = profile.id
       ) as children,
       (
         select count(*)
           from parenting_goals
          where parent_profile_id = profile.id
       ) as goals
  from users as account
  left join parent_profiles as profile
    on profile.user_id = account.id
 where account.id = :id;

-- name: list_limits :many
-- The limits of attempts that an account fills: on its known devices, by others from one network or from anywhere, with old passwords,
-- with codes of an authenticator app, with links to confirm its address, with exports and with consents;
-- what they are is said where rate_limits is made.
select case
         when starts_with(subject, 'device:') then 'device'
         when starts_with(subject, 'code:') then 'code'
         when starts_with(subject, 'old-password:') then 'old password'
         when starts_with(subject, 'email-links:') then 'email link'
         when starts_with(subject, 'exports:') then 'export'
         when starts_with(subject, 'consents:') then 'consent'
         when subject like '%@%' then 'network'
         else 'account'
       end as kind,
       drained_at
  from rate_limits
 where drained_at > now()
   and (
         subject in ('old-password:' || :id, 'code:' || :id, 'email-links:' || :id)
         or subject in ('exports:' || :id, 'consents:' || :id)
         or starts_with(subject, concat('code:', :id, ':'))
         or starts_with(subject, concat('device:', :id, ':'))
         or starts_with(
           subject,
           (
             select 'account:' || encode(sha256(convert_to(username_key(username), 'UTF8')), 'hex')
               from users
              where id = :id
           )
         )
       );

-- name: remove_limits :exec
-- Empties these limits, so that the account's owner may try again.
delete from rate_limits
 where subject in ('old-password:' || :id, 'code:' || :id, 'email-links:' || :id)
    or subject in ('exports:' || :id, 'consents:' || :id)
    or starts_with(subject, concat('code:', :id, ':'))
    or starts_with(subject, concat('device:', :id, ':'))
    or starts_with(
         subject,
         (
           select 'account:' || encode(sha256(convert_to(username_key(username), 'UTF8')), 'hex')
             from users
            where id = :id
         )
       );

-- name: set_password :maybe
-- Sets a hash; gives no row if the account is gone.
update users
   set password = :password
 where id = :id
returning username;

-- name: tell_owner :exec
-- Has the service tell an account's owner by mail what was done.
insert into mails (user_id, kind, recipient, language, parameters)
select account.id, :kind, account.email,
       (case when profile.preferred_language like 'en%' then 'en' else 'nl' end)::mail_language, :parameters::jsonb
  from users as account
  left join parent_profiles as profile
    on profile.user_id = account.id
 where account.id = :id;

-- name: forget_devices :exec
-- Makes all devices of an account unknown.
delete from devices
 where user_id = :id;

-- name: list_sessions :many
-- The sessions of an account, oldest first. Of use it's only known when it last renewed one.
select id, created_at, expires_at
  from sessions
 where user_id = :id
   and expires_at > now()
 order by id;

-- name: end_sessions :many
-- Ends all sessions of an account; its triggers tell the service.
delete from sessions
 where user_id = :id
returning id;

-- name: remove_factors :maybe
-- Takes all second factors off an account that has any; triggers remove its recovery codes.
with account as (
  select id
    from users
   where id = :id
     and second_factor_at is not null
     for no key update
),
apps as (
  delete from totp_factors
   where user_id in (select id from account)
),
keys as (
  delete from passkeys
   where user_id in (select id from account)
)
select id from account;

-- name: ban :maybe
-- Bans an account that isn't banned; a trigger ends its sessions.
update users
   set banned_at = now(),
       ban_reason = :reason::ban_reason
 where id = :id
   and banned_at is null
returning username;

-- name: unban :maybe
-- Lets a banned account log in again.
update users
   set banned_at = null,
       ban_reason = null
 where id = :id
   and banned_at is not null
returning username;
