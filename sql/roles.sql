-- The roles of a Nestwerk database and their grants. A DBA runs this file after each migration, as a superuser, or where there
-- is none to be had as the owner of the database, with the right to make roles (`createrole`):
--
--     psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f sql/roles.sql
--
-- It is one transaction, so the service can stay up.
--
-- nestwerk_owner    owns what is in the schema public and nobody else's, and migrates: `set role nestwerk_owner`, or log in as a
--                   member of it. Who isn't a superuser becomes one here, and can go on migrating
-- nestwerk_service  the service logs in as this role; it can run its statements, and nothing else. As a member of
--                   pg_read_all_stats it sees which server a standby follows, without which it reads from none
-- nestwerk_reader   reads data that is neither secret nor about anybody's health
--
-- Roles are created without a password, so nobody can log in over the network before a DBA sets one.
-- nestwerk_service may take nine tenths of the connections that aren't reserved for superusers, so that others still get
-- in whatever happens to it. Set a lower limit if you like (`alter role nestwerk_service connection limit …`), it stays: a
-- worker has 8 connections at most, 15 while backends hang, and twice as many workers run during a hand-over.
--
-- PostgreSQL lets everybody make temporary tables and large objects, run code with `do`, hold advisory locks and write
-- messages for replication. The roles here may not; other roles that the server has by now keep it, by grants of their own.
-- What only a superuser can change is left where the database's owner runs this: a notice names it.
-- `just check` names grants that nestwerk_service lacks for its statements, or doesn't need.

begin;

-- On a busy database it fails rather than have all clients wait behind it.
set local lock_timeout = '5s';
-- Whatever schema the role's own search path begins with.
set local search_path = public, pg_temp;

do $$
declare
  wanted text;
  most integer := (
    select floor(0.9 * sum(case name when 'max_connections' then setting::integer else -setting::integer end))
      from pg_settings
     where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
  );
begin
  foreach wanted in array array['nestwerk_owner', 'nestwerk_service', 'nestwerk_reader'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I %s', wanted, case wanted when 'nestwerk_owner' then 'nologin' else 'login' end);
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'nestwerk_service' and rolconnlimit not between 0 and most) then
    execute format('alter role nestwerk_service connection limit %s', most);
  end if;
  if not pg_has_role('nestwerk_service', 'pg_read_all_stats', 'usage') then
    begin
      grant pg_read_all_stats to nestwerk_service;
    exception
      when insufficient_privilege then
        raise notice 'only a superuser can grant pg_read_all_stats to nestwerk_service: without it the service reads from no standby';
    end;
  end if;
  -- Only who can become the owner can give it what they made, and only who has its rights can change that later.
  if not (pg_has_role('nestwerk_owner', 'set') and pg_has_role('nestwerk_owner', 'usage')) then
    execute format('grant nestwerk_owner to %I with inherit true, set true', current_user);
  end if;
end;
$$;

grant create, usage on schema public to nestwerk_owner;
revoke create on schema public from public;
grant usage on schema public to nestwerk_service, nestwerk_reader;

do $$
declare
  object record;
  others text[] := '{}';
