-- Passkeys, and the challenges that they sign.

-- name: begin_registration :exec
-- Keeps the challenge of who adds a passkey for five minutes, in place of one before.
insert into passkey_registrations (user_id, challenge_digest, expires_at)
values (:user_id, :challenge_digest, now() + interval '5 minutes')
    on conflict on constraint passkey_registrations_pkey do update
   set challenge_digest = excluded.challenge_digest,
       expires_at = excluded.expires_at;

-- name: end_registration :maybe
-- Uses up a challenge of the caller who adds a passkey, if it's theirs.
-- plan: the filters are on the one row of an account.
delete from passkey_registrations
 where user_id = :user_id
   and challenge_digest = :challenge_digest
   and expires_at > now()
returning user_id;

-- name: begin_login :exec
-- Keeps the challenge of who logs in for five minutes.
insert into passkey_logins (challenge_digest, expires_at)
values (:challenge_digest, now() + interval '5 minutes');

-- name: end_login :maybe
-- Uses up a challenge for logins, if it's one.
-- plan: the filter is on the one row of a challenge.
delete from passkey_logins
 where challenge_digest = :challenge_digest
   and expires_at > now()
returning challenge_digest;

-- name: list_credentials :many
-- The credentials of the caller's passkeys, which a new one has to differ from.
-- limit: an account has 20 at most.
select credential_id, transports
  from passkeys
 where user_id = :user_id
 order by id;

-- name: add_passkey :maybe
-- Adds a passkey, if the account has fewer than 20; the caller holds its lock.
-- equivalent: null result: returning id, name, created_at, «last_used_at»; -> nullif(last_used_at, last_used_at) as last_used_at,
--   because a new one was never used.
insert into passkeys (user_id, credential_id, public_key, sign_count, transports, name)
select :user_id, :credential_id, :public_key, :sign_count, :transports::text[], :name
 where (
         select count(*)
           from passkeys
          where user_id = :user_id
       ) < 20
returning id, name, created_at, last_used_at;

-- name: list_passkeys :many
-- A page of the caller's passkeys, by id; :after is the last id of the page before, 0 for the first page.
select id, name, created_at, last_used_at
  from passkeys
 where user_id = :user_id
   and id > :after
 order by id
 limit :count;

-- name: rename_passkey :one
-- Gives a passkey of the caller another name.
update passkeys
   set name = :name
 where user_id = :user_id
   and id = :id
returning id, name, created_at, last_used_at;

-- name: remove_passkey :one
-- Removes a passkey of the caller.
-- equivalent: column: returning «id»; -> user_id, because only whether there is a row is asked.
delete from passkeys
 where user_id = :user_id
   and id = :id
returning id;

-- name: find_passkey :maybe
-- The passkey with this credential and the account that it logs in to; which of the client's device tokens is known to it, if any.
-- owner: none, because who logs in isn't known before.
-- plan: the devices of a browser are few.
-- equivalent: constant: coalesce(needs_consent(account.id), «true») as consent_needed, -> false, because it's never null.
select passkey.id as passkey_id, passkey.public_key,
       account.banned_at is not null as is_banned,
       account.id, account.username, account.email, account.profile_picture, account.password,
       coalesce(needs_consent(account.id), true) as consent_needed,
       (
         select device_digest
           from devices
          where user_id = account.id
            and device_digest = any(:device_digests::bytea[])
            and expires_at > now()
          order by device_digest
          limit 1
       ) as device_digest
  from passkeys as passkey
  join users as account
    on account.id = passkey.user_id
 where passkey.credential_id = :credential_id;

-- name: use_passkey :maybe
-- Notes the use of a passkey, if its counter has grown or it has none: of two with the same count one is used.
-- plan: the filter is on the one row of a passkey.
-- equivalent: column: returning «user_id»; -> sign_count, because only whether there is a row is asked.
update passkeys
   set sign_count = :sign_count,
       last_used_at = now()
 where user_id = :user_id
   and id = :id
   and (sign_count < :sign_count or sign_count = 0)
returning user_id;
