-- What parents tell of themselves and who helps them is near health: how they are, who cares for them. So these columns are
-- classified as such, and the reader sees them no more once sql/roles.sql was run.
--
-- Locks: share update exclusive on parent_profiles for milliseconds: reads and writes go on.
-- Rollback loses nothing; run sql/roles.sql after it.
comment on column parent_profiles.support_network is '[health-related] Who helps the parent.';
comment on column parent_profiles.bio is '[health-related] What the parent tells of themselves.';
