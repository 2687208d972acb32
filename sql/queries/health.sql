-- Queries about the database itself.

-- name: list_applied_migrations :many
-- The applied migrations; the service is ready only if they are those that its code needs.
select migration_id
  from _yoyo_migration
 where migration_id is not null
 order by migration_id;
