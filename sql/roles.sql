-- The roles of a Nestwerk database, and what each may do. A DBA runs it as a superuser after each migration:
--
--     psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f sql/roles.sql
--
-- All of it takes effect at once, so the service can stay up.
--
-- nestwerk_owner    owns tables, views, functions and enums, and migrates: `set role nestwerk_owner`, or log in as a member
--                   of it. The first migration, which makes an extension and comes before this file, is a superuser's
-- nestwerk_service  what the service logs in as: it can do what its statements do, and nothing else
-- nestwerk_reader   reads what is neither secret nor about anybody's health
--
-- Roles are made without a password, so nobody can log in over the network before a DBA gives one.
-- `just check` names a grant that nestwerk_service lacks for its statements, or has for nothing.

begin;

-- On a database that serves it gives up rather than have everybody wait behind it.
set local lock_timeout = '5s';

do $$
declare
  wanted text;
  object record;
begin
  foreach wanted in array array['nestwerk_owner', 'nestwerk_service', 'nestwerk_reader'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I %s', wanted, case wanted when 'nestwerk_owner' then 'nologin' else 'login' end);
    end if;
  end loop;
  for object in
    select kind, name
      from (
             select case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
                    oid::regclass::text as name,
                    oid, relowner as owner, 'pg_class'::regclass as catalog
               from pg_class
              where relnamespace = 'public'::regnamespace
                and relkind in ('r', 'p', 'v', 'm')
              union all
             select 'routine', oid::regprocedure::text, oid, proowner, 'pg_proc'
               from pg_proc
              where pronamespace = 'public'::regnamespace
              union all
             select 'type', oid::regtype::text, oid, typowner, 'pg_type'
               from pg_type
              where typnamespace = 'public'::regnamespace
                and typtype in ('e', 'd')
           ) as objects
     -- One that is owned already is not locked again, and those of extensions are theirs.
     where owner <> 'nestwerk_owner'::regrole
       and not exists (
             select
               from pg_depend as d
              where d.classid = catalog
                and d.objid = objects.oid
                and d.deptype = 'e'
           )
  loop
    execute format('alter %s %s owner to nestwerk_owner', object.kind, object.name);
  end loop;
  -- What is granted is said below, all of it.
  for object in
    select oid::regclass::text as name
      from pg_class
     where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p', 'v', 'm')
       and relowner = 'nestwerk_owner'::regrole
  loop
    execute format('revoke all on %s from public, nestwerk_service, nestwerk_reader cascade', object.name);
  end loop;
end;
$$;

grant create, usage on schema public to nestwerk_owner;
revoke create on schema public from public;
grant usage on schema public to nestwerk_service, nestwerk_reader;

-- The rest is written by `just generate`.
-- <grants>
-- The service: what its statements need. Where rows are only locked, one column may be updated: the right to
-- lock comes with that.
grant select (migration_id, applied_at_utc) on _yoyo_migration to nestwerk_service;

grant select (
        id, parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment, created_at,
        updated_at
      ),
      insert (parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment),
      update (name, age, special_needs, routines, development_notes, last_assessment),
      delete
   on child_profiles to nestwerk_service;

grant select (subject, failures, blocked_until, updated_at),
      insert (subject, failures, blocked_until),
      update (failures, blocked_until),
      delete
   on login_throttles to nestwerk_service;

grant select (migration_id, checksum) on migration_checksums to nestwerk_service;

grant select (
        id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
        preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
        last_suggestion_check, created_at, updated_at
      ),
      insert (
        user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
        preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data
      ),
      update (
        name, email, stress_level, experience_level, primary_concerns, support_network, bio, preferred_language,
        communication_preference, completed_onboarding, current_onboarding_step, onboarding_data
      )
   on parent_profiles to nestwerk_service;

grant select (
        id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date, created_at,
        updated_at
      ),
      insert (parent_profile_id, title, description, category, priority, status, target_date, achieved_date),
      update (title, description, category, priority, status, target_date, achieved_date),
      delete
   on parenting_goals to nestwerk_service;

grant select (id, user_id, token_digest, user_agent, created_at, expires_at),
      insert (user_id, token_digest, user_agent, expires_at),
      update (expires_at),
      delete
   on sessions to nestwerk_service;

grant select (id, username, email, password, profile_picture),
      insert (username, email, password),
      update (email, password, profile_picture)
   on users to nestwerk_service;

-- The reader: columns whose comment says personal or operational.
grant select on _yoyo_migration to nestwerk_reader;

grant select (id, parent_profile_id, name, age, created_at, updated_at) on child_profiles to nestwerk_reader;

grant select on login_throttles to nestwerk_reader;

grant select on migration_checksums to nestwerk_reader;

grant select (
        id, user_id, name, email, experience_level, support_network, bio, preferred_language, communication_preference,
        completed_onboarding, current_onboarding_step, last_suggestion_check, created_at, updated_at
      )
   on parent_profiles to nestwerk_reader;

grant select (id, parent_profile_id, category, priority, status, target_date, achieved_date, created_at, updated_at)
   on parenting_goals to nestwerk_reader;

grant select (id, user_id, user_agent, created_at, expires_at) on sessions to nestwerk_reader;

grant select (id, username, email, profile_picture, created_at) on users to nestwerk_reader;
-- </grants>

commit;
