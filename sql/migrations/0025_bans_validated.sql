-- Validates the check of 0024, which held for new rows only.
--
-- Locks: share update exclusive on users while it is read once: reads and writes go on.
-- Rollback loses nothing.
alter table users validate constraint users_banned_at_check;
