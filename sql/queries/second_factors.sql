-- What a login asks for besides the password: codes of an authenticator app, and recovery codes. Triggers keep
-- users.second_factor_at, which says whether it does.

-- name: get_factors :one
-- What a login of this account can be completed with, besides the password; the secret is that of a confirmed app.
-- plan: the filter is on the one row of an account.
select totp.sealed_secret,
       exists(
         select
           from passkeys
          where user_id = :user_id
       ) as has_passkeys,
       exists(
         select
           from recovery_codes
          where user_id = :user_id
       ) as has_recovery_codes
  from (select) as login
  left join totp_factors as totp
    on totp.user_id = :user_id
   and totp.confirmed_at is not null;

-- name: use_totp_step :maybe
-- Accepts a code's time step if neither it nor a later one was accepted before: of two requests at once one is.
-- plan: the filters are on the one row of an account.
update totp_factors
   set last_step = :step
 where user_id = :user_id
   and confirmed_at is not null
   and last_step < :step
returning user_id;

-- name: use_recovery_code :maybe
-- Uses a recovery code up, if it's one, and records that.
with used as (
  delete from recovery_codes
   where user_id = :user_id
     and code_digest = :code_digest
  returning user_id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'user', 'recovery_code_used', :network
    from used
)
select user_id
  from used;

-- name: record_event :exec
-- Records what whoever uses the account did.
insert into audit_events (user_id, actor_kind, event, network)
values (:user_id, 'user', :event, :network);

-- name: get_second_factors :one
-- What is set up for the caller's account.
-- plan: the filter is on the one row of an account.
select account.second_factor_at, totp.confirmed_at as totp_confirmed_at,
       (
         select count(*)::integer
           from passkeys
          where user_id = :user_id
       ) as passkeys,
       (
         select count(*)::integer
           from recovery_codes
          where user_id = :user_id
       ) as recovery_codes_left
  from users as account
  left join totp_factors as totp
    on totp.user_id = :user_id
   and totp.confirmed_at is not null
 where account.id = :user_id;

-- name: lock_account :one
-- Locks the caller's account while its factors change, and the session, so that none that is ended meanwhile, as by a new password,
-- adds a way in; says whether the caller logged in at most ten minutes ago, and whether the account has a factor.
select account.username, account.email,
       session.created_at > now() - interval '10 minutes' as is_recent,
       account.second_factor_at is not null as has_second_factor
  from users as account
  join sessions as session
    on session.user_id = account.id
   and session.id = :session_id
 where account.id = :user_id
   for no key update of account
   for key share of session;

-- name: set_up_totp :maybe
-- Keeps the secret of an app that is being set up, for an hour, in place of an earlier one; gives no row if there's a confirmed one.
insert into totp_factors as totp (user_id, sealed_secret)
values (:user_id, :sealed_secret)
    on conflict on constraint totp_factors_pkey do update
   set sealed_secret = excluded.sealed_secret,
       created_at = now(),
       expires_at = now() + interval '1 hour'
 where totp.confirmed_at is null
returning user_id;

-- name: get_unconfirmed_totp :maybe
-- The secret of the app that was set up within the last hour.
-- plan: the filter is on the one row of an account.
select sealed_secret
  from totp_factors
 where user_id = :user_id
   and expires_at > now();

-- name: confirm_totp :maybe
-- Has logins ask for the app's codes from now on, if its secret is still the one that the code was checked against.
-- plan: the filters are on the one row of an account.
update totp_factors
   set confirmed_at = now(),
       expires_at = null,
       last_step = :step
 where user_id = :user_id
   and sealed_secret = :sealed_secret
   and confirmed_at is null
returning user_id;

-- name: remove_totp :maybe
-- Removes the app, confirmed or not.
delete from totp_factors
 where user_id = :user_id
returning user_id;

-- name: replace_recovery_codes :exec
-- Gives an account new recovery codes in place of those that it has.
with replaced as (
  delete from recovery_codes
   where user_id = :user_id
)
insert into recovery_codes (user_id, code_digest)
select :user_id, code_digest
  from unnest(:code_digest::bytea[]) as new (code_digest)
 where code_digest is not null;
