-- The schema that the migrations make, as pg_dump writes it. Not to be edited: `just generate` writes it anew.

CREATE EXTENSION vector;

CREATE TYPE public.audit_actor AS ENUM (
    'staff',
    'user',
    'system'
);

COMMENT ON TYPE public.audit_actor IS 'Who acts: support staff, whoever uses the account, or the service, as when it refuses somebody.';

CREATE TYPE public.ban_reason AS ENUM (
    'abuse',
    'fraud',
    'legal',
    'taken_over',
    'other'
);

COMMENT ON TYPE public.ban_reason IS 'Why an account is banned; taken_over: somebody else has it.';

CREATE TYPE public.experience_level AS ENUM (
    'first_time',
    'experienced',
    'multiple_children'
);

COMMENT ON TYPE public.experience_level IS 'How much experience a parent has.';

CREATE TYPE public.mail_language AS ENUM (
    'nl',
    'en'
);

COMMENT ON TYPE public.mail_language IS 'The language of a mail.';

CREATE TYPE public.stress_level AS ENUM (
    'low',
    'moderate',
    'high',
    'very_high'
);

COMMENT ON TYPE public.stress_level IS 'How much stress a parent feels, by their own word.';

CREATE TYPE public.suggestion_category AS ENUM (
    'sleep',
    'food',
    'routines',
    'behaviour',
    'emotions',
    'play',
    'learning',
    'screens',
    'connection',
    'siblings',
    'self_care',
    'support'
);

COMMENT ON TYPE public.suggestion_category IS 'What a suggestion is about; no parent has more than a few of one at once.';

CREATE FUNCTION public.apply_health_consent() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  perform keep_health_consent(new.user_id);
  return null;
end;
$$;

COMMENT ON FUNCTION public.apply_health_consent() IS 'Trigger function: calls keep_health_consent for the account whose answer it is.';

