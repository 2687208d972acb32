-- Queries about the database itself.

-- name: are_migrations_applied :value :batch
-- Whether all of the migrations in a JSON list are applied; the service is ready only if those that its code needs are.
-- It's merged, so that it waits for no more than one execution while other statements are many.
select asked.call,
       not exists (
         select
           from jsonb_array_elements_text(asked.migrations::jsonb) as needed (id)
          where not exists (
                  select
                    from _yoyo_migration
                   where migration_id = needed.id
                )
       ) as applied
  from unnest(:migrations::text[]) with ordinality as asked (migrations, call);
