-- Finds the accounts of an address: several may have it.
--
-- Locks: share update exclusive on users, two scans of it: reads and writes go on.
-- Rollback loses nothing.
-- transactional: false

-- It runs outside a transaction, and the drop before it makes it run again.
-- squawk-ignore-file prefer-robust-stmts, ban-concurrent-index-creation-in-transaction

drop index concurrently if exists users_email_idx;
create index concurrently users_email_idx on users (email_key(email));