begin
  for object in
    select case what.type
             when 'statistics object' then 'statistics'
             when 'composite type' then 'type'
             else what.type
           end as kind,
           what.identity,
           -- What the first superuser owns isn't recorded there.
           coalesce(s.refobjid, 10) as owner
      from pg_depend as d
     cross join lateral pg_identify_object(d.classid, d.objid, 0) as what
      left join pg_shdepend as s
        on s.dbid = (select oid from pg_database where datname = current_database())
       and s.classid = d.classid
       and s.objid = d.objid
       and s.deptype = 'o'
     where d.refclassid = 'pg_namespace'::regclass
       and d.refobjid = 'public'::regnamespace
       and what.type in (
             'table', 'view', 'materialized view', 'foreign table', 'sequence', 'function', 'procedure', 'aggregate', 'type',
             'composite type', 'statistics object', 'collation', 'conversion', 'operator', 'operator class', 'operator family',
             'text search configuration', 'text search dictionary'
           )
       -- Objects that have this owner already needn't be locked; those of extensions keep their owner, and what is part of
       -- another, as a column's sequence, has that one's.
       and s.refobjid is distinct from 'nestwerk_owner'::regrole
       and not exists (
             select
               from pg_depend as of_another
              where of_another.classid = d.classid
                and of_another.objid = d.objid
                and of_another.objsubid = 0
                and (of_another.deptype in ('e', 'i') or (what.type = 'sequence' and of_another.deptype = 'a'))
           )
  loop
    -- What is others' in a database that is shared stays theirs: of those who can't become the owner.
    if pg_has_role(object.owner, 'usage')
       and (
         object.owner in ('nestwerk_service'::regrole, 'nestwerk_reader'::regrole)
         or pg_has_role(object.owner, 'nestwerk_owner', 'set')
       )
    then
      execute format('alter %s %s owner to nestwerk_owner', object.kind, object.identity);
    else
      others := others || format('%s (%s)', object.identity, pg_get_userbyid(object.owner));
    end if;
  end loop;
  if others <> '{}' then
    raise notice 'left to others, who are no members of nestwerk_owner: %', array_to_string(others, ', ');
  end if;
  -- All grants are removed here, and granted anew below.
  for object in
    select oid::regclass::text as name, relkind = 'S' as is_sequence
      from pg_class
     where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and relowner = 'nestwerk_owner'::regrole
  loop
    execute format(
      'revoke all on %s %s from public, nestwerk_service, nestwerk_reader cascade',
      case when object.is_sequence then 'sequence' else 'table' end,
      object.name
    );
  end loop;
  -- Everybody may run functions, unless somebody takes that back. Those that run with their owner's rights are granted below,
  -- by name, and those of triggers nobody calls.
  for object in
    select oid::regprocedure::text as name, prosecdef as is_owners, prorettype = 'trigger'::regtype as is_triggers
      from pg_proc
     where pronamespace = 'public'::regnamespace
       and proowner = 'nestwerk_owner'::regrole
  loop
    execute format('revoke all on routine %s from nestwerk_service, nestwerk_reader cascade', object.name);
    if object.is_owners then
      execute format('revoke all on routine %s from public cascade', object.name);
    elsif not object.is_triggers then
      execute format('grant execute on routine %s to nestwerk_service, nestwerk_reader', object.name);
    end if;
  end loop;
  -- And those of the extension, where somebody has.
  for object in
    select p.oid::regprocedure::text as name
      from pg_proc as p
      join pg_depend as d
        on d.classid = 'pg_proc'::regclass
       and d.objid = p.oid
       and d.deptype = 'e'
      join pg_extension as e
        on e.oid = d.refobjid
       and e.extname = 'vector'
     where not (has_function_privilege('nestwerk_service', p.oid, 'execute') and has_function_privilege('nestwerk_reader', p.oid, 'execute'))
  loop
    execute format('grant execute on function %s to nestwerk_service, nestwerk_reader', object.name);
  end loop;
end;
$$;

-- What everybody may do, and its way of being granted.
do $$
declare
  wide record;
  other name;
  setting text[];
  kept text[] := '{}';
  unset text[] := '{}';
begin
  for wide in
    select format('temporary on database %I', datname) as privilege, datdba as owner, 'temporary tables' as what
      from pg_database
     cross join aclexplode(coalesce(datacl, acldefault('d', datdba))) as acl
     where datname = current_database()
       and acl.grantee = 0
       and acl.privilege_type = 'TEMPORARY'
     union all
    select format('usage on language %I', lanname), lanowner, 'code with `do`'
      from pg_language
     cross join aclexplode(coalesce(lanacl, acldefault('l', lanowner))) as acl
     where lanname = 'plpgsql'
       and acl.grantee = 0
     union all
    select format('execute on function %s', p.oid::regprocedure),
           proowner,
           case when p.proname ~ '^lo' then 'large objects' when p.proname ~ 'lock' then 'advisory locks' else 'replication messages' end
      from pg_proc as p
     cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
     where p.pronamespace = 'pg_catalog'::regnamespace
       and p.proname ~ '^(lo_.*|loread|lowrite|pg_(try_)?advisory_(xact_)?lock.*|pg_logical_emit_message)$'
       and acl.grantee = 0
  loop
    if not pg_has_role(wide.owner, 'usage') then
      kept := kept || wide.what;
      continue;
    end if;
    for other in
      select rolname
        from pg_roles
       where not rolsuper
         and rolname !~ '^pg_'
         and rolname not in ('nestwerk_service', 'nestwerk_reader')
    loop
      execute format('grant %s to %I', wide.privilege, other);
    end loop;
    execute format('revoke %s from public', wide.privilege);
  end loop;
  -- Details of an error quote rows, and its parameters are what a client sent: neither belongs in PostgreSQL's log.
  foreach other in array array['nestwerk_service', 'nestwerk_reader'] loop
    foreach setting slice 1 in array array[
      ['log_error_verbosity', 'terse'], ['log_min_error_statement', 'panic'], ['log_parameter_max_length', '0'],
      ['log_parameter_max_length_on_error', '0'], ['auto_explain.log_parameter_max_length', '0'],
      ['debug_print_parse', 'off'], ['debug_print_rewritten', 'off'], ['debug_print_plan', 'off']
    ] loop
      if not exists (
        select
          from pg_roles
         where rolname = other
           and rolconfig @> array[setting[1] || '=' || setting[2]]
      ) then
        begin
          execute format('alter role %I set %s = %L', other, setting[1], setting[2]);
        exception
          when insufficient_privilege then
            unset := unset || setting[1];
        end;
      end if;
    end loop;
  end loop;
  if kept <> '{}' then
    raise notice 'left to everybody, as only a superuser can take it away: %',
      (select string_agg(distinct what, ', ') from unnest(kept) as what);
  end if;
  if unset <> '{}' then
    raise notice 'not set for the roles, as only a superuser can: %',
      (select string_agg(distinct name, ', ') from unnest(unset) as name);
  end if;
  -- They log in also where everybody's right to connect is taken back.
  execute format(
    'grant connect on database %I to nestwerk_owner, nestwerk_service, nestwerk_reader', current_database()
  );
