-- A confirmed address is of one account, whatever the case of its letters. Of several who confirm it at once one succeeds.
--
-- Locks: share update exclusive on users, two scans of it: reads and writes go on.
-- Rollback loses nothing.
-- transactional: false

-- It runs outside a transaction, and the drop before it makes it run again.
-- squawk-ignore-file prefer-robust-stmts, ban-concurrent-index-creation-in-transaction

drop index concurrently if exists users_confirmed_email_key;
create unique index concurrently users_confirmed_email_key on users (email_key(email))
 where email_confirmed_at is not null;
