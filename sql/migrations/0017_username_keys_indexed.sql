-- Finds accounts by what their usernames look like. Not unique: the system before let names differ in what nobody sees.
--
-- Locks: share update exclusive on users, two scans of it: reads and writes go on.
-- Rollback loses nothing.
-- transactional: false

-- It runs outside a transaction, and the drop before it makes it run again.
-- squawk-ignore-file prefer-robust-stmts, ban-concurrent-index-creation-in-transaction

drop index concurrently if exists users_username_idx;
create index concurrently users_username_idx on users (username_key(username));