end;
$$;

-- The service may add events and read them; what is a year old this removes for it, as their owner.
grant execute on function remove_year_old_events() to nestwerk_service;

-- The rest is written by `just generate`.
-- <grants>
-- The service: what its statements need. To lock rows, it needs the right to update one of their columns.
grant select (migration_id, applied_at_utc) on _yoyo_migration to nestwerk_service;

grant select (id, happened_at, actor_kind, event, user_id, details, network),
      insert (actor_kind, event, user_id, details, network)
   on audit_events to nestwerk_service;

grant select (
        id, parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment, created_at,
        updated_at
      ),
      insert (parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment),
      update (name, age, special_needs, routines, development_notes, last_assessment, updated_at),
      delete
   on child_profiles to nestwerk_service;

grant select (concern, words_nl, words_en, is_sensitive) on concerns to nestwerk_service;

grant select (purpose, version, in_force_at, title_nl, title_en, text_nl, text_en) on consent_texts to nestwerk_service;

grant select (id, user_id, purpose, version, agreed_at, withdrawn_at),
      insert (user_id, purpose, version, agreed_at, withdrawn_at),
      update (withdrawn_at)
   on consents to nestwerk_service;

grant select (user_id, device_digest, expires_at),
      insert (user_id, device_digest, expires_at),
      update (expires_at),
      delete
   on devices to nestwerk_service;

grant select (user_id, email, token_digest, expires_at),
      insert (user_id, email, token_digest, expires_at),
      update (email, token_digest, expires_at),
      delete
   on email_confirmations to nestwerk_service;

grant select (user_id),
      update (old_password)
   on former_passwords to nestwerk_service;

grant select (key_digest, user_id, sealed_answer, created_at),
      insert (key_digest),
      update (user_id, sealed_answer, created_at),
      delete
   on idempotency_keys to nestwerk_service;

grant select (slug, model, digest, embedding),
      insert (slug, model, digest, embedding),
      update (model, digest, embedding)
   on library_embeddings to nestwerk_service;

grant select (slug, category, title_nl, text_nl, text_en, min_age, max_age, concerns, stress_levels, experience_levels)
   on library_suggestions to nestwerk_service;

grant select (id, user_id, kind, recipient, language, parameters, attempts, due_at, created_at),
      insert (user_id, kind, recipient, language, parameters),
      update (attempts, due_at),
      delete
   on mails to nestwerk_service;

grant select (migration_id, checksum) on migration_checksums to nestwerk_service;

grant select (parent_profile_id, reading, revision, child_ids, saved_at),
      insert (parent_profile_id, reading, revision, child_ids),
      update (revision, child_ids, saved_at),
      delete
   on onboarding_merge_bases to nestwerk_service;

grant select (
        id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
        preferred_language, communication_preference, completed_onboarding, current_onboarding_step, onboarding_data,
        profile_embedding, last_suggestion_check, created_at, updated_at, changed_since_check, profile_embedding_model,
        profile_embedding_digest, refuses_health_data
      ),
      insert (
        user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio,
        preferred_language, communication_preference
      ),
      update (
        name, email, stress_level, experience_level, primary_concerns, support_network, bio, preferred_language,
        communication_preference, completed_onboarding, current_onboarding_step, onboarding_data, profile_embedding,
        last_suggestion_check, updated_at, changed_since_check, profile_embedding_model, profile_embedding_digest
      )
   on parent_profiles to nestwerk_service;

grant select (
        id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date, created_at,
        updated_at
      ),
      insert (parent_profile_id, title, description, category, priority, status, target_date, achieved_date),
      update (title, description, category, priority, status, target_date, achieved_date, updated_at),
      delete
   on parenting_goals to nestwerk_service;

grant select (challenge_digest, expires_at),
      insert (challenge_digest, expires_at),
      update (expires_at),
      delete
   on passkey_logins to nestwerk_service;

grant select (user_id, challenge_digest, expires_at),
      insert (user_id, challenge_digest, expires_at),
      update (challenge_digest, expires_at),
      delete
   on passkey_registrations to nestwerk_service;

