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
-- Takes a key for this transaction. Another one that has it is waited for a moment only, hence the lock_timeout, which is then as it
-- was. A key is 'known' if it has an answer, and an account has no room if its answers of a day are too many, or too large together.
-- owner: none, because the digest is of the account, too.
with patience as (
  select current_setting('lock_timeout') as usual,
         set_config('lock_timeout', '200ms', true) as brief
),
kept as (
  select count(*) < 1000 and coalesce(sum(octet_length(sealed_answer)), 0) < 16777216 as has_room
    from idempotency_keys
   where user_id = :user_id
     and created_at > now() - interval '24 hours'
),
claimed as (
  insert into idempotency_keys as known (key_digest, user_id)
  select :key_digest, :user_id
    from patience
   cross join kept
   where kept.has_room
     and patience.brief is not null
      on conflict on constraint idempotency_keys_pkey do update
     set user_id = excluded.user_id,
         sealed_answer = null,
         created_at = now()
   where known.created_at <= now() - interval '24 hours'
  returning set_config('lock_timeout', (select usual from patience), true) as usual
)
select case
         when not has_room then 'full'
         when exists (select usual from claimed) then 'claimed'
         else 'known'
       end as state
  from kept;

-- name: keep_answer :exec
-- Adds the answer to a key that this transaction has claimed.
-- owner: none, because the digest is of the account, too.
update idempotency_keys
   set sealed_answer = :sealed_answer
 where key_digest = :key_digest;

-- name: release_key :exec
-- Gives a key back that this transaction has claimed.
-- owner: none, because the digest is of the account, too.
delete from idempotency_keys
 where key_digest = :key_digest;
