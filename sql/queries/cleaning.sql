-- What the service removes by itself, one worker at a time, and `just clean` at once. Each removal takes 200 rows at most,
-- so that nobody waits for it, and passes over rows that are in use: it's called until it removes none.

-- name: take_turn :maybe
-- Takes a turn at work that one worker at a time does, if it's due; the next is due in so many seconds. A moment that is further
-- off was set by a clock that went wrong, or is given back with 0 seconds. It's compared with the clock, as one who waited here for
-- another has a now() of before.
insert into schedules as schedule (name, due_at)
values (:name, now() + :seconds::integer * interval '1 second')
    on conflict on constraint schedules_pkey do update
   set due_at = excluded.due_at
 where schedule.due_at <= now()
    or schedule.due_at > clock_timestamp() + :seconds::integer * interval '1 second'
returning name;

-- name: remove_expired_sessions :value
-- Removes sessions that have expired, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from sessions
   where (user_id, id) in (
           select user_id, id
             from sessions
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning id
)
select count(id)::integer as removed
  from removed;

-- name: remove_expired_devices :value
-- Makes devices unknown that were away for a year, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from devices
   where (user_id, device_digest) in (
           select user_id, device_digest
             from devices
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning user_id
)
select count(user_id)::integer as removed
  from removed;

-- name: remove_expired_confirmations :value
-- Forgets addresses that weren't confirmed in time, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from email_confirmations
   where user_id in (
           select user_id
             from email_confirmations
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning user_id
)
select count(user_id)::integer as removed
  from removed;

-- name: remove_expired_resets :value
-- Removes links for new passwords that have expired, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from password_resets
   where token_digest in (
           select token_digest
             from password_resets
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning user_id
)
select count(user_id)::integer as removed
  from removed;

-- name: remove_drained_limits :value
-- Removes limits of attempts that have drained, and returns how many.
with removed as (
  delete from rate_limits
   where subject in (
           select subject
             from rate_limits
            where drained_at < now()
            order by drained_at
            limit 200
              for update skip locked
         )
  returning subject
)
select count(subject)::integer as removed
  from removed;

-- name: remove_old_merge_bases :value
-- Removes what tabs had posted of their onboarding a week ago or longer, and returns how many that were.
-- owner: none, because it tidies up for all.
with removed as (
  delete from onboarding_merge_bases
   where (parent_profile_id, reading) in (
           select parent_profile_id, reading
             from onboarding_merge_bases
            where saved_at < now() - interval '7 days'
            order by saved_at
            limit 200
              for update skip locked
         )
  returning parent_profile_id
)
select count(parent_profile_id)::integer as removed
  from removed;

-- name: remove_old_events :value
-- Removes audit events that are a year old, which is how long they are kept; returns how many. The function may, the service not.
-- owner: any, because it tidies up for all.
-- equivalent: constant: select coalesce(remove_year_old_events(), «0») as removed; -> 1, because the
--   function counts, and gives no null.
select coalesce(remove_year_old_events(), 0) as removed;

-- name: remove_begun_apps :value
-- Removes authenticator apps that weren't confirmed within an hour of their set-up, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from totp_factors
   where user_id in (
           select user_id
             from totp_factors
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning user_id
)
select count(user_id)::integer as removed
  from removed;

-- name: remove_begun_passkeys :value
-- Removes challenges of those who began to add a passkey, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from passkey_registrations
   where user_id in (
           select user_id
             from passkey_registrations
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning user_id
)
select count(user_id)::integer as removed
  from removed;

-- name: remove_begun_logins :value
-- Removes challenges of those who began to log in with a passkey, and returns how many.
with removed as (
  delete from passkey_logins
   where challenge_digest in (
           select challenge_digest
             from passkey_logins
            where expires_at < now()
            order by expires_at
            limit 200
              for update skip locked
         )
  returning challenge_digest
)
select count(challenge_digest)::integer as removed
  from removed;

-- name: remove_unsent_mails :value
-- Removes mails that could not be sent in two days, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from mails
   where id in (
           select id
             from mails
            where created_at < now() - interval '2 days'
            order by created_at
            limit 200
              for update skip locked
         )
  returning id
)
select count(id)::integer as removed
  from removed;

-- name: remove_old_keys :value
-- Removes answers that were kept for a day for repetitions of their requests, and returns how many.
-- owner: none, because it tidies up for all.
with removed as (
  delete from idempotency_keys
   where key_digest in (
           select key_digest
             from idempotency_keys
            where created_at < now() - interval '24 hours'
            order by created_at
            limit 200
              for update skip locked
         )
  returning key_digest
)
select count(key_digest)::integer as removed
  from removed;

-- name: remove_old_suggestions :value
-- Removes suggestions that were given 90 days ago: none is shown for so long, and their texts may be given again.
-- owner: none, because it tidies up for all.
with removed as (
  delete from suggestions
   where (parent_profile_id, id) in (
           select parent_profile_id, id
             from suggestions
            where created_at < now() - interval '90 days'
            order by created_at
            limit 200
              for update skip locked
         )
  returning id
)
select count(id)::integer as removed
  from removed;
