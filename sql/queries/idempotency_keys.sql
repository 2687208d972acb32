-- Keys of requests that are to be done once, and the answers that their repetitions get: see the migration that makes the table.

-- name: get_kept_answer :maybe
-- The sealed answer to the first request with a key, if it's less than a day old.
-- owner: none, because the digest is of the account, too.
-- plan: the filter is on the one row of a key.
select sealed_answer
  from idempotency_keys
 where key_digest = :key_digest
   and created_at > now() - interval '24 hours';

-- name: claim_key :value
-- Takes a key for this transaction, also one that is a day old. Another one that has it is waited for a moment only, hence the
-- lock_timeout, which is then as it was. Then the account's row is locked: its requests with keys come one after another, so that
-- none of them deadlock where they lock that row for more. A key is 'known' if it has an answer, and an account that was just erased
-- is 'gone'.
-- owner: none, because the digest is of the account, too.
-- equivalent: constant: set_config('lock_timeout', «'200ms'», true) as brief -> '201ms', because a moment may be that long, too.
with patience as (
  select current_setting('lock_timeout') as usual,
         set_config('lock_timeout', '200ms', true) as brief
),
claimed as (
  insert into idempotency_keys as known (key_digest)
  select :key_digest
    from patience
   where brief is not null
      on conflict on constraint idempotency_keys_pkey do update
     set created_at = now()
   where known.created_at <= now() - interval '24 hours'
  returning set_config('lock_timeout', (select usual from patience), true) as usual
),
account as (
  select
    from users
   where id = :user_id
     for no key update
)
select case
         when not exists (select usual from claimed) then 'known'
         when :user_id is null or exists (select from account) then 'claimed'
         else 'gone'
       end as state;

-- name: keep_answer :value
-- Adds the answer to a key that this transaction has claimed, and whose data it has: of a login that's only known now. False if the
-- account has no room, as its answers of a day are too many, or too large together.
-- owner: none, because the digest is of the account, too.
-- lock: claim_key has locked the account, whose other keys are counted.
-- equivalent: constant: select count(*) < 1000 and coalesce(sum(octet_length(sealed_answer)), «0») < 16777216 as has_room -> 1, because
--   both are less.
with kept as (
  select count(*) < 1000 and coalesce(sum(octet_length(sealed_answer)), 0) < 16777216 as has_room
    from idempotency_keys
   where user_id = :user_id
     and created_at > now() - interval '24 hours'
),
added as (
  update idempotency_keys
     set sealed_answer = :sealed_answer,
         user_id = :user_id
    from kept
   where idempotency_keys.key_digest = :key_digest
     and kept.has_room
  returning idempotency_keys.key_digest
)
select count(key_digest) = 1 as is_kept
  from added;

-- name: release_key :exec
-- Gives a key back that this transaction has claimed.
-- owner: none, because the digest is of the account, too.
delete from idempotency_keys
 where key_digest = :key_digest;