CREATE FUNCTION public.changed_fields(given text, stored jsonb, posted jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  salt constant text := coalesce(split_part(given, '.', 1), '');
  digests constant text := split_part(given, '.', 4);
  patch jsonb := posted - array['revision', 'childProfiles'] #- '{goals,shortTerm}' #- '{goals,longTerm}';
  field record;
begin
  for field in
    select path, path::text[] as keys, onboarding_field(posted, path) as value, posted #> path::text[] = '[]' as is_list,
           nullif(substr(digests, place::integer * 5 - 4, 5), onboarding_digest(salt || path, null)) as given
      from unnest(onboarding_fields()) with ordinality as known (path, place)
     where posted #> path::text[] is not null
        or leaves_out(posted, path)
  loop
    if field.value is not null then
      if field.given = onboarding_digest(salt || field.path, field.value) then
        patch := patch #- field.keys;
      end if;
    elsif field.is_list and (given is null or field.given <> '') then
      null;
    elsif field.given <> '' then
      patch := jsonb_set(patch, field.keys, 'null');
    elsif stored is null or stored #> field.keys is not null then
      patch := patch #- field.keys;
    end if;
  end loop;
  return patch;
end;
$$;

COMMENT ON FUNCTION public.changed_fields(given text, stored jsonb, posted jsonb) IS 'Patch with the fields that a posted document changes.';

CREATE FUNCTION public.onboarding_digest(salt text, value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN "left"(encode(int8send(hashtextextended(COALESCE(value, ''::text), hashtextextended(salt, (0)::bigint))), 'base64'::text), 5);

COMMENT ON FUNCTION public.onboarding_digest(salt text, value text) IS 'Salted digest of a value of an onboarding document: 30 bits, as 5 characters.';

CREATE FUNCTION public.child_digests(salt text, child jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((public.onboarding_digest((salt || 'name'::text), (child ->> 'name'::text)) || public.onboarding_digest((salt || 'age'::text), (child ->> 'age'::text))) || public.onboarding_digest((salt || 'specialNeeds'::text), (COALESCE((child -> 'specialNeeds'::text), '[]'::jsonb))::text));

COMMENT ON FUNCTION public.child_digests(salt text, child jsonb) IS 'Digests of name, age and special needs of a child of an onboarding document.';

CREATE FUNCTION public.onboarding_children(children jsonb) RETURNS TABLE(place bigint, entry jsonb, id text, folded text, by_name text, key text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select place, entry, id, folded, folded || '/' || namesake, coalesce('#' || id, folded || '/' || namesake)
    from (
           select place, entry, id, folded,
                  row_number() over (partition by id is null, folded order by place) as namesake
             from (
                    select place, entry,
                           coalesce(public.fold(entry ->> 'name'), '') as folded,
                           case
                             when row_number() over (partition by entry -> 'id' order by place) = 1 then entry ->> 'id'
                           end as id
                      from jsonb_array_elements(
                             case jsonb_typeof(children) when 'array' then children else '[]' end
                           ) with ordinality as child (entry, place)
                  ) as identified
         ) as numbered;
$$;

COMMENT ON FUNCTION public.onboarding_children(children jsonb) IS 'Children of an onboarding document, and what each is known by.';

CREATE FUNCTION public.children_digests(salt text, children jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(string_agg((public.onboarding_digest(children_digests.salt, onboarding_children.key) || public.child_digests(children_digests.salt, onboarding_children.entry)), ''::text ORDER BY onboarding_children.place), ''::text) AS "coalesce" FROM public.onboarding_children(children_digests.children) onboarding_children(place, entry, id, folded, by_name, key));

COMMENT ON FUNCTION public.children_digests(salt text, children jsonb) IS 'Digests of the children of an onboarding document: of the key, name, age and special needs of each.';

CREATE FUNCTION public.count_values(document jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN jsonb_array_length(jsonb_path_query_array(document, 'strict $.**{1 to last}.type()'::jsonpath));

COMMENT ON FUNCTION public.count_values(document jsonb) IS 'Number of values in a document: members of objects and items of lists, at any level.';

CREATE FUNCTION public.is_blank(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (value !~ ('[^\s\x1c-\x1f]'::text COLLATE pg_unicode_fast));

COMMENT ON FUNCTION public.is_blank(value text) IS 'Whether a text is empty or nothing but white space.';

CREATE FUNCTION public.is_json_moment(value timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((EXTRACT(year FROM (value AT TIME ZONE 'UTC'::text)) >= (1)::numeric) AND (EXTRACT(year FROM (value AT TIME ZONE 'UTC'::text)) <= (9999)::numeric));

COMMENT ON FUNCTION public.is_json_moment(value timestamp with time zone) IS 'Whether a moment lies in the years 1 to 9999, in UTC.';

CREATE TABLE public.consent_texts (
    purpose text NOT NULL,
    version integer NOT NULL,
    in_force_at timestamp with time zone NOT NULL,
    title_nl text NOT NULL,
    title_en text NOT NULL,
    text_nl text NOT NULL,
    text_en text NOT NULL,
    CONSTRAINT consent_texts_in_force_at_check CHECK (public.is_json_moment(in_force_at)),
    CONSTRAINT consent_texts_purpose_check CHECK ((((length(purpose) >= 1) AND (length(purpose) <= 50)) AND (purpose ~ '^[a-z]+(_[a-z]+)*$'::text))),
    CONSTRAINT consent_texts_text_en_check CHECK (((length(text_en) <= 20000) AND (NOT public.is_blank(text_en)))),
    CONSTRAINT consent_texts_text_nl_check CHECK (((length(text_nl) <= 20000) AND (NOT public.is_blank(text_nl)))),
    CONSTRAINT consent_texts_title_en_check CHECK (((length(title_en) <= 100) AND (NOT public.is_blank(title_en)))),
    CONSTRAINT consent_texts_title_nl_check CHECK (((length(title_nl) <= 100) AND (NOT public.is_blank(title_nl)))),
    CONSTRAINT consent_texts_version_check CHECK ((version >= 1))
);

COMMENT ON TABLE public.consent_texts IS 'Texts that parents are asked to agree to, all versions; a version that was asked about is never changed. Kept for good.';

COMMENT ON COLUMN public.consent_texts.purpose IS '[operational] What it is for: terms, privacy, health_data, or another word.';

COMMENT ON COLUMN public.consent_texts.version IS '[operational] Counted from 1; the latest that is in force is the current one.';

COMMENT ON COLUMN public.consent_texts.in_force_at IS '[operational] From when it is in force.';

COMMENT ON COLUMN public.consent_texts.title_nl IS '[operational] A few words for it, in Dutch.';

COMMENT ON COLUMN public.consent_texts.title_en IS '[operational] A few words for it, in English.';

COMMENT ON COLUMN public.consent_texts.text_nl IS '[operational] What the parent reads, in Dutch.';

COMMENT ON COLUMN public.consent_texts.text_en IS '[operational] What the parent reads, in English.';

CREATE FUNCTION public.current_version(of_purpose text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT max(consent_texts.version) AS max FROM public.consent_texts WHERE ((consent_texts.purpose = current_version.of_purpose) AND (consent_texts.in_force_at <= now())));

COMMENT ON FUNCTION public.current_version(of_purpose text) IS 'The latest version of a consent text that is in force; null if there is none.';

CREATE FUNCTION public.email_key(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower((value COLLATE "C"));

COMMENT ON FUNCTION public.email_key(value text) IS 'What addresses of one mailbox have in common: ASCII letters in lower case, the rest as it is.';

CREATE FUNCTION public.end_mailed_links() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  delete from password_resets where user_id = new.id;
  -- A change of the address that was under way may be somebody else's.
  delete from email_confirmations where user_id = new.id and email <> new.email;
  return null;
end;
$$;

COMMENT ON FUNCTION public.end_mailed_links() IS 'Trigger function: ends the links to reset a password, and a change of the address that is not confirmed yet.';

CREATE FUNCTION public.end_sessions_of_banned() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  delete from public.sessions
   where user_id = new.id;
  return null;
end;
$$;

COMMENT ON FUNCTION public.end_sessions_of_banned() IS 'Trigger function: ends all sessions of an account that is banned.';

CREATE FUNCTION public.filled_fields(content jsonb, fields text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(SELECT field.field FROM unnest(filled_fields.fields) field(field) WHERE (((filled_fields.content -> field.field) <> ALL (ARRAY['null'::jsonb, '""'::jsonb, '[]'::jsonb, '{}'::jsonb])) AND ((field.field <> 'stress_level'::text) OR ((filled_fields.content ->> field.field) <> 'moderate'::text))));

COMMENT ON FUNCTION public.filled_fields(content jsonb, fields text[]) IS 'Which fields of a row, as an object, have content.';

CREATE FUNCTION public.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN casefold((NORMALIZE(value, NFKC) COLLATE pg_unicode_fast));

COMMENT ON FUNCTION public.fold(value text) IS 'Unicode case folding of the NFKC form: what "the same whatever the letter case" means in this schema.';

CREATE FUNCTION public.forget_former_password() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  delete from former_passwords where user_id = new.id;
  return null;
end;
$$;

COMMENT ON FUNCTION public.forget_former_password() IS 'Trigger function: removes the hash that the system before knew, as its password has changed.';

CREATE FUNCTION public.forget_onboarding_copies() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  stripped jsonb;
begin
  if not new.onboarding_data <@ onboarding_remainder(new.onboarding_data) then
    if has_answers_without_rows(new.id, new.onboarding_data) then
      stripped := coalesce(nullif(current_setting('nestwerk.stripped', true), ''), '[]')::jsonb;
      if jsonb_array_length(stripped) >= 100 then
        raise exception using
          errcode = 'check_violation',
          message = 'over 100 completed onboardings have children or goals that have no rows yet',
          hint = 'Add rows to child_profiles and parenting_goals first; `just adopt` does so.',
          table = 'parent_profiles',
          column = 'onboarding_data',
          constraint = 'parent_profiles_onboarding_rows';
      end if;
      perform set_config(
        'nestwerk.stripped',
        (stripped || jsonb_build_object('family', new.id, 'document', new.onboarding_data))::text,
        true
      );
    end if;
    new.onboarding_data := onboarding_remainder(new.onboarding_data);
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION public.forget_onboarding_copies() IS 'Trigger function: leaves of a completed onboarding document what no row or column holds, and notes what has no row yet.';

CREATE FUNCTION public.given_revision(user_id bigint, revision text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((length(revision) <= 4096) AND (revision ~ '^[0-9a-f]{32}\.[\w+/]{5}\.[0345]\.[\w+/]{45}\.([\w+/]{20})*(\.[\w+/]*){2}$'::text) AND (substr(revision, 34, 5) = public.onboarding_digest(("left"(revision, 32) || user_id), substr(revision, 40)))) THEN revision ELSE NULL::text END;

COMMENT ON FUNCTION public.given_revision(user_id bigint, revision text) IS 'The revision that a client sent, if it is one that the account was given.';

CREATE FUNCTION public.has_answers_without_rows(family_id bigint, document jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
  children constant jsonb := jsonb_path_query_array(document, 'lax $.childProfiles[*] ? (@ != null)');
  goals constant jsonb := jsonb_path_query_array(document, 'lax $.goals.shortTerm[*]')
                          || jsonb_path_query_array(document, 'lax $.goals.longTerm[*]');
begin
  return children <> '[]' and exists (
           select fold(entry ->> 'name')
             from jsonb_array_elements(children) as entry
            where entry <> '{}'
           except
           select fold(name)
             from child_profiles
            where parent_profile_id = family_id
         )
      or goals <> '[]' and exists (
           select fold(entry)
             from jsonb_array_elements_text(goals) as entry
            where not is_blank(entry)
           except
           select fold(title)
             from parenting_goals
            where parent_profile_id = family_id
         );
end;
$_$;

COMMENT ON FUNCTION public.has_answers_without_rows(family_id bigint, document jsonb) IS 'Whether an onboarding document has children or goals that no row of the family holds.';

CREATE FUNCTION public.health_fields(document jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(SELECT part.path FROM (VALUES ('stressAssessment/stressLevel'::text,'$."stressAssessment"."stressLevel"?(@ != "moderate" && @ != null)'::jsonpath), ('stressAssessment/primaryConcerns'::text,'$."stressAssessment"."primaryConcerns"[*]'::jsonpath), ('stressAssessment/supportNetwork'::text,'$."stressAssessment"."supportNetwork"[*]'::jsonpath), ('goals/shortTerm'::text,'$."goals"."shortTerm"[*]?(@ like_regex "\\S")'::jsonpath), ('goals/longTerm'::text,'$."goals"."longTerm"[*]?(@ like_regex "\\S")'::jsonpath), ('goals/supportAreas'::text,'$."goals"."supportAreas"[*]'::jsonpath)) part(path, content) WHERE jsonb_path_exists(health_fields.document, part.content) UNION ALL SELECT format('childProfiles/%s/specialNeeds'::text, (child.place - 1)) AS format FROM jsonb_path_query(health_fields.document, '$."childProfiles"[*]'::jsonpath) WITH ORDINALITY child(entry, place) WHERE jsonb_path_exists(child.entry, '$."specialNeeds"[*]'::jsonpath));

COMMENT ON FUNCTION public.health_fields(document jsonb) IS 'Paths of what is health-related in an onboarding document, and has content.';

CREATE FUNCTION public.is_large_routine(document jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((octet_length((document)::text) > 32768) OR (public.count_values(document) > 1000) OR jsonb_path_exists(document, 'strict $.**{11}'::jsonpath));

COMMENT ON FUNCTION public.is_large_routine(document jsonb) IS 'Whether routines have more than 1,000 values, 10 levels or 32 KiB.';

CREATE FUNCTION public.is_text_list(list text[], max_items integer, max_length integer) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
  item text;
begin
  if cardinality(list) > max_items or array_ndims(list) > 1 then
    return false;
  end if;
  foreach item in array list loop
    if item is null or length(item) > max_length then
      return false;
    end if;
  end loop;
  return true;
end;
$$;

COMMENT ON FUNCTION public.is_text_list(list text[], max_items integer, max_length integer) IS 'Shape of a text list: flat, no nulls, bounded in number and length of its items.';

CREATE FUNCTION public.keep_family_size() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
  direction constant integer := case tg_op when 'DELETE' then -1 else 1 end;
  family record;
  known integer;
  refused boolean;
begin
  for family in
    select parent_profile_id as id, direction * count(*)::integer as change
      from changed
     group by parent_profile_id
     order by parent_profile_id
  loop
    update family_sizes as size
       set number = size.number + family.change
     where size.parent_profile_id = family.id
       and size.of_table = tg_table_name::text
    returning size.number, size.refuses_health_data into known, refused;
    -- Deletes make a number too: else one that another transaction makes at the same time would keep what they remove. Where it
    -- was first, its number is changed. A family that is being removed gets none.
    if not found then
      execute format(
        'insert into family_sizes as size (parent_profile_id, of_table, number, refuses_health_data)
         select id, $2, (select count(*) from %I as counted where counted.parent_profile_id = profile.id),
                refuses_health_data
           from parent_profiles as profile
          where id = $1
             on conflict on constraint family_sizes_pkey do update
            set number = size.number + $3
         returning number, refuses_health_data',
        tg_table_name
      )
        into known, refused
       using family.id, tg_table_name::text, family.change;
    end if;
    if refused and direction = 1 and tg_nargs > 1 then
      perform refuse_health_fields(
        tg_table_name,
        array(
          select field
            from unnest(tg_argv[1:]) as field
           where exists (
                   select
                     from changed as added
                    where added.parent_profile_id = family.id
                      and field = any(filled_fields(to_jsonb(added), array[field]))
                 )
        )
      );
      execute format(
        'update %I set refuses_health_data = true where parent_profile_id = $1 and not refuses_health_data',
        tg_table_name
      )
       using family.id;
    end if;
    if direction = 1 and known > tg_argv[0]::integer then
      raise exception using
        errcode = 'check_violation',
        message = format('a family has %s rows of %s at most', tg_argv[0], tg_table_name),
        table = tg_table_name,
        constraint = tg_table_name || '_limit';
    end if;
  end loop;
  return null;
end;
$_$;

COMMENT ON FUNCTION public.keep_family_size() IS 'Trigger function: keeps family_sizes, refuses rows beyond the number that is its first argument, and what is health-related of who does not agree.';

CREATE FUNCTION public.keep_health_consent(account_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  refused constant boolean := refuses_health_data(account_id);
  family bigint;
begin
  select id into family
    from parent_profiles
   where user_id = account_id
     for update;
  if not refused then
    update parent_profiles
       set refuses_health_data = false
     where id = family
       and refuses_health_data;
    update family_sizes set refuses_health_data = false where parent_profile_id = family and refuses_health_data;
    update child_profiles set refuses_health_data = false where parent_profile_id = family and refuses_health_data;
    return;
  end if;
  perform from child_profiles where parent_profile_id = family order by id for update;
  perform from parenting_goals where parent_profile_id = family order by id for update;
  perform from suggestions where parent_profile_id = family order by id for update;
  delete from parenting_goals where parent_profile_id = family;
  delete from suggestions where parent_profile_id = family;
  delete from onboarding_merge_bases where parent_profile_id = family;
  update idempotency_keys set sealed_answer = null where user_id = account_id;
  update family_sizes set refuses_health_data = true where parent_profile_id = family;
  update child_profiles
     set refuses_health_data = true,
         special_needs = '{}',
         routines = '{}',
         development_notes = null,
         last_assessment = null,
         updated_at = greatest(now(), updated_at + interval '1 microsecond')
   where parent_profile_id = family;
  update parent_profiles
     set refuses_health_data = true,
         stress_level = 'moderate',
         primary_concerns = '{}',
         support_network = '{}',
         bio = null,
         onboarding_data = without_health_data(onboarding_data),
         profile_embedding = null,
         profile_embedding_model = null,
         profile_embedding_digest = null,
         updated_at = greatest(now(), updated_at + interval '1 microsecond')
   where id = family;
end;
$$;

COMMENT ON FUNCTION public.keep_health_consent(account_id bigint) IS 'Sets refuses_health_data as an account''s answers say, and removes what is health-related where it is set.';

CREATE FUNCTION public.leaves_out(document jsonb, path text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((path = '{goals,communicationPreference}'::text) AND COALESCE((jsonb_typeof((document -> 'goals'::text)) = 'object'::text), false) AND ((document #> (path)::text[]) IS NULL));

COMMENT ON FUNCTION public.leaves_out(document jsonb, path text) IS 'Whether a posted document takes a field away by leaving it out.';

CREATE FUNCTION public.limit_sessions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  delete from public.sessions as session
   using (
           select user_id, id,
                  row_number() over (
                    partition by user_id
                    order by expires_at > now() desc, coalesce(renewed_at, created_at) desc, id desc
                  ) as place
             from public.sessions
            where user_id in (select user_id from added)
         ) as placed
   where placed.place > 50
     and session.user_id = placed.user_id
     and session.id = placed.id;
  return null;
end;
$$;

COMMENT ON FUNCTION public.limit_sessions() IS 'Trigger function: ends what an account has over 50 sessions, those first that are longest unused.';

CREATE FUNCTION public.mark_changed_since_check() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (
       new.completed_onboarding, new.stress_level, new.experience_level, new.primary_concerns, new.support_network, new.bio,
       new.onboarding_data
     ) is distinct from (
       old.completed_onboarding, old.stress_level, old.experience_level, old.primary_concerns, old.support_network, old.bio,
       old.onboarding_data
     )
  then
    new.changed_since_check := true;
    -- It's of what the profile said before.
    new.profile_embedding := null;
    new.profile_embedding_model := null;
    new.profile_embedding_digest := null;
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION public.mark_changed_since_check() IS 'Trigger function: a profile that changed is due for suggestions, and its embedding is gone.';

CREATE FUNCTION public.mark_refusal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  update parent_profiles
     set refuses_health_data = true
   where id = new.id
     and refuses_health_data(new.user_id);
  return null;
end;
$$;

COMMENT ON FUNCTION public.mark_refusal() IS 'Trigger function: sets refuses_health_data of a new profile.';

CREATE FUNCTION public.merge_children(given text, child_ids bigint[], stored_children jsonb, posted_children jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  salt constant text := split_part(given, '.', 1);
  given_digests constant text := split_part(given, '.', 5);
begin
  if posted_children is null then
    return stored_children;
  end if;
  return (
    with stored_child as materialized (
      select place, entry, id, folded, onboarding_digest(salt, key) as key, onboarding_digest(salt, by_name) as by_name
        from onboarding_children(stored_children)
    ),
    -- What was given, and which stored child that is, if it is still there.
    given_child as materialized (
      select known.key, number, substr(given_digests, number * 20 - 14, 15) as digests, stored_child.place as stored,
             stored_child.id is not null and stored_child.key <> known.key as without_id
        from generate_series(1, coalesce(length(given_digests), 0) / 20) as number
       cross join lateral (
               select substr(given_digests, number * 20 - 19, 5) as key, child_ids[number]::text as row_id
             ) as known
        left join stored_child
          on case
               when known.row_id is not null then stored_child.id = known.row_id
               else known.key in (stored_child.key, stored_child.by_name)
             end
    ),
    entered_child as materialized (
      select place, entry, folded, id, onboarding_digest(salt, key) as key
        from onboarding_children(posted_children)
    ),
    -- A row that the tab has added, so that it has no id there: who is as old and has the same needs has a new name.
    renamed as (
      select new.place, former.key
        from (
               select place, right(made, 10) as others,
                      row_number() over (partition by right(made, 10) order by place) as turn
                 from entered_child
                cross join lateral child_digests(salt, entry) as made
                where id is null
                  and key not in (select key from given_child)
             ) as new
        join (
               select key, right(digests, 10) as others,
                      row_number() over (partition by right(digests, 10) order by number) as turn
                 from given_child
                where without_id
                  and key not in (select key from entered_child)
             ) as former using (others, turn)
    ),
    posted_child as materialized (
      select child.place, child.entry, child.folded,
             given_child.key is not null as was_given,
             given_child.digests,
             coalesce(given_child.stored, stored_child.place) as stored
        from entered_child as child
        left join renamed using (place)
        left join given_child
          on given_child.key = coalesce(renamed.key, child.key)
        left join stored_child
          on given_child.key is null
         and stored_child.id = child.id
    ),
    -- One that wasn't given, and has no id that is there, is known by its name among those that no other entry means. Without a
    -- revision, further namesakes mean the last one, and if there is none yet they are one child.
    free as (
      select place, folded,
             row_number() over (partition by folded order by place) as namesake,
             count(*) over (partition by folded) as namesakes
        from stored_child
       where place not in (select stored from posted_child where stored is not null)
    ),
    meant as (
      select entered.place, entered.entry, entered.folded, entered.was_given,
             coalesce(entered.stored, free.place) as stored,
             case
               when entered.was_given then left(entered.digests, 5) <> left(made, 5)
               else entered.stored is not null
             end as takes_name,
             not entered.was_given or substr(entered.digests, 6, 5) <> substr(made, 6, 5) as takes_age,
             entered.entry ? 'specialNeeds'
             and (not entered.was_given or right(entered.digests, 5) <> right(made, 5)) as takes_needs
        from (
               select *,
                      row_number() over (partition by was_given or stored is not null, folded order by place) as namesake
                 from posted_child
             ) as entered
       cross join lateral child_digests(salt, entered.entry) as made
        left join free
          on not entered.was_given
         and entered.stored is null
         and free.folded = entered.folded
         and free.namesake = case
               when given is null then least(entered.namesake, free.namesakes)
               else entered.namesake
             end
    ),
    posted_entry as (
      select stored, min(place) as place, jsonb_agg(place order by place) as places,
             jsonb_strip_nulls(
               jsonb_build_object(
                 'name', (array_agg(entry -> 'name' order by place) filter (where takes_name or stored is null))[1],
                 'age', (array_agg(entry -> 'age' order by place desc) filter (where takes_age or stored is null))[1],
                 'specialNeeds', (
                   array_agg(entry -> 'specialNeeds' order by place desc)
                   filter (where takes_needs or stored is null and entry ? 'specialNeeds')
                 )[1]
               )
             ) as taken
        from meant
       -- One that was given and is as it was, but isn't there any more, was removed by another tab.
       where stored is not null
          or not was_given
          or takes_name
          or takes_age
          or takes_needs
       group by stored, case when stored is null then case when given is null then folded else place::text end end
    ),
    merged as (
      select stored_child.entry || coalesce(posted_entry.taken, '{}') as entry,
             posted_entry.places,
             case
               when stored_child.entry || posted_entry.taken <> stored_child.entry then 'changed'
               when posted_entry.taken is null
                    and stored_child.entry -> 'touched' is distinct from 'true'
                    and given_child.digests = child_digests(salt, stored_child.entry)
                 then 'removed'
             end as change,
             case when given is null then 0 else coalesce(posted_entry.place, 10000) end as group_place,
             stored_child.place
        from stored_child
        left join posted_entry
          on posted_entry.stored = stored_child.place
        left join given_child
          on given_child.stored = stored_child.place
       union all
      select taken, places, 'added', case when given is null then 10000 else place end, place
        from posted_entry
       where stored is null
    )
    select coalesce(
             jsonb_agg(
               entry || jsonb_strip_nulls(jsonb_build_object('change', change, 'posted', places))
               order by group_place, place
             ),
             '[]'
           )
      from merged
  );
end;
$$;

COMMENT ON FUNCTION public.merge_children(given text, child_ids bigint[], stored_children jsonb, posted_children jsonb) IS 'Three-way merge of the children of an onboarding document.';

CREATE FUNCTION public.merge_goals(given text, stored_goals jsonb, posted_goals jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET enable_nestloop TO 'off'
    AS $$
declare
  salt constant text := split_part(given, '.', 1);
  width constant integer := nullif(nullif(split_part(given, '.', 3), '')::integer, 0);
begin
  -- Most saves don't touch the goals.
  if (
    select coalesce(posted_goals -> 'shortTerm' = coalesce(jsonb_agg(title) filter (where category = 'short_term'), '[]'), true)
           and coalesce(posted_goals -> 'longTerm' = coalesce(jsonb_agg(title) filter (where category = 'long_term'), '[]'), true)
      from jsonb_to_recordset(stored_goals) as goal (title text, category text)
  ) then
    return stored_goals;
  end if;
  return (
    with goal as (
      select place, entry, entry ->> 'title' as title, entry ->> 'category' as category, fold(entry ->> 'title') as folded,
             row_number() over (partition by fold(entry ->> 'title'), entry ->> 'category' order by place) as namesake
        from jsonb_array_elements(stored_goals) with ordinality as stored_goal (entry, place)
    ),
    line as (
      select place, title, category, fold(title) as folded,
             row_number() over (partition by fold(title), category order by place) as namesake
        from onboarding_goals(posted_goals)
    ),
    -- Goals and lines of the same title and category are the same.
    pair as (
      select category, folded,
             goal.place as stored, goal.entry, goal.title as stored_title,
             line.place as posted, line.title as posted_title,
             left(onboarding_digest(salt, goal.title), width) as stored_digest,
             left(onboarding_digest(salt, line.title), width) as posted_digest
        from goal
        full join line using (category, folded, namesake)
    ),
    given_title as (
      select category, digest, count(*) as number
        from (
               values ('short_term', split_part(given, '.', 6)),
                      ('long_term', split_part(given, '.', 7))
             ) as list (category, digests)
       cross join lateral generate_series(1, length(digests), width) as start
       cross join lateral substr(digests, start, width) as digest
       group by category, digest
    ),
    -- Of several with one digest, those that are both stored and posted were given first.
    known as materialized (
      select pair.*,
             row_number() over (
               partition by pair.category, posted_digest order by posted is null, stored is null, posted
             ) <= coalesce(given_line.number, 0) as line_given,
             row_number() over (
               partition by pair.category, stored_digest order by stored is null, posted is null, stored
             ) <= coalesce(given_goal.number, 0) as goal_given,
             -- How many stand before it that are stored and posted: what changes between the same two changes its title.
             count(*) filter (where stored is not null and posted is not null)
               over (partition by pair.category order by stored nulls last, posted) as stored_gap,
             count(*) filter (where stored is not null and posted is not null)
               over (partition by pair.category order by posted nulls last, stored) as posted_gap
        from pair
        left join given_title as given_line
          on given_line.digest = pair.posted_digest
         and given_line.category = pair.category
        left join given_title as given_goal
          on given_goal.digest = pair.stored_digest
         and given_goal.category = pair.category
    ),
    fresh as (
      select category, folded, posted, posted_title as title, posted_gap as gap,
             row_number() over (partition by folded order by category desc, posted) as namesake
        from known
       where stored is null
         and not line_given
    ),
    absent as (
      select category, folded, stored, stored_gap as gap,
             goal_given and posted_goals ? case category when 'short_term' then 'shortTerm' else 'longTerm' end as is_removed
        from known
       where posted is null
    ),
    -- A title that goes from one list to the other is the same goal, as is one that no list had, or, without a revision, any.
    moved as (
      select fresh.category, fresh.folded, fresh.posted, fresh.title, movable.stored
        from fresh
        join (
               select stored, folded, row_number() over (partition by folded order by stored) as namesake
                 from absent
                where given is null
                   or is_removed
                   or category not in ('short_term', 'long_term')
             ) as movable using (folded, namesake)
    ),
    renamed as (
      select new.category, new.folded, new.posted, new.title, former.stored
        from (
               select *, row_number() over (partition by category, gap order by posted) as turn
                 from fresh
                where (category, posted) not in (select category, posted from moved)
             ) as new
        join (
               select *, row_number() over (partition by category, gap order by stored) as turn
                 from absent
                where is_removed
                  and stored not in (select stored from moved)
             ) as former using (category, gap, turn)
    ),
    change as materialized (
      select category, folded, posted, title, stored from moved
       union all
      select category, folded, posted, title, stored from renamed
    ),
    merged as (
      select known.entry || jsonb_build_object(
               'title', coalesce(
                 case
                   when given is null then null
                   when change.stored is not null then change.title
                   when not known.line_given then known.posted_title
                 end,
                 known.stored_title
               ),
               'category', coalesce(change.category, known.category)
             ) as entry,
             known.entry as original,
             absent.is_removed
             and change.stored is null
             and known.entry -> 'touched' is distinct from 'true' as is_removed,
             coalesce(change.posted, known.posted) as posted,
             known.stored
        from known
        left join change using (stored)
        left join absent using (stored)
       where known.stored is not null
       union all
      select jsonb_build_object('title', title, 'category', category), null, null, posted, null
        from (
               select category, title, posted,
                      row_number() over (partition by category, folded order by posted) as namesake,
                      (category, folded) in (
                        select coalesce(change.category, known.category), known.folded
                          from known
                          left join change using (stored)
                         where known.stored is not null
                      ) as is_there
                 from fresh
                where (category, posted) not in (select category, posted from change)
             ) as new
       where given is not null
          or namesake = 1
             and not is_there
    )
    select coalesce(
             jsonb_agg(
               case
                 when original is null then entry || '{"change": "added"}'
                 when is_removed then entry || '{"change": "removed"}'
                 when entry <> original then entry || jsonb_build_object('change', 'changed', 'from', original)
                 else entry
               end
               order by entry ->> 'category' desc,
                        case
                          when given is null then coalesce(stored, 10000 + posted)
                          else coalesce(posted, 10000 + stored)
                        end
             ),
             '[]'
           )
      from merged
  );
end;
$$;

COMMENT ON FUNCTION public.merge_goals(given text, stored_goals jsonb, posted_goals jsonb) IS 'Three-way merge of the goals of an onboarding document.';

CREATE FUNCTION public.merge_onboarding(given text, child_ids bigint[], was_complete boolean, completing boolean, stored jsonb, child_rows jsonb, goal_rows jsonb, posted jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
  columns jsonb := changed_fields(given, case when not was_complete then stored end, posted);
  document jsonb := merge_patch(stored, columns);
  children jsonb;
  goals jsonb;
begin
  if was_complete then
    document := onboarding_remainder(document);
    children := merge_children(given, child_ids, child_rows, posted -> 'childProfiles');
    goals := merge_goals(given, goal_rows, posted -> 'goals');
  else
    -- Most saves don't touch the children.
    if posted ? 'childProfiles'
       and (
         jsonb_typeof(stored -> 'childProfiles') is distinct from 'array'
         or coalesce(
              children_digests(split_part(given, '.', 1), posted -> 'childProfiles') <> split_part(given, '.', 5), true
            )
       ) then
      children := merge_children(given, null, stored -> 'childProfiles', posted -> 'childProfiles');
      document := document || jsonb_build_object(
        'childProfiles', (
          select coalesce(jsonb_agg(entry - array['id', 'change', 'posted'] order by place), '[]')
            from jsonb_array_elements(children) with ordinality as child (entry, place)
           where entry -> 'change' is distinct from '"removed"'
        )
      );
    end if;
    if posted -> 'goals' ?| array['shortTerm', 'longTerm'] then
      goals := merge_goals(
        given,
        (
          select coalesce(
                   jsonb_agg(jsonb_build_object('title', title, 'category', category) order by category desc, place), '[]'
                 )
            from onboarding_goals(stored -> 'goals')
        ),
        posted -> 'goals'
      );
      document := document || jsonb_build_object(
        'goals', document -> 'goals' || (
          select jsonb_object_agg(list.name, list.titles)
            from (
                   select case category when 'short_term' then 'shortTerm' else 'longTerm' end as name,
                          coalesce(
                            jsonb_agg(goal.entry -> 'title' order by goal.place) filter (
                              where goal.place is not null
                                and goal.entry -> 'change' is distinct from '"removed"'
                            ),
                            '[]'
                          ) as titles
                     from unnest(array['short_term', 'long_term']) as category
                     left join jsonb_array_elements(goals) with ordinality as goal (entry, place)
                       on goal.entry ->> 'category' = category
                    group by category
                 ) as list
           where list.titles <> '[]'
              or (document -> 'goals') ? list.name
              or (posted -> 'goals') ? list.name
        )
      );
    end if;
    if completing then
      -- What the document says of children that isn't a row's, as it was written by hand, is refused by its trigger.
      children := merge_children(
        '', null, child_rows,
        jsonb_path_query_array(
          document,
          'lax $.childProfiles[*] ? (@.name.type() == "string" && @.age.type() == "number"
                                     && @.age >= 0 && @.age <= 18 && @.age == @.age.floor())'
        )
      );
      goals := merge_goals('', goal_rows, document -> 'goals');
      -- Every part as the document has it; what this save clears is null, as a save before may have filled its column.
      columns := (
        select jsonb_object_agg(part, coalesce(columns -> part, '{}') || coalesce(document -> part, '{}'))
          from unnest(array['basicInfo', 'stressAssessment', 'goals']) as part
      );
    end if;
  end if;
  return jsonb_build_object(
    'columns', columns,
    'document', document,
    'children', case when was_complete or completing then nullif(jsonb_path_query_array(children, '$[*] ? (exists(@.change))'), '[]') end,
    'goals', case when was_complete or completing then nullif(jsonb_path_query_array(goals, '$[*] ? (exists(@.change))'), '[]') end,
    'childIds', case
      when was_complete and posted ? 'childProfiles' then (
        select coalesce(jsonb_agg(coalesce(meant.id, 0) order by place), '[]')
          from generate_series(1, jsonb_array_length(posted -> 'childProfiles')) as place
          left join (
                 select (entry ->> 'id')::bigint as id, jsonb_array_elements(entry -> 'posted')::integer as place
                   from jsonb_array_elements(children) as entry
               ) as meant using (place)
      )
    end
  );
end;
$_$;

COMMENT ON FUNCTION public.merge_onboarding(given text, child_ids bigint[], was_complete boolean, completing boolean, stored jsonb, child_rows jsonb, goal_rows jsonb, posted jsonb) IS 'Three-way merge of an onboarding document with what is stored.';

CREATE FUNCTION public.merge_patch(target jsonb, patch jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
begin
  if patch is null or jsonb_typeof(patch) <> 'object' then
    return patch;
  end if;
  if target is null or jsonb_typeof(target) <> 'object' then
    if not jsonb_path_exists(patch, 'strict $.** ? (@ == null)') then
      return patch;
    end if;
    target := '{}';
  end if;
  return (
    select (target - coalesce(array_agg(key) filter (where jsonb_typeof(value) = 'null'), '{}'))
           || coalesce(
             jsonb_object_agg(
               key, case when jsonb_typeof(value) = 'object' then public.merge_patch(target -> key, value) else value end
             ) filter (where jsonb_typeof(value) <> 'null'),
             '{}'
           )
      from jsonb_each(patch)
  );
end;
$_$;

COMMENT ON FUNCTION public.merge_patch(target jsonb, patch jsonb) IS 'RFC 7396 JSON merge patch of target with patch.';

CREATE TABLE public.consents (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    agreed_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    CONSTRAINT consents_agreed_at_check CHECK (((agreed_at IS NOT NULL) OR (withdrawn_at IS NOT NULL))),
    CONSTRAINT consents_purpose_check CHECK ((length(purpose) <= 50)),
    CONSTRAINT consents_withdrawn_at_check CHECK ((withdrawn_at >= agreed_at))
);

COMMENT ON TABLE public.consents IS 'What accounts answered when they were asked to agree to a text: the history. Kept until the account is erased.';

COMMENT ON COLUMN public.consents.id IS '[operational] Key, with user_id before it.';

COMMENT ON COLUMN public.consents.user_id IS '[operational] Whose answer it is.';

COMMENT ON COLUMN public.consents.purpose IS '[personal] What the text is for.';

COMMENT ON COLUMN public.consents.version IS '[personal] Which version of the text was answered.';

COMMENT ON COLUMN public.consents.agreed_at IS '[personal] When the parent agreed; null if they declined.';

COMMENT ON COLUMN public.consents.withdrawn_at IS '[personal] When the parent withdrew, or declined; null while the consent is in force.';

CREATE FUNCTION public.needs_consent(account_id bigint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (EXISTS (SELECT FROM public.consent_texts text WHERE ((text.version = public.current_version(text.purpose)) AND (NOT (EXISTS (SELECT FROM public.consents answer WHERE ((answer.user_id = needs_consent.account_id) AND (answer.purpose = text.purpose) AND (answer.version = text.version))))))));

COMMENT ON FUNCTION public.needs_consent(account_id bigint) IS 'Whether there is a current text that an account was not asked about.';

CREATE FUNCTION public.next_merge_base(given text, document jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  parts constant text[] := string_to_array(given, '.');
  salt constant text := parts[1];
  width constant integer := parts[3];
begin
  return concat_ws(
    '.', salt, '', width,
    (
      select string_agg(
               case
                 when document #> path::text[] is null and parts[4] <> '' and not leaves_out(document, path)
                 then substr(parts[4], place::integer * 5 - 4, 5)
                 else onboarding_digest(salt || path, onboarding_field(document, path))
               end,
               '' order by place
             )
        from unnest(onboarding_fields()) with ordinality as field (path, place)
    ),
    case
      when document -> 'childProfiles' is null then parts[5]
      else children_digests(salt, document -> 'childProfiles')
    end,
    case when document #> '{goals,shortTerm}' is null then parts[6] else coalesce(goal.short_term, '') end,
    case when document #> '{goals,longTerm}' is null then parts[7] else coalesce(goal.long_term, '') end
  )
    from (
           select string_agg(digest, '' order by place) filter (where category = 'short_term') as short_term,
                  string_agg(digest, '' order by place) filter (where category = 'long_term') as long_term
             from onboarding_goals(document -> 'goals')
            cross join lateral (select left(onboarding_digest(salt, title), width)) as made (digest)
         ) as goal;
end;
$$;

COMMENT ON FUNCTION public.next_merge_base(given text, document jsonb) IS 'Digests of what a tab has after a reading or a save.';

CREATE FUNCTION public.notify_caller_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_notify('caller_changed', coalesce(old.user_id, new.user_id)::text);
  return null;
end;
$$;

COMMENT ON FUNCTION public.notify_caller_changed() IS 'Trigger function: tells the channel caller_changed the id of the user whose row changed.';

CREATE FUNCTION public.notify_mail_queued() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_notify('mail_queued', '');
  return null;
end;
$$;

COMMENT ON FUNCTION public.notify_mail_queued() IS 'Trigger function: tells the channel mail_queued that a mail waits.';

CREATE FUNCTION public.onboarding_field(document jsonb, path text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (NULLIF(NULLIF((document #> (path)::text[]), '""'::jsonb), '[]'::jsonb))::text;

COMMENT ON FUNCTION public.onboarding_field(document jsonb, path text) IS 'A field of an onboarding document, as JSON text; an empty text or list is none.';

CREATE FUNCTION public.onboarding_fields() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['{basicInfo,name}'::text, '{basicInfo,parentType}'::text, '{basicInfo,experienceLevel}'::text, '{basicInfo,email}'::text, '{stressAssessment,stressLevel}'::text, '{stressAssessment,primaryConcerns}'::text, '{stressAssessment,supportNetwork}'::text, '{goals,supportAreas}'::text, '{goals,communicationPreference}'::text];

COMMENT ON FUNCTION public.onboarding_fields() IS 'Paths of the fields of an onboarding document that are merged one by one.';

CREATE FUNCTION public.onboarding_goals(goals jsonb) RETURNS TABLE(category text, place bigint, title text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select list.category, line.place, line.title #>> '{}'
    from (
           values ('short_term', jsonb_path_query_array(goals, 'lax $.shortTerm[*]')),
                  ('long_term', jsonb_path_query_array(goals, 'lax $.longTerm[*]'))
         ) as list (category, titles)
   cross join jsonb_array_elements(list.titles) with ordinality as line (title, place)
   where jsonb_typeof(line.title) = 'string'
     and line.title #>> '{}' ~ '\S';
$_$;

COMMENT ON FUNCTION public.onboarding_goals(goals jsonb) IS 'Goals of an onboarding document, short-term ones first.';

CREATE FUNCTION public.onboarding_remainder(document jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_strip_nulls(jsonb_build_object('basicInfo', jsonb_build_object('parentType', (document #> '{basicInfo,parentType}'::text[])), 'goals', jsonb_build_object('supportAreas', (document #> '{goals,supportAreas}'::text[]))));

COMMENT ON FUNCTION public.onboarding_remainder(document jsonb) IS 'What no row or column holds of a completed onboarding document.';

CREATE FUNCTION public.onboarding_revision(user_id bigint, document jsonb) RETURNS text
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
  -- It tells when the document was read.
  salt constant text := replace(uuidv7()::text, '-', '');
  titles constant integer := jsonb_array_length(jsonb_path_query_array(document, 'lax $.goals.shortTerm[*]'))
                             + jsonb_array_length(jsonb_path_query_array(document, 'lax $.goals.longTerm[*]'));
  -- All but digests of children and goals take 89.
  room integer := 4096 - 89 - 20 * jsonb_array_length(jsonb_path_query_array(document, 'lax $.childProfiles[*]'));
  width integer;
  base text;
begin
  if room < 0 then
    document := document - 'childProfiles';
    room := 4096 - 89;
  end if;
  width := least(room / greatest(titles, 1), 5);
  base := next_merge_base(salt || format('..%s....', case when width >= 3 then width else 0 end), document);
  return overlay(base placing '.' || onboarding_digest(salt || user_id, substr(base, 35)) || '.' from 33 for 2);
end;
$_$;

COMMENT ON FUNCTION public.onboarding_revision(user_id bigint, document jsonb) IS 'Revision of an onboarding document that is given out.';

CREATE FUNCTION public.plain_words(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(regexp_replace(NORMALIZE(public.fold(value), NFKD), '[\u0300-\u036f]+'::text, ''::text, 'g'::text), '[^a-z0-9]+'::text, ' '::text, 'g'::text));

COMMENT ON FUNCTION public.plain_words(value text) IS 'A text as its words without letter case, accents and punctuation, with one space between them.';

CREATE FUNCTION public.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'DELETE' and old.happened_at < now() - interval '1 year' then
    return old;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('rows of %s are only added, and removed after a year', tg_table_name),
    table = tg_table_name;
end;
$$;

COMMENT ON FUNCTION public.refuse_audit_change() IS 'Trigger function: refuses all changes of events but the removal of those that are a year old.';

CREATE FUNCTION public.refuse_consent_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'DELETE' then
    if not exists (select from public.users where id = old.user_id) then
      return old;
    end if;
  elsif old.withdrawn_at is null
        and (new.id, new.user_id, new.purpose, new.version, new.agreed_at)
            is not distinct from (old.id, old.user_id, old.purpose, old.version, old.agreed_at) then
    return new;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = 'rows of consents are only added and withdrawn, and removed with their account',
    table = tg_table_name;
end;
$$;

COMMENT ON FUNCTION public.refuse_consent_change() IS 'Trigger function: refuses all changes of consents but their withdrawal, and removals but with the account.';

CREATE FUNCTION public.refuse_health_data() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  perform refuse_health_fields(
    tg_table_name,
    filled_fields(to_jsonb(new), tg_argv)
    || case tg_table_name when 'parent_profiles' then health_fields(to_jsonb(new) -> 'onboarding_data') else '{}' end
  );
  return null;
end;
$$;

COMMENT ON FUNCTION public.refuse_health_data() IS 'Trigger function: refuses a row with health-related content of who does not agree.';

CREATE FUNCTION public.refuse_health_fields(of_table text, fields text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if fields <> '{}' then
    raise exception using
      errcode = 'check_violation',
      message = 'the account does not agree to health_data',
      table = of_table,
      column = array_to_string(fields, ','),
      constraint = 'health_data_consent';
  end if;
end;
$$;

COMMENT ON FUNCTION public.refuse_health_fields(of_table text, fields text[]) IS 'Raises health_data_consent, which names the fields, if there are any.';

CREATE FUNCTION public.refuse_large_document() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using
    errcode = 'check_violation',
    message = format('%s is too large', tg_argv[1]),
    table = tg_table_name,
    column = tg_argv[1],
    constraint = tg_argv[0];
end;
$$;

COMMENT ON FUNCTION public.refuse_large_document() IS 'Trigger function: refuses a row as a check with the name of its first argument would.';

CREATE FUNCTION public.refuse_lost_answers() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  stripped constant jsonb := nullif(current_setting('nestwerk.stripped', true), '');
begin
  if stripped is not null
     and exists (
           select
             from jsonb_array_elements(stripped) as entry
            where entry -> 'family' = to_jsonb(new.id)
              and has_answers_without_rows(new.id, entry -> 'document')
         )
     and exists (select from parent_profiles where id = new.id) then
    raise exception using
      errcode = 'check_violation',
      message = 'a completed onboarding would lose children or goals that have no rows',
      hint = 'Add rows to child_profiles and parenting_goals in the same transaction; `just adopt` does so.',
      table = 'parent_profiles',
      column = 'onboarding_data',
      constraint = 'parent_profiles_onboarding_rows';
  end if;
  return null;
end;
$$;

COMMENT ON FUNCTION public.refuse_lost_answers() IS 'Trigger function: refuses a completed onboarding if children or goals of its document have no rows when the transaction ends.';

CREATE FUNCTION public.refuse_text_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if exists (select from public.consents where purpose = old.purpose and version = old.version) then
    raise exception using
      errcode = 'insufficient_privilege',
      message = 'a text that was answered stays as it is: its next version is a new row',
      table = tg_table_name;
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION public.refuse_text_change() IS 'Trigger function: refuses changes of a consent text that was answered.';

CREATE FUNCTION public.refuse_unknown_concerns() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  unknown text;
begin
  select string_agg(name, ', ' order by name) into unknown
    from unnest(new.concerns) as name
   where name not in (select concern from concerns);
  if unknown is not null then
    raise exception using
      errcode = 'foreign_key_violation',
      message = format('%s: not in concerns: %s', new.slug, unknown),
      table = 'library_suggestions',
      column = 'concerns';
  end if;
  return null;
end;
$$;

COMMENT ON FUNCTION public.refuse_unknown_concerns() IS 'Trigger function: refuses a text of the library whose concerns are not in the list.';

CREATE FUNCTION public.refuses_health_data(account_id bigint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE((SELECT bool_and((consents.withdrawn_at IS NOT NULL)) AS bool_and FROM public.consents WHERE ((consents.user_id = refuses_health_data.account_id) AND (consents.purpose = 'health_data'::text))), false);

COMMENT ON FUNCTION public.refuses_health_data(account_id bigint) IS 'Whether an account was asked about health_data, and does not agree.';

CREATE FUNCTION public.release_pictures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
  shown text := case when tg_op = 'UPDATE' then substr(new.profile_picture, length('/uploads/') + 1) else '' end;
begin
  -- A file of the system before is the account's if it's named for its id.
  if old.profile_picture ~* concat('^/uploads/profile-', old.id, '-[0-9]{1,20}\.(jpe?g|png|gif|webp)$') then
    insert into pictures (name, user_id, removable_at)
    values (substr(old.profile_picture, length('/uploads/') + 1), old.id, null)
        on conflict on constraint pictures_pkey do nothing;
  end if;
  update pictures
     set removable_at = case when name = shown then null else now() end
   where user_id = old.id
     and (name = shown or removable_at is null);
  return old;
end;
$_$;

COMMENT ON FUNCTION public.release_pictures() IS 'Trigger function: the picture that an account shows stays, and the one that it showed before is removed by the service.';

CREATE FUNCTION public.remove_year_old_events() RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with removed as (
    delete from public.audit_events
     where id in (
             select id
               from public.audit_events
              where happened_at < now() - interval '1 year'
              order by happened_at
              limit 200
                for update skip locked
           )
    returning id
  )
  select count(id)::integer
    from removed;
$$;

COMMENT ON FUNCTION public.remove_year_old_events() IS 'Removes up to 200 events that are a year old, and returns how many; the service may remove none otherwise.';

CREATE FUNCTION public.renew_second_factor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
  account bigint := coalesce(new.user_id, old.user_id);
  is_needed boolean;
begin
  perform from users where id = account for no key update;
  is_needed := exists (select from totp_factors where user_id = account and confirmed_at is not null)
    or exists (select from passkeys where user_id = account);
  update users
     set second_factor_at = case when is_needed then now() end
   where id = account
     and (second_factor_at is not null) <> is_needed;
  if not is_needed then
    delete from recovery_codes where user_id = account;
  end if;
  return null;
end;
$$;

COMMENT ON FUNCTION public.renew_second_factor() IS 'Trigger function: keeps users.second_factor_at, and removes recovery codes of accounts without a factor.';

CREATE FUNCTION public.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.updated_at = 'infinity' then
    return old;
  end if;
  new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

COMMENT ON FUNCTION public.set_updated_at() IS 'Trigger function: makes updated_at the time of the transaction or later, and leaves a row as it is whose updated_at is set to infinity.';

CREATE FUNCTION public.skip_repeated_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if (
    select count(*) >= 100 or count(*) filter (where network is not distinct from new.network) >= 20
      from public.audit_events
     where user_id = new.user_id
       and happened_at > now() - interval '1 hour'
       and event = new.event
       and actor_kind <> 'staff'
  ) then
    return null;
  end if;
  return new;
end;
$$;

COMMENT ON FUNCTION public.skip_repeated_event() IS 'Trigger function: leaves out an event that an account has had 20 times within the hour from that network, or 100 times.';

CREATE FUNCTION public.takes_document(profile_id bigint, document jsonb, prefix text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
  if (select refuses_health_data from parent_profiles where id = profile_id) then
    perform refuse_health_fields('parent_profiles', array(select prefix || field from unnest(health_fields(document)) as field));
  end if;
  return true;
end;
$$;

COMMENT ON FUNCTION public.takes_document(profile_id bigint, document jsonb, prefix text) IS 'True, or an error if a posted onboarding document has health-related content of who does not agree.';

CREATE FUNCTION public.unconfirm_email() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.email_confirmed_at := null;
  return new;
end;
$$;

COMMENT ON FUNCTION public.unconfirm_email() IS 'Trigger function: an address that takes another''s place is not confirmed.';

CREATE FUNCTION public.username_key(value text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
begin
  value := regexp_replace(
    value,
    '[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
    || '\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3'
    || '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]' collate "pg_catalog"."pg_unicode_fast",
    '',
    'g'
  );
  -- Folding may leave a letter apart from its accent.
  value := normalize(casefold(normalize(value, nfkc) collate "pg_catalog"."pg_unicode_fast"), nfkc);
  return btrim(regexp_replace(value, '[\s\x1c-\x1f]+' collate "pg_catalog"."pg_unicode_fast", ' ', 'g'));
end;
$$;

COMMENT ON FUNCTION public.username_key(value text) IS 'What a username is found by: folded, without invisible characters, its words apart by one space.';

CREATE FUNCTION public.with_revision(user_id bigint, document jsonb) RETURNS jsonb
    LANGUAGE sql PARALLEL SAFE
    RETURN (document || jsonb_build_object('revision', public.onboarding_revision(user_id, document)));

COMMENT ON FUNCTION public.with_revision(user_id bigint, document jsonb) IS 'Onboarding document as it is given out, with its revision.';

CREATE FUNCTION public.without_health_data(document jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_strip_nulls(jsonb_build_object('basicInfo', jsonb_build_object('name', (document #> '{basicInfo,name}'::text[]), 'parentType', (document #> '{basicInfo,parentType}'::text[]), 'experienceLevel', (document #> '{basicInfo,experienceLevel}'::text[]), 'email', (document #> '{basicInfo,email}'::text[])), 'childProfiles', (SELECT COALESCE(jsonb_agg(jsonb_build_object('name', (child.entry -> 'name'::text), 'age', (child.entry -> 'age'::text)) ORDER BY child.place), '[]'::jsonb) AS "coalesce" FROM jsonb_path_query(without_health_data.document, '$."childProfiles"[*]?(@.type() == "object")'::jsonpath) WITH ORDINALITY child(entry, place)), 'goals', jsonb_build_object('communicationPreference', (document #> '{goals,communicationPreference}'::text[]))));

COMMENT ON FUNCTION public.without_health_data(document jsonb) IS 'An onboarding document without what is health-related.';

CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);

CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);

CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
);

CREATE TABLE public.audit_events (
    id bigint NOT NULL,
    happened_at timestamp with time zone DEFAULT now() NOT NULL,
    actor_kind public.audit_actor NOT NULL,
    actor text,
    event text NOT NULL,
    user_id bigint NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    network text,
    CONSTRAINT audit_events_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 200))),
    CONSTRAINT audit_events_details_check CHECK (((jsonb_typeof(details) = 'object'::text) AND (octet_length((details)::text) <= 2000))),
    CONSTRAINT audit_events_event_check CHECK ((((length(event) >= 1) AND (length(event) <= 50)) AND (event ~ '^[a-z]+(_[a-z]+)*$'::text))),
    CONSTRAINT audit_events_network_check CHECK (((length(network) >= 1) AND (length(network) <= 50)))
);

COMMENT ON TABLE public.audit_events IS 'What was done to accounts and by whom; only added to. Kept a year, also when the account is erased; remove_old_events.';

COMMENT ON COLUMN public.audit_events.id IS '[operational] Key.';

COMMENT ON COLUMN public.audit_events.happened_at IS '[operational] When it happened.';

COMMENT ON COLUMN public.audit_events.actor_kind IS '[operational] Who acted: staff, whoever uses the account, or the service itself, as when it refuses somebody.';

COMMENT ON COLUMN public.audit_events.actor IS '[personal] Of staff their name on the system and the role that they used in PostgreSQL.';

COMMENT ON COLUMN public.audit_events.event IS '[personal] What was done, such as logged_in; api/auth/security_events.py lists them.';

COMMENT ON COLUMN public.audit_events.user_id IS '[personal] Whose account it was done to; it is kept when the account is erased.';

COMMENT ON COLUMN public.audit_events.details IS '[personal] What else is known, in a few codes and numbers, such as the means of a login; no names, texts or secrets.';

COMMENT ON COLUMN public.audit_events.network IS '[personal] From which network, of a client whose address is known: 256 addresses of IPv4, a /48 of IPv6.';

ALTER TABLE public.audit_events ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.child_profiles (
    id bigint NOT NULL,
    parent_profile_id bigint NOT NULL,
    name text NOT NULL,
    age integer NOT NULL,
    special_needs text[] DEFAULT '{}'::text[] NOT NULL,
    routines jsonb DEFAULT '{}'::jsonb NOT NULL,
    development_notes text,
    last_assessment timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    refuses_health_data boolean DEFAULT false NOT NULL,
    CONSTRAINT child_profiles_age_check CHECK (((age >= 0) AND (age <= 18))),
    CONSTRAINT child_profiles_development_notes_check CHECK ((length(development_notes) <= 10000)),
    CONSTRAINT child_profiles_last_assessment_check CHECK (public.is_json_moment(last_assessment)),
    CONSTRAINT child_profiles_name_check CHECK (((length(name) <= 100) AND (NOT public.is_blank(name)))),
    CONSTRAINT child_profiles_routines_check CHECK (((jsonb_typeof(routines) = 'object'::text) AND (octet_length((routines)::text) <= 131072))),
    CONSTRAINT child_profiles_special_needs_check CHECK (public.is_text_list(special_needs, 50, 200))
);

COMMENT ON TABLE public.child_profiles IS 'Children of a family: rows of a parent profile. Kept until the account is erased.';

COMMENT ON COLUMN public.child_profiles.id IS '[operational] Key, with parent_profile_id before it.';

COMMENT ON COLUMN public.child_profiles.parent_profile_id IS '[operational] The family it belongs to.';

COMMENT ON COLUMN public.child_profiles.name IS '[personal] What the child is called.';

COMMENT ON COLUMN public.child_profiles.age IS '[personal] Age in years, 0 to 18.';

COMMENT ON COLUMN public.child_profiles.special_needs IS '[health-related] Special needs, in the words of the parent.';

COMMENT ON COLUMN public.child_profiles.routines IS '[health-related] Daily routines: an object, its keys are the parent''s.';

COMMENT ON COLUMN public.child_profiles.development_notes IS '[health-related] Notes on the development of the child.';

COMMENT ON COLUMN public.child_profiles.last_assessment IS '[health-related] When the child was last assessed.';

COMMENT ON COLUMN public.child_profiles.created_at IS '[operational] When the row was made.';

COMMENT ON COLUMN public.child_profiles.updated_at IS '[operational] When the row last changed.';

COMMENT ON COLUMN public.child_profiles.refuses_health_data IS '[operational] The same as in parent_profiles, for changes of the row.';

ALTER TABLE public.child_profiles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.child_profiles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.concerns (
    concern text NOT NULL,
    words_nl text[] NOT NULL,
    words_en text[] NOT NULL,
    is_sensitive boolean DEFAULT false NOT NULL,
    CONSTRAINT concerns_concern_check CHECK (((length(concern) <= 50) AND (concern ~ '^[a-z]+(_[a-z]+)*$'::text))),
    CONSTRAINT concerns_words_en_check CHECK ((public.is_text_list(words_en, 100, 50) AND (cardinality(words_en) > 0) AND (''::text <> ALL (words_en)) AND (array_to_string(words_en, ' '::text) = public.plain_words(array_to_string(words_en, ' '::text))))),
    CONSTRAINT concerns_words_nl_check CHECK ((public.is_text_list(words_nl, 100, 50) AND (cardinality(words_nl) > 0) AND (''::text <> ALL (words_nl)) AND (array_to_string(words_nl, ' '::text) = public.plain_words(array_to_string(words_nl, ' '::text)))))
);

COMMENT ON TABLE public.concerns IS 'What parents worry about, and the words that say so: how the free texts of profiles are understood. Kept for good.';

COMMENT ON COLUMN public.concerns.concern IS '[operational] Key, which the library names.';

COMMENT ON COLUMN public.concerns.words_nl IS '[operational] Dutch words, or beginnings of words, in plain_words: a text that has one of them means this concern.';

COMMENT ON COLUMN public.concerns.words_en IS '[operational] The same in English; both are looked for, whatever the parent''s language.';

COMMENT ON COLUMN public.concerns.is_sensitive IS '[operational] Whether texts of this concern are only for parents who name it.';

ALTER TABLE public.consents ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.consents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.devices (
    user_id bigint NOT NULL,
    device_digest bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT devices_device_digest_check CHECK ((length(device_digest) = 32))
);

COMMENT ON TABLE public.devices IS 'Browsers and apps that have logged in to an account since its password was last changed; they are no logins. Kept a year after their last login; remove_expired_devices.';

COMMENT ON COLUMN public.devices.user_id IS '[operational] Whose account it is known to.';

COMMENT ON COLUMN public.devices.device_digest IS '[secret] SHA-256 of the token that the device shows when it logs in; the token itself is nowhere.';

COMMENT ON COLUMN public.devices.expires_at IS '[operational] From when it is unknown again: a year after its last login.';

CREATE TABLE public.email_confirmations (
    user_id bigint NOT NULL,
    email text NOT NULL,
    token_digest bytea,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT email_confirmations_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT email_confirmations_token_digest_check CHECK ((length(token_digest) = 32))
);

COMMENT ON TABLE public.email_confirmations IS 'Addresses that accounts are to confirm, one an account, until that is done. Kept three days; remove_expired_confirmations.';

COMMENT ON COLUMN public.email_confirmations.user_id IS '[operational] The account.';

COMMENT ON COLUMN public.email_confirmations.email IS '[personal] The address to confirm: the account''s own, or the one that it is to have.';

COMMENT ON COLUMN public.email_confirmations.token_digest IS '[secret] SHA-256 of the token in the latest link; null until one is mailed.';

COMMENT ON COLUMN public.email_confirmations.expires_at IS '[operational] From when it can no longer be confirmed.';

CREATE TABLE public.family_sizes (
    parent_profile_id bigint NOT NULL,
    of_table text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    refuses_health_data boolean DEFAULT false NOT NULL,
    CONSTRAINT family_sizes_of_table_check CHECK ((length(of_table) <= 63))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.family_sizes IS 'How many rows a family has in a table with a limit, kept by its triggers. Kept until the account is erased.';

COMMENT ON COLUMN public.family_sizes.parent_profile_id IS '[operational] The family.';

COMMENT ON COLUMN public.family_sizes.of_table IS '[operational] Name of the table.';

COMMENT ON COLUMN public.family_sizes.number IS '[personal] How many rows the family has there.';

COMMENT ON COLUMN public.family_sizes.refuses_health_data IS '[operational] The same as in parent_profiles, for rows that are added.';

CREATE TABLE public.former_passwords (
    user_id bigint NOT NULL,
    old_password text,
    CONSTRAINT former_passwords_old_password_check CHECK (((length(old_password) <= 255) AND (old_password ~ '^[0-9a-f]{128}\.[0-9a-f]{32}$'::text)))
);

COMMENT ON TABLE public.former_passwords IS 'Accounts of the system before: the hash to go back with, once a login has replaced it; `just adopt --finish` removes it. Kept until the account is erased.';

COMMENT ON COLUMN public.former_passwords.user_id IS '[operational] The account.';

COMMENT ON COLUMN public.former_passwords.old_password IS '[secret] Its scrypt hash, null until it is replaced in users; nobody but the owner of the table reads it.';

CREATE TABLE public.idempotency_keys (
    key_digest bytea NOT NULL,
    user_id bigint,
    sealed_answer bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_key_digest_check CHECK ((octet_length(key_digest) = 32)),
    CONSTRAINT idempotency_keys_sealed_answer_check CHECK (((octet_length(sealed_answer) >= 29) AND (octet_length(sealed_answer) <= 4194304)))
)
WITH (fillfactor='80');
ALTER TABLE ONLY public.idempotency_keys ALTER COLUMN sealed_answer SET STORAGE EXTERNAL;

COMMENT ON TABLE public.idempotency_keys IS 'Keys of requests that are to be done once, and their answers: one row a request that did something. Kept a day; remove_old_keys.';

COMMENT ON COLUMN public.idempotency_keys.key_digest IS '[secret] Key: SHA-256 of account and Idempotency-Key.';

COMMENT ON COLUMN public.idempotency_keys.user_id IS '[operational] The account that sent it, or that it logged in, with which it goes; null if there was none.';

COMMENT ON COLUMN public.idempotency_keys.sealed_answer IS '[secret] The answer and a digest of the request, encrypted with a key that is not in the database.';

COMMENT ON COLUMN public.idempotency_keys.created_at IS '[operational] When it was answered.';

CREATE TABLE public.library_embeddings (
    slug text NOT NULL,
    model text NOT NULL,
    digest bytea NOT NULL,
    embedding public.halfvec(3072) NOT NULL,
    CONSTRAINT library_embeddings_model_check CHECK (((length(model) >= 1) AND (length(model) <= 200))),
    CONSTRAINT library_embeddings_slug_check CHECK ((length(slug) <= 80))
);
ALTER TABLE ONLY public.library_embeddings ALTER COLUMN embedding SET STORAGE MAIN;

COMMENT ON TABLE public.library_embeddings IS 'Embeddings of the library''s texts, where the service has a model. Kept for good.';

COMMENT ON COLUMN public.library_embeddings.slug IS '[operational] The text.';

COMMENT ON COLUMN public.library_embeddings.model IS '[operational] Name of the model; only vectors of one model are compared.';

COMMENT ON COLUMN public.library_embeddings.digest IS '[operational] SHA-256 of the model''s name and what was embedded.';

COMMENT ON COLUMN public.library_embeddings.embedding IS '[operational] The vector, padded with zeros.';

CREATE TABLE public.library_suggestions (
    slug text NOT NULL,
    category public.suggestion_category NOT NULL,
    title_nl text NOT NULL,
    title_en text NOT NULL,
    text_nl text NOT NULL,
    text_en text NOT NULL,
    min_age integer,
    max_age integer,
    concerns text[] DEFAULT '{}'::text[] NOT NULL,
    stress_levels public.stress_level[] DEFAULT '{}'::public.stress_level[] NOT NULL,
    experience_levels public.experience_level[] DEFAULT '{}'::public.experience_level[] NOT NULL,
    CONSTRAINT library_suggestions_concerns_check CHECK (public.is_text_list(concerns, 10, 50)),
    CONSTRAINT library_suggestions_min_age_check CHECK ((((min_age IS NULL) = (max_age IS NULL)) AND (min_age >= 0) AND (max_age <= 18) AND (min_age <= max_age))),
    CONSTRAINT library_suggestions_slug_check CHECK (((length(slug) <= 80) AND (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))),
    CONSTRAINT library_suggestions_text_en_check CHECK (((length(text_en) <= 600) AND (NOT public.is_blank(text_en)))),
    CONSTRAINT library_suggestions_text_nl_check CHECK (((length(text_nl) <= 600) AND (NOT public.is_blank(text_nl)))),
    CONSTRAINT library_suggestions_title_en_check CHECK (((length(title_en) <= 100) AND (NOT public.is_blank(title_en)))),
    CONSTRAINT library_suggestions_title_nl_check CHECK (((length(title_nl) <= 100) AND (NOT public.is_blank(title_nl))))
);

COMMENT ON TABLE public.library_suggestions IS 'The texts that are suggested to parents, and whom each fits; edited in migrations or by hand. Kept for good.';

COMMENT ON COLUMN public.library_suggestions.slug IS '[operational] Key.';

COMMENT ON COLUMN public.library_suggestions.category IS '[operational] What it is about.';

COMMENT ON COLUMN public.library_suggestions.title_nl IS '[operational] A few words for it, in Dutch.';

COMMENT ON COLUMN public.library_suggestions.title_en IS '[operational] A few words for it, in English.';

COMMENT ON COLUMN public.library_suggestions.text_nl IS '[operational] What the parent reads, in Dutch.';

COMMENT ON COLUMN public.library_suggestions.text_en IS '[operational] What the parent reads, in English.';

COMMENT ON COLUMN public.library_suggestions.min_age IS '[operational] For families with a child from this age; null, with max_age, where no child''s age matters.';

COMMENT ON COLUMN public.library_suggestions.max_age IS '[operational] To this age, included.';

COMMENT ON COLUMN public.library_suggestions.concerns IS '[operational] Keys of concerns that it helps with; empty: any.';

COMMENT ON COLUMN public.library_suggestions.stress_levels IS '[operational] For parents with one of these; empty: all.';

COMMENT ON COLUMN public.library_suggestions.experience_levels IS '[operational] For parents with one of these; empty: all.';

CREATE TABLE public.mails (
    id bigint NOT NULL,
    user_id bigint,
    kind text NOT NULL,
    recipient text NOT NULL,
    language public.mail_language NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mails_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT mails_kind_check CHECK ((((length(kind) >= 1) AND (length(kind) <= 50)) AND (kind ~ '^[a-z]+(_[a-z]+)*$'::text))),
    CONSTRAINT mails_parameters_check CHECK (((jsonb_typeof(parameters) = 'object'::text) AND (octet_length((parameters)::text) <= 2000))),
    CONSTRAINT mails_recipient_check CHECK ((((length(recipient) >= 3) AND (length(recipient) <= 254)) AND (recipient ~ '^[^@\s]+@[^@\s]+$'::text)))
);

COMMENT ON TABLE public.mails IS 'Mails to send: one row each, removed when it is sent. Kept two days; remove_unsent_mails.';

COMMENT ON COLUMN public.mails.id IS '[operational] Key.';

COMMENT ON COLUMN public.mails.user_id IS '[operational] The account that it is about, if one is known; it goes with it.';

COMMENT ON COLUMN public.mails.kind IS '[operational] What it says, such as password_changed.';

COMMENT ON COLUMN public.mails.recipient IS '[personal] The e-mail address that it goes to.';

COMMENT ON COLUMN public.mails.language IS '[personal] The language that it is written in.';

COMMENT ON COLUMN public.mails.parameters IS '[personal] What its text needs besides; no secrets.';

COMMENT ON COLUMN public.mails.attempts IS '[operational] How often it was taken to be sent.';

COMMENT ON COLUMN public.mails.due_at IS '[operational] From when it is to be sent, or sent again.';

COMMENT ON COLUMN public.mails.created_at IS '[operational] When it was queued.';

ALTER TABLE public.mails ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mails_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.migration_checksums (
    migration_id text NOT NULL,
    checksum text NOT NULL
);

COMMENT ON TABLE public.migration_checksums IS 'What the files of each applied migration were: an edited one is noticed.';

COMMENT ON COLUMN public.migration_checksums.migration_id IS '[operational] Name of the migration, without its ending.';

COMMENT ON COLUMN public.migration_checksums.checksum IS '[operational] SHA-256 of both files, in hex.';

CREATE TABLE public.onboarding_merge_bases (
    parent_profile_id bigint NOT NULL,
    reading text NOT NULL COLLATE pg_catalog."C",
    revision text NOT NULL,
    child_ids bigint[],
    saved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT onboarding_merge_bases_reading_check CHECK ((length(reading) = 32)),
    CONSTRAINT onboarding_merge_bases_revision_check CHECK ((length(revision) <= 65536))
);

COMMENT ON TABLE public.onboarding_merge_bases IS 'What tabs that save their onboarding document again and again have last posted, as salted digests; 20 of a family. Kept a week; remove_old_merge_bases.';

COMMENT ON COLUMN public.onboarding_merge_bases.parent_profile_id IS '[operational] The family it belongs to.';

COMMENT ON COLUMN public.onboarding_merge_bases.reading IS '[operational] Which reading the tab goes on from: the salt of its revision.';

COMMENT ON COLUMN public.onboarding_merge_bases.revision IS '[health-related] Digests of fields, children and goals, as a revision without its check.';

COMMENT ON COLUMN public.onboarding_merge_bases.child_ids IS '[operational] Rows of the children, in their order; 0 for those without a row.';

COMMENT ON COLUMN public.onboarding_merge_bases.saved_at IS '[operational] When the tab last saved; kept for a week.';

CREATE TABLE public.parent_profiles (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    email text,
    stress_level public.stress_level DEFAULT 'moderate'::public.stress_level NOT NULL,
    experience_level public.experience_level DEFAULT 'first_time'::public.experience_level NOT NULL,
    primary_concerns text[] DEFAULT '{}'::text[] NOT NULL,
    support_network text[] DEFAULT '{}'::text[] NOT NULL,
    bio text,
    preferred_language text DEFAULT 'nl'::text NOT NULL,
    communication_preference text,
    completed_onboarding boolean DEFAULT false NOT NULL,
    current_onboarding_step integer DEFAULT 0 NOT NULL,
    onboarding_data jsonb DEFAULT '{"childProfiles": []}'::jsonb NOT NULL,
    profile_embedding public.halfvec(3072),
    last_suggestion_check timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_since_check boolean DEFAULT true NOT NULL,
    profile_embedding_model text,
    profile_embedding_digest bytea,
    refuses_health_data boolean DEFAULT false NOT NULL,
    CONSTRAINT parent_profiles_bio_check CHECK ((length(bio) <= 5000)),
    CONSTRAINT parent_profiles_communication_preference_check CHECK ((length(communication_preference) <= 200)),
    CONSTRAINT parent_profiles_completed_onboarding_check CHECK (((NOT completed_onboarding) OR (btrim(name) <> ''::text))),
    CONSTRAINT parent_profiles_current_onboarding_step_check CHECK (((current_onboarding_step >= 0) AND (current_onboarding_step <= 4))),
    CONSTRAINT parent_profiles_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT parent_profiles_name_check CHECK (((length(name) <= 100) AND ((name = ''::text) OR (NOT public.is_blank(name))))),
    CONSTRAINT parent_profiles_onboarding_data_check CHECK ((jsonb_typeof(onboarding_data) = 'object'::text)),
    CONSTRAINT parent_profiles_preferred_language_check CHECK (((length(preferred_language) <= 35) AND (preferred_language ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'::text))),
    CONSTRAINT parent_profiles_primary_concerns_check CHECK (public.is_text_list(primary_concerns, 50, 200)),
    CONSTRAINT parent_profiles_profile_embedding_model_check CHECK (((length(profile_embedding_model) >= 1) AND (length(profile_embedding_model) <= 200))),
    CONSTRAINT parent_profiles_support_network_check CHECK (public.is_text_list(support_network, 50, 200))
);

COMMENT ON TABLE public.parent_profiles IS 'What the app knows of a parent: at most one row for each user. Kept until the account is erased.';

COMMENT ON COLUMN public.parent_profiles.id IS '[operational] Key; the family, in every table that belongs to one.';

COMMENT ON COLUMN public.parent_profiles.user_id IS '[operational] The account it belongs to.';

COMMENT ON COLUMN public.parent_profiles.name IS '[personal] What the parent wants to be called; empty until told.';

COMMENT ON COLUMN public.parent_profiles.email IS '[personal] Where the parent wants to be written to, if not the address of the account.';

COMMENT ON COLUMN public.parent_profiles.stress_level IS '[health-related] Stress the parent reports; a placeholder until the onboarding is complete.';

COMMENT ON COLUMN public.parent_profiles.experience_level IS '[personal] Experience as a parent; a placeholder until the onboarding is complete.';

COMMENT ON COLUMN public.parent_profiles.primary_concerns IS '[health-related] What worries the parent most.';

COMMENT ON COLUMN public.parent_profiles.support_network IS '[health-related] Who helps the parent.';

COMMENT ON COLUMN public.parent_profiles.bio IS '[health-related] What the parent tells of themselves.';

COMMENT ON COLUMN public.parent_profiles.preferred_language IS '[personal] Language tag (BCP 47) the parent wants to be spoken to in.';

COMMENT ON COLUMN public.parent_profiles.communication_preference IS '[personal] How the parent wants to be reached.';

COMMENT ON COLUMN public.parent_profiles.completed_onboarding IS '[operational] Whether the onboarding is complete: from then on the rows are the truth, not onboarding_data.';

COMMENT ON COLUMN public.parent_profiles.current_onboarding_step IS '[operational] The step of the onboarding last saved, 0 to 4.';

COMMENT ON COLUMN public.parent_profiles.onboarding_data IS '[health-related] The onboarding document as saved so far, camelCase as the web client writes it; once completed, only what no row or column holds.';

COMMENT ON COLUMN public.parent_profiles.profile_embedding IS '[health-related] Embedding of the profile, null until worked out; never sent to a client.';

COMMENT ON COLUMN public.parent_profiles.last_suggestion_check IS '[operational] When suggestions were last worked out for this parent.';

COMMENT ON COLUMN public.parent_profiles.created_at IS '[operational] When the profile was made.';

COMMENT ON COLUMN public.parent_profiles.updated_at IS '[operational] When the profile last changed.';

COMMENT ON COLUMN public.parent_profiles.changed_since_check IS '[operational] Whether the profile changed since last_suggestion_check, or was never checked.';

COMMENT ON COLUMN public.parent_profiles.profile_embedding_model IS '[operational] Name of the model of profile_embedding; null where that isn''t known.';

COMMENT ON COLUMN public.parent_profiles.profile_embedding_digest IS '[health-related] SHA-256 of the model''s name and what was embedded.';

COMMENT ON COLUMN public.parent_profiles.refuses_health_data IS '[operational] Whether the account was asked about health_data and does not agree; kept by triggers.';

ALTER TABLE public.parent_profiles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.parent_profiles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.parenting_goals (
    id bigint NOT NULL,
    parent_profile_id bigint NOT NULL,
    title text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    category text DEFAULT 'general'::text NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    target_date timestamp with time zone,
    achieved_date timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT parenting_goals_achieved_date_check CHECK (((status = 'achieved'::text) = (achieved_date IS NOT NULL))),
    CONSTRAINT parenting_goals_category_check CHECK (((length(category) <= 50) AND (NOT public.is_blank(category)))),
    CONSTRAINT parenting_goals_description_check CHECK ((length(description) <= 5000)),
    CONSTRAINT parenting_goals_priority_check CHECK (((priority >= 0) AND (priority <= 100))),
    CONSTRAINT parenting_goals_status_check CHECK ((status ~ '^[a-z][a-z_]{0,49}$'::text)),
    CONSTRAINT parenting_goals_target_date_check CHECK (public.is_json_moment(target_date)),
    CONSTRAINT parenting_goals_title_check CHECK (((length(title) <= 200) AND (NOT public.is_blank(title))))
);

COMMENT ON TABLE public.parenting_goals IS 'Goals that a family has set itself: rows of a parent profile. Kept until the account is erased.';

COMMENT ON COLUMN public.parenting_goals.id IS '[operational] Key, with parent_profile_id before it.';

COMMENT ON COLUMN public.parenting_goals.parent_profile_id IS '[operational] The family it belongs to.';

COMMENT ON COLUMN public.parenting_goals.title IS '[health-related] The goal in one line.';

COMMENT ON COLUMN public.parenting_goals.description IS '[health-related] The goal in more words.';

COMMENT ON COLUMN public.parenting_goals.category IS '[personal] What kind of goal it is: short_term and long_term from the onboarding, or a word of the client.';

COMMENT ON COLUMN public.parenting_goals.priority IS '[personal] How much it matters, 0 to 100.';

COMMENT ON COLUMN public.parenting_goals.status IS '[personal] How it stands: active, achieved, or another lowercase word.';

COMMENT ON COLUMN public.parenting_goals.target_date IS '[personal] When it should be reached.';

COMMENT ON COLUMN public.parenting_goals.achieved_date IS '[personal] When it was reached: set exactly while the status is achieved.';

COMMENT ON COLUMN public.parenting_goals.created_at IS '[operational] When the row was made.';

COMMENT ON COLUMN public.parenting_goals.updated_at IS '[operational] When the row last changed.';

ALTER TABLE public.parenting_goals ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.parenting_goals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.passkey_logins (
    challenge_digest bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_logins_challenge_digest_check CHECK ((length(challenge_digest) = 32))
);

COMMENT ON TABLE public.passkey_logins IS 'Challenges for those who log in with a passkey, whoever that is; each counts once. Kept five minutes; remove_begun_logins.';

COMMENT ON COLUMN public.passkey_logins.challenge_digest IS '[secret] SHA-256 of the challenge.';

COMMENT ON COLUMN public.passkey_logins.expires_at IS '[operational] From when it counts no more.';

CREATE TABLE public.passkey_registrations (
    user_id bigint NOT NULL,
    challenge_digest bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_registrations_challenge_digest_check CHECK ((length(challenge_digest) = 32))
);

COMMENT ON TABLE public.passkey_registrations IS 'Who is adding a passkey, and the challenge that it is to sign, which counts once. Kept five minutes; remove_begun_passkeys.';

COMMENT ON COLUMN public.passkey_registrations.user_id IS '[operational] Whose account it is added to.';

COMMENT ON COLUMN public.passkey_registrations.challenge_digest IS '[secret] SHA-256 of the challenge.';

COMMENT ON COLUMN public.passkey_registrations.expires_at IS '[operational] From when it counts no more.';

CREATE TABLE public.passkeys (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] DEFAULT '{}'::text[] NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT passkeys_credential_id_check CHECK (((length(credential_id) >= 1) AND (length(credential_id) <= 1023))),
    CONSTRAINT passkeys_name_check CHECK (((length(name) <= 100) AND (NOT public.is_blank(name)))),
    CONSTRAINT passkeys_public_key_check CHECK (((length(public_key) >= 1) AND (length(public_key) <= 2100))),
    CONSTRAINT passkeys_sign_count_check CHECK (((sign_count >= 0) AND (sign_count <= '4294967295'::bigint))),
    CONSTRAINT passkeys_transports_check CHECK (public.is_text_list(transports, 10, 20))
);

COMMENT ON TABLE public.passkeys IS 'Passkeys: public keys of devices or password managers that log an account in. Kept until the account is erased.';

COMMENT ON COLUMN public.passkeys.id IS '[operational] Key, with user_id before it.';

COMMENT ON COLUMN public.passkeys.user_id IS '[operational] Whose account it logs in to.';

COMMENT ON COLUMN public.passkeys.credential_id IS '[secret] What the authenticator calls it.';

COMMENT ON COLUMN public.passkeys.public_key IS '[operational] Its public key, in COSE form.';

COMMENT ON COLUMN public.passkeys.sign_count IS '[operational] How often it was used, as it says itself; 0 if it does not count. One that goes back is refused, as a copy may be in use.';

COMMENT ON COLUMN public.passkeys.transports IS '[operational] How the authenticator can be reached, as the browser says.';

COMMENT ON COLUMN public.passkeys.name IS '[personal] What its owner calls it.';

COMMENT ON COLUMN public.passkeys.created_at IS '[operational] When it was added.';

COMMENT ON COLUMN public.passkeys.last_used_at IS '[operational] When it last logged in.';

ALTER TABLE public.passkeys ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.passkeys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.password_resets (
    user_id bigint NOT NULL,
    token_digest bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT password_resets_token_digest_check CHECK ((length(token_digest) = 32))
);

COMMENT ON TABLE public.password_resets IS 'Links that set a new password; the first that is used ends the others of its account. Kept an hour; remove_expired_resets.';

COMMENT ON COLUMN public.password_resets.user_id IS '[operational] The account.';

COMMENT ON COLUMN public.password_resets.token_digest IS '[secret] SHA-256 of the token in the link; the token itself is nowhere.';

COMMENT ON COLUMN public.password_resets.expires_at IS '[operational] From when the link does nothing.';

CREATE TABLE public.pictures (
    name text NOT NULL,
    user_id bigint,
    removable_at timestamp with time zone DEFAULT (now() + '01:00:00'::interval),
    CONSTRAINT pictures_name_check CHECK (((length(name) <= 60) AND (name ~* '^([0-9a-f]{32}\.webp|profile-[0-9]+-[0-9]+\.(jpe?g|png|gif|webp))$'::text)))
);

COMMENT ON TABLE public.pictures IS 'Files of profile pictures. Kept until their account shows them no more, or is erased; forget_pictures.';

COMMENT ON COLUMN public.pictures.name IS '[personal] Name of the file, which nobody can guess; one of a system before has the id of its account.';

COMMENT ON COLUMN public.pictures.user_id IS '[personal] The account; null once that is gone.';

COMMENT ON COLUMN public.pictures.removable_at IS '[operational] When the file may be removed: null while the account shows it, an hour ahead while it is being made or removed.';

CREATE TABLE public.rate_limits (
    subject text NOT NULL,
    drained_at timestamp with time zone NOT NULL,
    CONSTRAINT rate_limits_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 200)))
);

COMMENT ON TABLE public.rate_limits IS 'Limits of attempts that are not empty. Kept until they have drained, in ten hours at most; remove_drained_limits.';

COMMENT ON COLUMN public.rate_limits.subject IS '[personal] What is limited: accounts as digests of their username, networks as addresses.';

COMMENT ON COLUMN public.rate_limits.drained_at IS '[operational] When it will be empty; how far off that is says how full it is.';

CREATE TABLE public.recovery_codes (
    user_id bigint NOT NULL,
    code_digest bytea NOT NULL,
    CONSTRAINT recovery_codes_code_digest_check CHECK ((length(code_digest) = 32))
);

COMMENT ON TABLE public.recovery_codes IS 'Codes, each good for one login in place of another factor; a used one is removed. Kept until the account is erased.';

COMMENT ON COLUMN public.recovery_codes.user_id IS '[operational] Whose code it is.';

COMMENT ON COLUMN public.recovery_codes.code_digest IS '[secret] SHA-256 of the code; the code itself is nowhere.';

CREATE TABLE public.schedules (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT schedules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 50)))
);

COMMENT ON TABLE public.schedules IS 'Work that the service does now and then, one worker at a time. Kept for good.';

COMMENT ON COLUMN public.schedules.name IS '[operational] What is to be done.';

COMMENT ON COLUMN public.schedules.due_at IS '[operational] From when a worker may do it again.';

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    token_digest bytea NOT NULL,
    user_agent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    renewed_at timestamp with time zone,
    CONSTRAINT sessions_expires_at_check CHECK ((expires_at > created_at)),
    CONSTRAINT sessions_token_digest_check CHECK ((length(token_digest) = 32)),
    CONSTRAINT sessions_user_agent_check CHECK ((length(user_agent) <= 200))
);

COMMENT ON TABLE public.sessions IS 'Logins that last: one row for each browser or API client that is logged in. Kept a day after their last use, or 30 days if so asked; remove_expired_sessions.';

COMMENT ON COLUMN public.sessions.id IS '[operational] Key, with user_id before it.';

COMMENT ON COLUMN public.sessions.user_id IS '[operational] Whose session it is.';

COMMENT ON COLUMN public.sessions.token_digest IS '[secret] SHA-256 of the token; the token itself is nowhere.';

COMMENT ON COLUMN public.sessions.user_agent IS '[personal] What the client called itself at login, so that its owner can tell sessions apart.';

COMMENT ON COLUMN public.sessions.created_at IS '[operational] When the login took place.';

COMMENT ON COLUMN public.sessions.expires_at IS '[operational] From when the session counts no more.';

COMMENT ON COLUMN public.sessions.renewed_at IS '[operational] When its life began again, as it was used in the second half of it; null if it never was.';

ALTER TABLE public.sessions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.suggestions (
    id bigint NOT NULL,
    parent_profile_id bigint NOT NULL,
    slug text NOT NULL,
    relevance integer NOT NULL,
    used_at timestamp with time zone,
    dismissed_at timestamp with time zone,
    rating integer,
    feedback text,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT suggestions_expires_at_check CHECK (public.is_json_moment(expires_at)),
    CONSTRAINT suggestions_feedback_check CHECK ((length(feedback) <= 2000)),
    CONSTRAINT suggestions_rating_check CHECK (((rating >= 1) AND (rating <= 5))),
    CONSTRAINT suggestions_relevance_check CHECK (((relevance >= 0) AND (relevance <= 100))),
    CONSTRAINT suggestions_slug_check CHECK ((length(slug) <= 80))
);

COMMENT ON TABLE public.suggestions IS 'Suggestions that were given to a parent: for as long as they are kept, none is given again. Kept 90 days; remove_old_suggestions.';

COMMENT ON COLUMN public.suggestions.id IS '[operational] Key, with parent_profile_id before it.';

COMMENT ON COLUMN public.suggestions.parent_profile_id IS '[operational] The family it was given to.';

COMMENT ON COLUMN public.suggestions.slug IS '[health-related] Which text of the library it is.';

COMMENT ON COLUMN public.suggestions.relevance IS '[health-related] How well it fitted, 0 to 100.';

COMMENT ON COLUMN public.suggestions.used_at IS '[personal] When the parent used it.';

COMMENT ON COLUMN public.suggestions.dismissed_at IS '[personal] When the parent put it away.';

COMMENT ON COLUMN public.suggestions.rating IS '[personal] What the parent thought of it, 1 to 5.';

COMMENT ON COLUMN public.suggestions.feedback IS '[health-related] What the parent said of it.';

COMMENT ON COLUMN public.suggestions.expires_at IS '[operational] Until when it is shown, if it is neither used nor put away.';

COMMENT ON COLUMN public.suggestions.created_at IS '[operational] When it was given; 90 days later it is removed.';

ALTER TABLE public.suggestions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.suggestions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.totp_factors (
    user_id bigint NOT NULL,
    sealed_secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '01:00:00'::interval),
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    CONSTRAINT totp_factors_expires_at_check CHECK (((expires_at IS NULL) = (confirmed_at IS NOT NULL))),
    CONSTRAINT totp_factors_sealed_secret_check CHECK (((length(sealed_secret) >= 30) AND (length(sealed_secret) <= 200)))
);

COMMENT ON TABLE public.totp_factors IS 'Authenticator apps: the secret that an account shares with one, from its set-up on. Kept an hour if never confirmed, else until the account is erased; remove_begun_apps.';

COMMENT ON COLUMN public.totp_factors.user_id IS '[operational] Whose app it is.';

COMMENT ON COLUMN public.totp_factors.sealed_secret IS '[secret] The secret, encrypted with a key of SECRET_KEY_FILE.';

COMMENT ON COLUMN public.totp_factors.created_at IS '[operational] When it was set up.';

COMMENT ON COLUMN public.totp_factors.expires_at IS '[operational] When it is removed, an hour after its set-up, unless it is confirmed; null if it is.';

COMMENT ON COLUMN public.totp_factors.confirmed_at IS '[operational] When a first code was right, from when on logins ask for one.';

COMMENT ON COLUMN public.totp_factors.last_step IS '[operational] Time step of the last code that was accepted; neither it nor an earlier one is accepted again.';

CREATE TABLE public.users (
    id bigint NOT NULL,
    username text NOT NULL,
    email text NOT NULL,
    password text NOT NULL,
    profile_picture text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    banned_at timestamp with time zone,
    ban_reason public.ban_reason,
    email_confirmed_at timestamp with time zone,
    second_factor_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_banned_at_check CHECK (((banned_at IS NULL) = (ban_reason IS NULL))),
    CONSTRAINT users_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT users_password_check CHECK (((length(password) <= 255) AND ((password ~~ '$argon2id$%'::text) OR (password ~ '^[0-9a-f]{128}\.[0-9a-f]{32}$'::text)))),
    CONSTRAINT users_profile_picture_check CHECK (((length(profile_picture) <= 2048) AND ((profile_picture ~* '^https?://'::text) OR (profile_picture ~ '^/uploads/[A-Za-z0-9_-][A-Za-z0-9._-]*$'::text)))),
    CONSTRAINT users_username_check CHECK ((((length(username) >= 1) AND (length(username) <= 100)) AND (username = btrim(username))))
);

COMMENT ON TABLE public.users IS 'Accounts: one row for each person who can log in. Kept until the account is erased.';

COMMENT ON COLUMN public.users.id IS '[operational] Key.';

COMMENT ON COLUMN public.users.username IS '[personal] The name to log in with; unique whatever its letter case.';

COMMENT ON COLUMN public.users.email IS '[personal] E-mail address; where it is confirmed no other account has it confirmed.';

COMMENT ON COLUMN public.users.password IS '[secret] Argon2id hash, or the scrypt hash of the system before; never sent to a client.';

COMMENT ON COLUMN public.users.profile_picture IS '[personal] Address of a picture, if any.';

COMMENT ON COLUMN public.users.created_at IS '[operational] When the account was made.';

COMMENT ON COLUMN public.users.banned_at IS '[personal] Since when the account may not log in; null if it may.';

COMMENT ON COLUMN public.users.ban_reason IS '[personal] Why it may not.';

COMMENT ON COLUMN public.users.email_confirmed_at IS '[operational] When its owner showed that the e-mail address is theirs; null if that isn''t known.';

COMMENT ON COLUMN public.users.second_factor_at IS '[operational] Since when a login asks for a second factor; null if it does not. Kept by triggers.';

COMMENT ON COLUMN public.users.updated_at IS '[operational] When username, e-mail address or picture last changed: the version of the account.';

ALTER TABLE public.users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);

ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.child_profiles
    ADD CONSTRAINT child_profiles_pkey PRIMARY KEY (parent_profile_id, id);

ALTER TABLE ONLY public.concerns
    ADD CONSTRAINT concerns_pkey PRIMARY KEY (concern);

ALTER TABLE ONLY public.consent_texts
    ADD CONSTRAINT consent_texts_pkey PRIMARY KEY (purpose, version);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (user_id, device_digest);

ALTER TABLE ONLY public.email_confirmations
    ADD CONSTRAINT email_confirmations_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.family_sizes
    ADD CONSTRAINT family_sizes_pkey PRIMARY KEY (parent_profile_id, of_table);

ALTER TABLE ONLY public.former_passwords
    ADD CONSTRAINT former_passwords_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key_digest);

ALTER TABLE ONLY public.library_embeddings
    ADD CONSTRAINT library_embeddings_pkey PRIMARY KEY (slug);

ALTER TABLE ONLY public.library_suggestions
    ADD CONSTRAINT library_suggestions_pkey PRIMARY KEY (slug);

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.migration_checksums
    ADD CONSTRAINT migration_checksums_pkey PRIMARY KEY (migration_id);

ALTER TABLE ONLY public.onboarding_merge_bases
    ADD CONSTRAINT onboarding_merge_bases_pkey PRIMARY KEY (parent_profile_id, reading);

ALTER TABLE ONLY public.parent_profiles
    ADD CONSTRAINT parent_profiles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parent_profiles
    ADD CONSTRAINT parent_profiles_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.parenting_goals
    ADD CONSTRAINT parenting_goals_pkey PRIMARY KEY (parent_profile_id, id);

ALTER TABLE ONLY public.passkey_logins
    ADD CONSTRAINT passkey_logins_pkey PRIMARY KEY (challenge_digest);

ALTER TABLE ONLY public.passkey_registrations
    ADD CONSTRAINT passkey_registrations_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (user_id, token_digest);

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_digest);

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_digest_key UNIQUE (token_digest);

ALTER TABLE ONLY public.suggestions
    ADD CONSTRAINT suggestions_pkey PRIMARY KEY (parent_profile_id, id);

ALTER TABLE ONLY public.totp_factors
    ADD CONSTRAINT totp_factors_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX audit_events_happened_at_idx ON public.audit_events USING btree (happened_at);

CREATE INDEX audit_events_user_id_happened_at_id_idx ON public.audit_events USING btree (user_id, happened_at, id);

CREATE UNIQUE INDEX consents_in_force_key ON public.consents USING btree (user_id, purpose, version) WHERE (withdrawn_at IS NULL);

CREATE INDEX consents_purpose_version_idx ON public.consents USING btree (purpose, version);

CREATE INDEX devices_expires_at_idx ON public.devices USING btree (expires_at);

CREATE INDEX email_confirmations_expires_at_idx ON public.email_confirmations USING btree (expires_at);

CREATE UNIQUE INDEX email_confirmations_token_digest_key ON public.email_confirmations USING btree (token_digest);

CREATE INDEX idempotency_keys_created_at_idx ON public.idempotency_keys USING btree (created_at);

CREATE INDEX idempotency_keys_user_id_created_at_idx ON public.idempotency_keys USING btree (user_id, created_at);

CREATE INDEX mails_created_at_idx ON public.mails USING btree (created_at);

CREATE INDEX mails_due_at_idx ON public.mails USING btree (due_at);

CREATE INDEX mails_recipient_kind_idx ON public.mails USING btree (public.fold(recipient), kind);

CREATE INDEX mails_user_id_idx ON public.mails USING btree (user_id);

CREATE INDEX onboarding_merge_bases_saved_at_idx ON public.onboarding_merge_bases USING btree (saved_at);

CREATE INDEX parent_profiles_due_idx ON public.parent_profiles USING btree ((
CASE
    WHEN changed_since_check THEN '-infinity'::timestamp with time zone
    ELSE last_suggestion_check
END)) WHERE completed_onboarding;

CREATE INDEX parenting_goals_parent_profile_id_status_id_idx ON public.parenting_goals USING btree (parent_profile_id, status, id);

CREATE INDEX passkey_logins_expires_at_idx ON public.passkey_logins USING btree (expires_at);

CREATE INDEX passkey_registrations_expires_at_idx ON public.passkey_registrations USING btree (expires_at);

CREATE INDEX password_resets_expires_at_idx ON public.password_resets USING btree (expires_at);

CREATE UNIQUE INDEX password_resets_token_digest_key ON public.password_resets USING btree (token_digest);

CREATE INDEX pictures_removable_at_idx ON public.pictures USING btree (removable_at) WHERE (removable_at IS NOT NULL);

CREATE INDEX pictures_user_id_idx ON public.pictures USING btree (user_id);

CREATE INDEX rate_limits_drained_at_idx ON public.rate_limits USING btree (drained_at);

CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);

CREATE INDEX suggestions_created_at_idx ON public.suggestions USING btree (created_at);

CREATE INDEX suggestions_slug_idx ON public.suggestions USING btree (slug);

CREATE INDEX totp_factors_expires_at_idx ON public.totp_factors USING btree (expires_at);

CREATE UNIQUE INDEX users_confirmed_email_key ON public.users USING btree (public.email_key(email)) WHERE (email_confirmed_at IS NOT NULL);

CREATE INDEX users_email_idx ON public.users USING btree (public.email_key(email));

CREATE INDEX users_username_idx ON public.users USING btree (public.username_key(username));

CREATE UNIQUE INDEX users_username_key ON public.users USING btree (public.fold(username));

CREATE TRIGGER audit_events_refuse_change BEFORE DELETE OR UPDATE ON public.audit_events FOR EACH ROW EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER audit_events_skip_repeated BEFORE INSERT ON public.audit_events FOR EACH ROW WHEN ((new.actor_kind <> 'staff'::public.audit_actor)) EXECUTE FUNCTION public.skip_repeated_event();

CREATE TRIGGER child_profiles_limit AFTER INSERT ON public.child_profiles REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size('50', 'special_needs', 'routines', 'development_notes', 'last_assessment');

CREATE TRIGGER child_profiles_refuse_health_data AFTER UPDATE ON public.child_profiles FOR EACH ROW WHEN (new.refuses_health_data) EXECUTE FUNCTION public.refuse_health_data('special_needs', 'routines', 'development_notes', 'last_assessment');

CREATE TRIGGER child_profiles_refuse_large_routines BEFORE INSERT OR UPDATE OF routines ON public.child_profiles FOR EACH ROW WHEN ((octet_length((new.routines)::text) > 131072)) EXECUTE FUNCTION public.refuse_large_document('child_profiles_routines_check', 'routines');

CREATE TRIGGER child_profiles_routines_limit_insert AFTER INSERT ON public.child_profiles FOR EACH ROW WHEN (public.is_large_routine(new.routines)) EXECUTE FUNCTION public.refuse_large_document('child_profiles_routines_limit', 'routines');

CREATE TRIGGER child_profiles_routines_limit_update AFTER UPDATE ON public.child_profiles FOR EACH ROW WHEN (((new.routines IS DISTINCT FROM old.routines) AND public.is_large_routine(new.routines) AND ((NOT public.is_large_routine(old.routines)) OR (octet_length((new.routines)::text) > octet_length((old.routines)::text)) OR (public.count_values(new.routines) > public.count_values(old.routines))))) EXECUTE FUNCTION public.refuse_large_document('child_profiles_routines_limit', 'routines');

CREATE TRIGGER child_profiles_set_updated_at BEFORE UPDATE ON public.child_profiles FOR EACH ROW WHEN ((new.refuses_health_data = old.refuses_health_data)) EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER child_profiles_size AFTER DELETE ON public.child_profiles REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size();

CREATE TRIGGER consent_texts_refuse_change BEFORE UPDATE ON public.consent_texts FOR EACH ROW EXECUTE FUNCTION public.refuse_text_change();

CREATE TRIGGER consents_apply_health_consent AFTER INSERT OR UPDATE ON public.consents FOR EACH ROW WHEN ((new.purpose = 'health_data'::text)) EXECUTE FUNCTION public.apply_health_consent();

CREATE TRIGGER consents_refuse_change BEFORE DELETE OR UPDATE ON public.consents FOR EACH ROW EXECUTE FUNCTION public.refuse_consent_change();

CREATE TRIGGER library_suggestions_refuse_unknown_concerns AFTER INSERT OR UPDATE OF concerns ON public.library_suggestions FOR EACH ROW EXECUTE FUNCTION public.refuse_unknown_concerns();

CREATE TRIGGER mails_notify_mail_queued AFTER INSERT ON public.mails FOR EACH STATEMENT EXECUTE FUNCTION public.notify_mail_queued();

CREATE TRIGGER parent_profiles_forget_onboarding_copies BEFORE INSERT OR UPDATE OF completed_onboarding, onboarding_data ON public.parent_profiles FOR EACH ROW WHEN (new.completed_onboarding) EXECUTE FUNCTION public.forget_onboarding_copies();

CREATE TRIGGER parent_profiles_mark_changed_since_check BEFORE UPDATE ON public.parent_profiles FOR EACH ROW EXECUTE FUNCTION public.mark_changed_since_check();

CREATE TRIGGER parent_profiles_mark_refusal AFTER INSERT ON public.parent_profiles FOR EACH ROW EXECUTE FUNCTION public.mark_refusal();

CREATE TRIGGER parent_profiles_notify_caller_changed AFTER INSERT OR DELETE OR UPDATE OF preferred_language, user_id ON public.parent_profiles FOR EACH ROW EXECUTE FUNCTION public.notify_caller_changed();

CREATE TRIGGER parent_profiles_onboarding_data_limit_insert AFTER INSERT ON public.parent_profiles FOR EACH ROW WHEN ((octet_length((new.onboarding_data)::text) > 131072)) EXECUTE FUNCTION public.refuse_large_document('parent_profiles_onboarding_data_limit', 'onboarding_data');

CREATE TRIGGER parent_profiles_onboarding_data_limit_update AFTER UPDATE ON public.parent_profiles FOR EACH ROW WHEN (((new.onboarding_data IS DISTINCT FROM old.onboarding_data) AND (octet_length((new.onboarding_data)::text) > 131072) AND (octet_length((new.onboarding_data)::text) > octet_length((old.onboarding_data)::text)))) EXECUTE FUNCTION public.refuse_large_document('parent_profiles_onboarding_data_limit', 'onboarding_data');

CREATE CONSTRAINT TRIGGER parent_profiles_onboarding_rows AFTER INSERT OR UPDATE OF completed_onboarding, onboarding_data ON public.parent_profiles DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.completed_onboarding) EXECUTE FUNCTION public.refuse_lost_answers();

CREATE TRIGGER parent_profiles_refuse_health_data AFTER UPDATE ON public.parent_profiles FOR EACH ROW WHEN (new.refuses_health_data) EXECUTE FUNCTION public.refuse_health_data('stress_level', 'primary_concerns', 'support_network', 'bio');

CREATE TRIGGER parent_profiles_set_updated_at BEFORE UPDATE ON public.parent_profiles FOR EACH ROW WHEN (((new.refuses_health_data = old.refuses_health_data) AND (NOT (new.last_suggestion_check IS DISTINCT FROM old.last_suggestion_check)) AND ((new.profile_embedding_digest IS NULL) OR (NOT (new.profile_embedding_digest IS DISTINCT FROM old.profile_embedding_digest))))) EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER parenting_goals_limit AFTER INSERT ON public.parenting_goals REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size('1000', 'title', 'description');

CREATE TRIGGER parenting_goals_set_updated_at BEFORE UPDATE ON public.parenting_goals FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER parenting_goals_size AFTER DELETE ON public.parenting_goals REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size();

CREATE TRIGGER passkeys_renew_second_factor AFTER INSERT OR DELETE ON public.passkeys FOR EACH ROW EXECUTE FUNCTION public.renew_second_factor();

CREATE TRIGGER sessions_limit AFTER INSERT ON public.sessions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.limit_sessions();

CREATE TRIGGER sessions_notify_caller_changed AFTER DELETE OR UPDATE OF expires_at, token_digest, user_id ON public.sessions FOR EACH ROW EXECUTE FUNCTION public.notify_caller_changed();

CREATE TRIGGER totp_factors_renew_second_factor AFTER INSERT OR DELETE OR UPDATE OF confirmed_at ON public.totp_factors FOR EACH ROW EXECUTE FUNCTION public.renew_second_factor();

CREATE TRIGGER users_end_mailed_links AFTER UPDATE OF email, password ON public.users FOR EACH ROW WHEN (((new.email <> old.email) OR (new.password <> old.password))) EXECUTE FUNCTION public.end_mailed_links();

CREATE TRIGGER users_end_sessions AFTER UPDATE OF banned_at ON public.users FOR EACH ROW WHEN ((new.banned_at IS NOT NULL)) EXECUTE FUNCTION public.end_sessions_of_banned();

CREATE TRIGGER users_forget_former_password AFTER UPDATE OF password ON public.users FOR EACH ROW WHEN (((old.password ~~ '$argon2id$%'::text) AND (new.password <> old.password))) EXECUTE FUNCTION public.forget_former_password();

CREATE TRIGGER users_release_pictures AFTER UPDATE OF profile_picture ON public.users FOR EACH ROW WHEN ((old.profile_picture IS DISTINCT FROM new.profile_picture)) EXECUTE FUNCTION public.release_pictures();

CREATE TRIGGER users_release_pictures_of_removed BEFORE DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.release_pictures();

CREATE TRIGGER users_set_updated_at BEFORE UPDATE OF username, email, profile_picture, updated_at ON public.users FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER users_unconfirm_email BEFORE UPDATE OF email ON public.users FOR EACH ROW WHEN (((new.email <> old.email) AND (new.email_confirmed_at = old.email_confirmed_at))) EXECUTE FUNCTION public.unconfirm_email();

ALTER TABLE ONLY public.child_profiles
    ADD CONSTRAINT child_profiles_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_purpose_version_fkey FOREIGN KEY (purpose, version) REFERENCES public.consent_texts(purpose, version) ON DELETE RESTRICT;

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.email_confirmations
    ADD CONSTRAINT email_confirmations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.family_sizes
    ADD CONSTRAINT family_sizes_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.former_passwords
    ADD CONSTRAINT former_passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.library_embeddings
    ADD CONSTRAINT library_embeddings_slug_fkey FOREIGN KEY (slug) REFERENCES public.library_suggestions(slug) ON DELETE CASCADE;

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.onboarding_merge_bases
    ADD CONSTRAINT onboarding_merge_bases_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.parent_profiles
    ADD CONSTRAINT parent_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.parenting_goals
    ADD CONSTRAINT parenting_goals_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey_registrations
    ADD CONSTRAINT passkey_registrations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pictures
    ADD CONSTRAINT pictures_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.suggestions
    ADD CONSTRAINT suggestions_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.suggestions
    ADD CONSTRAINT suggestions_slug_fkey FOREIGN KEY (slug) REFERENCES public.library_suggestions(slug) ON DELETE CASCADE;

ALTER TABLE ONLY public.totp_factors
    ADD CONSTRAINT totp_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
