-- The first answers to requests with an Idempotency-Key, which their repetitions get for a day.
--
-- A row is written in the transaction of what its answer tells, so there is one if and only if that was done. While the transaction
-- is open, the unique key keeps a second request with the same key from being done; when it's undone, as after a crash, nothing is
-- left. Rows without an answer are never seen by another transaction.
--
-- The key is a digest of the client's key and its account, or of the key alone where nobody is logged in. An answer may hold a token,
-- so it's encrypted with a key made of the service's secret and the client's key: neither this table nor a backup of it lets anybody
-- in. Sealed with it is a digest of the request, which may hold a password.
--
-- Locks: a new table; its foreign key takes a share row exclusive lock on users for milliseconds.
-- Rollback loses the answers: a repetition of a request that was answered before is then done again.

create table idempotency_keys (
  key_digest bytea not null,
  user_id bigint,
  sealed_answer bytea,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (key_digest),
  constraint idempotency_keys_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint idempotency_keys_key_digest_check check (octet_length(key_digest) = 32),
  constraint idempotency_keys_sealed_answer_check check (octet_length(sealed_answer) between 29 and 4194304)
)
with (fillfactor = 80);

-- It can't be compressed.
alter table idempotency_keys alter column sealed_answer set storage external;

-- For what an account has kept in a day.
create index idempotency_keys_user_id_created_at_idx on idempotency_keys (user_id, created_at);
-- For the removal of what is a day old.
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);

comment on table idempotency_keys is
  'Keys of requests that are to be done once, and their answers: one row a request that did something. Kept a day; remove_old_keys.';
comment on column idempotency_keys.key_digest is '[secret] Key: SHA-256 of account and Idempotency-Key.';
comment on column idempotency_keys.user_id is '[operational] The account that sent it, or that it logged in, with which it goes; null if there was none.';
comment on column idempotency_keys.sealed_answer is
  '[secret] The answer and a digest of the request, encrypted with a key that is not in the database.';
comment on column idempotency_keys.created_at is '[operational] When it was answered.';
