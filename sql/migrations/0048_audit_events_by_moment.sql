-- Finds what happened to one account, latest first or within an hour.
--
-- Locks: share update exclusive on audit_events, two scans of it: reads and writes go on.
-- Rollback loses nothing.
-- transactional: false

-- It runs outside a transaction, and the drop before it makes it run again.
-- squawk-ignore-file prefer-robust-stmts, ban-concurrent-index-creation-in-transaction

drop index concurrently if exists audit_events_user_id_happened_at_id_idx;
create index concurrently audit_events_user_id_happened_at_id_idx on audit_events (user_id, happened_at, id);
