-- Holds the rows there are against the check of 0042. None can break it: the column was added with it, and is null.
--
-- Locks: share update exclusive on parent_profiles, one scan of it: reads and writes go on.
-- Rollback loses nothing.

alter table parent_profiles validate constraint parent_profiles_profile_embedding_model_check;
