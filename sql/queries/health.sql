-- What the service asks about the database itself.

-- name: list_applied_migrations :many
-- Migrations that the database has; the service is ready only where these are the ones its code needs.
select migration_id
  from _yoyo_migration
 where migration_id is not null
 order by migration_id;