grant select (id, user_id, credential_id, public_key, sign_count, transports, name, created_at, last_used_at),
      insert (user_id, credential_id, public_key, sign_count, transports, name),
      update (sign_count, name, last_used_at),
      delete
   on passkeys to nestwerk_service;

grant select (user_id, token_digest, expires_at),
      insert (user_id, token_digest, expires_at),
      update (expires_at),
      delete
   on password_resets to nestwerk_service;

grant select (name, user_id, removable_at),
      insert (name, user_id),
      update (removable_at),
      delete
   on pictures to nestwerk_service;

grant select (subject, drained_at),
      insert (subject, drained_at),
      update (drained_at),
      delete
   on rate_limits to nestwerk_service;

grant select (user_id, code_digest),
      insert (user_id, code_digest),
      delete
   on recovery_codes to nestwerk_service;

grant select (name, due_at),
      insert (name, due_at),
      update (due_at)
   on schedules to nestwerk_service;

grant select (id, user_id, token_digest, user_agent, created_at, expires_at, renewed_at),
      insert (user_id, token_digest, user_agent, expires_at),
      update (token_digest, expires_at, renewed_at),
      delete
   on sessions to nestwerk_service;

grant select (id, parent_profile_id, slug, relevance, used_at, dismissed_at, rating, feedback, expires_at, created_at),
      insert (parent_profile_id, slug, relevance, expires_at),
      update (used_at, dismissed_at, rating, feedback),
      delete
   on suggestions to nestwerk_service;

grant select (user_id, sealed_secret, created_at, expires_at, confirmed_at, last_step),
      insert (user_id, sealed_secret),
      update (sealed_secret, created_at, expires_at, confirmed_at, last_step),
      delete
   on totp_factors to nestwerk_service;

grant select (
        id, username, email, password, profile_picture, created_at, banned_at, ban_reason, email_confirmed_at,
        second_factor_at, updated_at
      ),
      insert (username, email, password),
      update (email, password, profile_picture, email_confirmed_at, updated_at),
      delete
   on users to nestwerk_service;

-- The reader: columns whose comment says personal or operational.
grant select on _yoyo_migration to nestwerk_reader;

grant select on audit_events to nestwerk_reader;

grant select (id, parent_profile_id, name, age, created_at, updated_at, refuses_health_data)
   on child_profiles to nestwerk_reader;

grant select on concerns to nestwerk_reader;

grant select on consent_texts to nestwerk_reader;

grant select on consents to nestwerk_reader;

grant select (user_id, expires_at) on devices to nestwerk_reader;

grant select (user_id, email, expires_at) on email_confirmations to nestwerk_reader;

grant select on family_sizes to nestwerk_reader;

grant select (user_id) on former_passwords to nestwerk_reader;

grant select (user_id, created_at) on idempotency_keys to nestwerk_reader;

grant select on library_embeddings to nestwerk_reader;

grant select on library_suggestions to nestwerk_reader;

grant select on mails to nestwerk_reader;

grant select on migration_checksums to nestwerk_reader;

grant select (parent_profile_id, reading, child_ids, saved_at) on onboarding_merge_bases to nestwerk_reader;

grant select (
        id, user_id, name, email, experience_level, preferred_language, communication_preference, completed_onboarding,
        current_onboarding_step, last_suggestion_check, created_at, updated_at, changed_since_check,
        profile_embedding_model, refuses_health_data
      )
   on parent_profiles to nestwerk_reader;

grant select (id, parent_profile_id, category, priority, status, target_date, achieved_date, created_at, updated_at)
   on parenting_goals to nestwerk_reader;

grant select (expires_at) on passkey_logins to nestwerk_reader;

grant select (user_id, expires_at) on passkey_registrations to nestwerk_reader;

grant select (id, user_id, public_key, sign_count, transports, name, created_at, last_used_at)
   on passkeys to nestwerk_reader;

grant select (user_id, expires_at) on password_resets to nestwerk_reader;

grant select on pictures to nestwerk_reader;

grant select on rate_limits to nestwerk_reader;

grant select (user_id) on recovery_codes to nestwerk_reader;

grant select on schedules to nestwerk_reader;

grant select (id, user_id, user_agent, created_at, expires_at, renewed_at) on sessions to nestwerk_reader;

grant select (id, parent_profile_id, used_at, dismissed_at, rating, expires_at, created_at)
   on suggestions to nestwerk_reader;

grant select (user_id, created_at, expires_at, confirmed_at, last_step) on totp_factors to nestwerk_reader;

grant select (
        id, username, email, profile_picture, created_at, banned_at, ban_reason, email_confirmed_at, second_factor_at,
        updated_at
      )
   on users to nestwerk_reader;
-- </grants>

-- The release before serves until it is restarted: what only its statements need. `just generate --release REF` writes it.
-- <release before>
-- </release before>

commit;
