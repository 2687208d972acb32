-- Queries about the database itself.

-- name: are_migrations_applied :value :batch
-- Whether all migrations of an array, which is written as a text, are applied; the service is ready only if those that its code
-- needs are. It's merged, so that it waits for no more than one execution while other statements are many.
-- order: it's only asked what is among them.
select asked.call,
       asked.migrations::text[] <@ applied.migrations as applied
  from unnest(:migrations::text[]) with ordinality as asked (migrations, call)
 cross join (
         select coalesce(array_agg(migration_id), '{}')::text[] as migrations
           from _yoyo_migration
       ) as applied;
