-- Drops login_throttles, which nothing has used since 0015 put rate_limits in its place; the last release that read it was the one
-- before that.
--
-- Locks: access exclusive on login_throttles alone, which nobody uses; takes milliseconds.
-- Rollback loses the counts that were left in it, which nobody reads: it comes back empty.

-- No release that can serve on this schema knows the table.
-- squawk-ignore ban-drop-table
drop table login_throttles;
