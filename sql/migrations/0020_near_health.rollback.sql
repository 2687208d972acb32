-- Takes back 0020_near_health. Nothing is lost.
comment on column parent_profiles.support_network is '[personal] Who helps the parent.';
comment on column parent_profiles.bio is '[personal] What the parent tells of themselves.';
