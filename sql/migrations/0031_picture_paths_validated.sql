-- Holds the rows there are against the check of 0030. None can break it: the check before was stricter.
--
-- Locks: share update exclusive on users, one scan of it: reads and writes go on.
-- Rollback loses nothing.

alter table users validate constraint users_profile_picture_check;
