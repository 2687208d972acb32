-- Finds the parents who are due for suggestions: those whose profile changed, then those whose last check is longest ago.
--
-- Locks: share update exclusive on parent_profiles, two scans of it: reads and writes go on.
-- Rollback loses nothing.
-- transactional: false

-- It runs outside a transaction, and the drop before it makes it run again.
-- squawk-ignore-file prefer-robust-stmts, ban-concurrent-index-creation-in-transaction

drop index concurrently if exists parent_profiles_due_idx;
create index concurrently parent_profiles_due_idx
    on parent_profiles ((case when changed_since_check then '-infinity' else last_suggestion_check end))
 where completed_onboarding;
