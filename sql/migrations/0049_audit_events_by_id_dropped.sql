-- Drops the index that 0048 takes the place of; no statement of the release before reads by it.
--
-- Locks: access exclusive on audit_events for milliseconds.
-- Rollback loses nothing, but keeps events from being written while the index is made.

-- Dropped in a transaction, so that its rollback can make it again; no row is looked at.
-- squawk-ignore require-concurrent-index-deletion
drop index audit_events_user_id_id_idx;
