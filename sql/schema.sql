-- The schema that the migrations make, as pg_dump writes it. Not to be edited: `just generate` writes it anew.

CREATE EXTENSION vector;

CREATE TYPE public.audit_actor AS ENUM (
    'staff',
    'user',
    'system'
);

COMMENT ON TYPE public.audit_actor IS 'Who acts: support staff, the user of the account, or the service by itself.';

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

CREATE FUNCTION public.count_values(document jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN jsonb_array_length(jsonb_path_query_array(document, 'strict $.**{1 to last}.type()'::jsonpath));

COMMENT ON FUNCTION public.count_values(document jsonb) IS 'Number of values in a document: members of objects and items of lists, at any level.';

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

CREATE FUNCTION public.is_blank(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (value !~ ('[^\s\x1c-\x1f]'::text COLLATE pg_unicode_fast));

COMMENT ON FUNCTION public.is_blank(value text) IS 'Whether a text is empty or nothing but white space.';

CREATE FUNCTION public.is_json_moment(value timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((EXTRACT(year FROM (value AT TIME ZONE 'UTC'::text)) >= (1)::numeric) AND (EXTRACT(year FROM (value AT TIME ZONE 'UTC'::text)) <= (9999)::numeric));

COMMENT ON FUNCTION public.is_json_moment(value timestamp with time zone) IS 'Whether a moment lies in the years 1 to 9999, in UTC.';

CREATE FUNCTION public.is_large_routine(document jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((octet_length((document)::text) > 32768) OR (public.count_values(document) > 1000) OR jsonb_path_exists(document, 'strict $.**{11}'::jsonpath));

COMMENT ON FUNCTION public.is_large_routine(document jsonb) IS 'Whether routines have more than 1,000 values, 10 levels or 32 KiB.';

CREATE FUNCTION public.is_text_list(list text[], max_items integer, max_length integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((cardinality(list) <= max_items) AND (COALESCE(array_ndims(list), 1) = 1) AND (NOT (EXISTS (SELECT FROM unnest(is_text_list.list) item(item) WHERE ((item.item IS NULL) OR (length(item.item) > is_text_list.max_length))))));

COMMENT ON FUNCTION public.is_text_list(list text[], max_items integer, max_length integer) IS 'Shape of a text list: flat, no nulls, bounded in number and length of its items.';

CREATE FUNCTION public.keep_family_size() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
  direction constant integer := case tg_op when 'DELETE' then -1 else 1 end;
  family record;
  known integer;
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
    returning size.number into known;
    -- Deletes make a number too: else one that another transaction makes at the same time would keep what they remove. Where it
    -- was first, its number is changed. A family that is being removed gets none.
    if not found then
      execute format(
        'insert into family_sizes as size (parent_profile_id, of_table, number)
         select id, $2, (select count(*) from %I as counted where counted.parent_profile_id = profile.id)
           from parent_profiles as profile
          where id = $1
             on conflict on constraint family_sizes_pkey do update
            set number = size.number + $3
         returning number',
        tg_table_name
      )
        into known
       using family.id, tg_table_name::text, family.change;
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

COMMENT ON FUNCTION public.keep_family_size() IS 'Trigger function: keeps family_sizes, and refuses rows beyond the number that is its argument.';

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

CREATE FUNCTION public.onboarding_remainder(document jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_strip_nulls(jsonb_build_object('basicInfo', jsonb_build_object('parentType', (document #> '{basicInfo,parentType}'::text[])), 'goals', jsonb_build_object('supportAreas', (document #> '{goals,supportAreas}'::text[]))));

COMMENT ON FUNCTION public.onboarding_remainder(document jsonb) IS 'What no row or column holds of a completed onboarding document.';

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

CREATE FUNCTION public.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.updated_at := now();
  return new;
end;
$$;

COMMENT ON FUNCTION public.set_updated_at() IS 'Trigger function: sets updated_at to the time of the transaction.';

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
    CONSTRAINT audit_events_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 200))),
    CONSTRAINT audit_events_details_check CHECK (((jsonb_typeof(details) = 'object'::text) AND (octet_length((details)::text) <= 2000))),
    CONSTRAINT audit_events_event_check CHECK ((((length(event) >= 1) AND (length(event) <= 50)) AND (event ~ '^[a-z]+(_[a-z]+)*$'::text)))
);

COMMENT ON TABLE public.audit_events IS 'What was done to accounts and by whom; only added to, and removed after a year.';

COMMENT ON COLUMN public.audit_events.id IS '[operational] Key.';

COMMENT ON COLUMN public.audit_events.happened_at IS '[operational] When it happened.';

COMMENT ON COLUMN public.audit_events.actor_kind IS '[operational] Who acted: staff, the user, or the service itself.';

COMMENT ON COLUMN public.audit_events.actor IS '[personal] Of staff their name on the system and the role that they used in PostgreSQL.';

COMMENT ON COLUMN public.audit_events.event IS '[personal] What was done, such as password_reset.';

COMMENT ON COLUMN public.audit_events.user_id IS '[personal] Whose account it was done to; it is kept when the account is erased.';

COMMENT ON COLUMN public.audit_events.details IS '[personal] What else is known, in a few codes and numbers; no names, texts or secrets.';

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
    CONSTRAINT child_profiles_age_check CHECK (((age >= 0) AND (age <= 18))),
    CONSTRAINT child_profiles_development_notes_check CHECK ((length(development_notes) <= 10000)),
    CONSTRAINT child_profiles_last_assessment_check CHECK (public.is_json_moment(last_assessment)),
    CONSTRAINT child_profiles_name_check CHECK (((length(name) <= 100) AND (NOT public.is_blank(name)))),
    CONSTRAINT child_profiles_routines_check CHECK (((jsonb_typeof(routines) = 'object'::text) AND (octet_length((routines)::text) <= 131072))),
    CONSTRAINT child_profiles_special_needs_check CHECK (public.is_text_list(special_needs, 50, 200))
);

COMMENT ON TABLE public.child_profiles IS 'Children of a family: rows of a parent profile.';

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

ALTER TABLE public.child_profiles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.child_profiles_id_seq
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

COMMENT ON TABLE public.devices IS 'Browsers and apps that have logged in to an account since its password was last changed; they are no logins.';

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

COMMENT ON TABLE public.email_confirmations IS 'Addresses that accounts are to confirm, one an account; removed when that is done, or after three days.';

COMMENT ON COLUMN public.email_confirmations.user_id IS '[operational] The account.';

COMMENT ON COLUMN public.email_confirmations.email IS '[personal] The address to confirm: the account''s own, or the one that it is to have.';

COMMENT ON COLUMN public.email_confirmations.token_digest IS '[secret] SHA-256 of the token in the latest link; null until one is mailed.';

COMMENT ON COLUMN public.email_confirmations.expires_at IS '[operational] From when it can no longer be confirmed.';

CREATE TABLE public.family_sizes (
    parent_profile_id bigint NOT NULL,
    of_table text NOT NULL COLLATE pg_catalog."C",
    number integer NOT NULL,
    CONSTRAINT family_sizes_of_table_check CHECK ((length(of_table) <= 63))
)
WITH (fillfactor='50');

COMMENT ON TABLE public.family_sizes IS 'How many rows a family has in a table with a limit, kept by its triggers.';

COMMENT ON COLUMN public.family_sizes.parent_profile_id IS '[operational] The family.';

COMMENT ON COLUMN public.family_sizes.of_table IS '[operational] Name of the table.';

COMMENT ON COLUMN public.family_sizes.number IS '[personal] How many rows the family has there.';

CREATE TABLE public.former_passwords (
    user_id bigint NOT NULL,
    old_password text,
    CONSTRAINT former_passwords_old_password_check CHECK (((length(old_password) <= 255) AND (old_password ~ '^[0-9a-f]{128}\.[0-9a-f]{32}$'::text)))
);

COMMENT ON TABLE public.former_passwords IS 'Accounts of the system before: the hash to go back with, once a login has replaced it.';

COMMENT ON COLUMN public.former_passwords.user_id IS '[operational] The account.';

COMMENT ON COLUMN public.former_passwords.old_password IS '[secret] Its scrypt hash, null until it is replaced in users; nobody but the owner of the table reads it.';

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

COMMENT ON TABLE public.mails IS 'Mails to send: one row each, removed when it is sent, or after two days.';

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
    CONSTRAINT parent_profiles_bio_check CHECK ((length(bio) <= 5000)),
    CONSTRAINT parent_profiles_communication_preference_check CHECK ((length(communication_preference) <= 200)),
    CONSTRAINT parent_profiles_completed_onboarding_check CHECK (((NOT completed_onboarding) OR (btrim(name) <> ''::text))),
    CONSTRAINT parent_profiles_current_onboarding_step_check CHECK (((current_onboarding_step >= 0) AND (current_onboarding_step <= 4))),
    CONSTRAINT parent_profiles_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT parent_profiles_name_check CHECK (((length(name) <= 100) AND ((name = ''::text) OR (NOT public.is_blank(name))))),
    CONSTRAINT parent_profiles_onboarding_data_check CHECK ((jsonb_typeof(onboarding_data) = 'object'::text)),
    CONSTRAINT parent_profiles_preferred_language_check CHECK (((length(preferred_language) <= 35) AND (preferred_language ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'::text))),
    CONSTRAINT parent_profiles_primary_concerns_check CHECK (public.is_text_list(primary_concerns, 50, 200)),
    CONSTRAINT parent_profiles_support_network_check CHECK (public.is_text_list(support_network, 50, 200))
);

COMMENT ON TABLE public.parent_profiles IS 'What the app knows of a parent: at most one row for each user.';

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

COMMENT ON TABLE public.parenting_goals IS 'Goals that a family has set itself: rows of a parent profile.';

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

CREATE TABLE public.password_resets (
    user_id bigint NOT NULL,
    token_digest bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT password_resets_token_digest_check CHECK ((length(token_digest) = 32))
);

COMMENT ON TABLE public.password_resets IS 'Links that set a new password, for an hour; the first that is used ends the others of its account.';

COMMENT ON COLUMN public.password_resets.user_id IS '[operational] The account.';

COMMENT ON COLUMN public.password_resets.token_digest IS '[secret] SHA-256 of the token in the link; the token itself is nowhere.';

COMMENT ON COLUMN public.password_resets.expires_at IS '[operational] From when the link does nothing.';

CREATE TABLE public.rate_limits (
    subject text NOT NULL,
    drained_at timestamp with time zone NOT NULL,
    CONSTRAINT rate_limits_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 200)))
);

COMMENT ON TABLE public.rate_limits IS 'Limits of attempts that are not empty; a row is removed once it has drained.';

COMMENT ON COLUMN public.rate_limits.subject IS '[personal] What is limited: accounts as digests of their username, networks as addresses.';

COMMENT ON COLUMN public.rate_limits.drained_at IS '[operational] When it will be empty; how far off that is says how full it is.';

CREATE TABLE public.schedules (
    name text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT schedules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 50)))
);

COMMENT ON TABLE public.schedules IS 'Work that the service does now and then, one worker at a time.';

COMMENT ON COLUMN public.schedules.name IS '[operational] What is to be done.';

COMMENT ON COLUMN public.schedules.due_at IS '[operational] From when a worker may do it again.';

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    token_digest bytea NOT NULL,
    user_agent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_expires_at_check CHECK ((expires_at > created_at)),
    CONSTRAINT sessions_token_digest_check CHECK ((length(token_digest) = 32)),
    CONSTRAINT sessions_user_agent_check CHECK ((length(user_agent) <= 200))
);

COMMENT ON TABLE public.sessions IS 'Logins that last: one row for each browser or API client that is logged in.';

COMMENT ON COLUMN public.sessions.id IS '[operational] Key, with user_id before it.';

COMMENT ON COLUMN public.sessions.user_id IS '[operational] Whose session it is.';

COMMENT ON COLUMN public.sessions.token_digest IS '[secret] SHA-256 of the token; the token itself is nowhere.';

COMMENT ON COLUMN public.sessions.user_agent IS '[personal] What the client called itself at login, so that its owner can tell sessions apart.';

COMMENT ON COLUMN public.sessions.created_at IS '[operational] When the login took place.';

COMMENT ON COLUMN public.sessions.expires_at IS '[operational] From when the session counts no more.';

ALTER TABLE public.sessions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

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
    CONSTRAINT users_banned_at_check CHECK (((banned_at IS NULL) = (ban_reason IS NULL))),
    CONSTRAINT users_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT users_password_check CHECK (((length(password) <= 255) AND ((password ~~ '$argon2id$%'::text) OR (password ~ '^[0-9a-f]{128}\.[0-9a-f]{32}$'::text)))),
    CONSTRAINT users_profile_picture_check CHECK (((length(profile_picture) <= 2048) AND ((profile_picture ~* '^https?://'::text) OR (profile_picture ~ '^/uploads/[A-Za-z0-9_-][A-Za-z0-9._-]*$'::text)))),
    CONSTRAINT users_username_check CHECK ((((length(username) >= 1) AND (length(username) <= 100)) AND (username = btrim(username))))
);

COMMENT ON TABLE public.users IS 'Accounts: one row for each person who can log in.';

COMMENT ON COLUMN public.users.id IS '[operational] Key.';

COMMENT ON COLUMN public.users.username IS '[personal] The name to log in with; unique whatever its letter case.';

COMMENT ON COLUMN public.users.email IS '[personal] E-mail address; unique whatever its letter case.';

COMMENT ON COLUMN public.users.password IS '[secret] Argon2id hash, or the scrypt hash of the system before; never sent to a client.';

COMMENT ON COLUMN public.users.profile_picture IS '[personal] Address of a picture, if any.';

COMMENT ON COLUMN public.users.created_at IS '[operational] When the account was made.';

COMMENT ON COLUMN public.users.banned_at IS '[personal] Since when the account may not log in; null if it may.';

COMMENT ON COLUMN public.users.ban_reason IS '[personal] Why it may not.';

COMMENT ON COLUMN public.users.email_confirmed_at IS '[operational] When its owner showed that the e-mail address is theirs; null if that isn''t known.';

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

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (user_id, device_digest);

ALTER TABLE ONLY public.email_confirmations
    ADD CONSTRAINT email_confirmations_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.family_sizes
    ADD CONSTRAINT family_sizes_pkey PRIMARY KEY (parent_profile_id, of_table);

ALTER TABLE ONLY public.former_passwords
    ADD CONSTRAINT former_passwords_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.migration_checksums
    ADD CONSTRAINT migration_checksums_pkey PRIMARY KEY (migration_id);

ALTER TABLE ONLY public.parent_profiles
    ADD CONSTRAINT parent_profiles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parent_profiles
    ADD CONSTRAINT parent_profiles_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.parenting_goals
    ADD CONSTRAINT parenting_goals_pkey PRIMARY KEY (parent_profile_id, id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_pkey PRIMARY KEY (user_id, token_digest);

ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_digest_key UNIQUE (token_digest);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX audit_events_happened_at_idx ON public.audit_events USING btree (happened_at);

CREATE INDEX audit_events_user_id_id_idx ON public.audit_events USING btree (user_id, id);

CREATE INDEX devices_expires_at_idx ON public.devices USING btree (expires_at);

CREATE INDEX email_confirmations_expires_at_idx ON public.email_confirmations USING btree (expires_at);

CREATE UNIQUE INDEX email_confirmations_token_digest_key ON public.email_confirmations USING btree (token_digest);

CREATE INDEX mails_created_at_idx ON public.mails USING btree (created_at);

CREATE INDEX mails_due_at_idx ON public.mails USING btree (due_at);

CREATE INDEX mails_recipient_kind_idx ON public.mails USING btree (public.fold(recipient), kind);

CREATE INDEX mails_user_id_idx ON public.mails USING btree (user_id);

CREATE INDEX parenting_goals_parent_profile_id_status_id_idx ON public.parenting_goals USING btree (parent_profile_id, status, id);

CREATE INDEX password_resets_expires_at_idx ON public.password_resets USING btree (expires_at);

CREATE UNIQUE INDEX password_resets_token_digest_key ON public.password_resets USING btree (token_digest);

CREATE INDEX rate_limits_drained_at_idx ON public.rate_limits USING btree (drained_at);

CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);

CREATE UNIQUE INDEX users_confirmed_email_key ON public.users USING btree (public.email_key(email)) WHERE (email_confirmed_at IS NOT NULL);

CREATE INDEX users_email_idx ON public.users USING btree (public.email_key(email));

CREATE INDEX users_username_idx ON public.users USING btree (public.username_key(username));

CREATE UNIQUE INDEX users_username_key ON public.users USING btree (public.fold(username));

CREATE TRIGGER audit_events_refuse_change BEFORE DELETE OR UPDATE ON public.audit_events FOR EACH ROW EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER child_profiles_limit AFTER INSERT ON public.child_profiles REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size('50');

CREATE TRIGGER child_profiles_refuse_large_routines BEFORE INSERT OR UPDATE OF routines ON public.child_profiles FOR EACH ROW WHEN ((octet_length((new.routines)::text) > 131072)) EXECUTE FUNCTION public.refuse_large_document('child_profiles_routines_check', 'routines');

CREATE TRIGGER child_profiles_routines_limit_insert AFTER INSERT ON public.child_profiles FOR EACH ROW WHEN (public.is_large_routine(new.routines)) EXECUTE FUNCTION public.refuse_large_document('child_profiles_routines_limit', 'routines');

CREATE TRIGGER child_profiles_routines_limit_update AFTER UPDATE ON public.child_profiles FOR EACH ROW WHEN (((new.routines IS DISTINCT FROM old.routines) AND public.is_large_routine(new.routines) AND ((NOT public.is_large_routine(old.routines)) OR (octet_length((new.routines)::text) > octet_length((old.routines)::text)) OR (public.count_values(new.routines) > public.count_values(old.routines))))) EXECUTE FUNCTION public.refuse_large_document('child_profiles_routines_limit', 'routines');

CREATE TRIGGER child_profiles_set_updated_at BEFORE UPDATE ON public.child_profiles FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER child_profiles_size AFTER DELETE ON public.child_profiles REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size();

CREATE TRIGGER mails_notify_mail_queued AFTER INSERT ON public.mails FOR EACH STATEMENT EXECUTE FUNCTION public.notify_mail_queued();

CREATE TRIGGER parent_profiles_forget_onboarding_copies BEFORE INSERT OR UPDATE OF completed_onboarding, onboarding_data ON public.parent_profiles FOR EACH ROW WHEN (new.completed_onboarding) EXECUTE FUNCTION public.forget_onboarding_copies();

CREATE TRIGGER parent_profiles_notify_caller_changed AFTER INSERT OR DELETE OR UPDATE OF preferred_language, user_id ON public.parent_profiles FOR EACH ROW EXECUTE FUNCTION public.notify_caller_changed();

CREATE TRIGGER parent_profiles_onboarding_data_limit_insert AFTER INSERT ON public.parent_profiles FOR EACH ROW WHEN ((octet_length((new.onboarding_data)::text) > 131072)) EXECUTE FUNCTION public.refuse_large_document('parent_profiles_onboarding_data_limit', 'onboarding_data');

CREATE TRIGGER parent_profiles_onboarding_data_limit_update AFTER UPDATE ON public.parent_profiles FOR EACH ROW WHEN (((new.onboarding_data IS DISTINCT FROM old.onboarding_data) AND (octet_length((new.onboarding_data)::text) > 131072) AND (octet_length((new.onboarding_data)::text) > octet_length((old.onboarding_data)::text)))) EXECUTE FUNCTION public.refuse_large_document('parent_profiles_onboarding_data_limit', 'onboarding_data');

CREATE CONSTRAINT TRIGGER parent_profiles_onboarding_rows AFTER INSERT OR UPDATE OF completed_onboarding, onboarding_data ON public.parent_profiles DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.completed_onboarding) EXECUTE FUNCTION public.refuse_lost_answers();

CREATE TRIGGER parent_profiles_set_updated_at BEFORE UPDATE ON public.parent_profiles FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER parenting_goals_limit AFTER INSERT ON public.parenting_goals REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size('1000');

CREATE TRIGGER parenting_goals_set_updated_at BEFORE UPDATE ON public.parenting_goals FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

CREATE TRIGGER parenting_goals_size AFTER DELETE ON public.parenting_goals REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.keep_family_size();

CREATE TRIGGER sessions_notify_caller_changed AFTER DELETE OR UPDATE OF expires_at, token_digest, user_id ON public.sessions FOR EACH ROW EXECUTE FUNCTION public.notify_caller_changed();

CREATE TRIGGER users_end_mailed_links AFTER UPDATE OF email, password ON public.users FOR EACH ROW WHEN (((new.email <> old.email) OR (new.password <> old.password))) EXECUTE FUNCTION public.end_mailed_links();

CREATE TRIGGER users_end_sessions AFTER UPDATE OF banned_at ON public.users FOR EACH ROW WHEN ((new.banned_at IS NOT NULL)) EXECUTE FUNCTION public.end_sessions_of_banned();

CREATE TRIGGER users_forget_former_password AFTER UPDATE OF password ON public.users FOR EACH ROW WHEN (((old.password ~~ '$argon2id$%'::text) AND (new.password <> old.password))) EXECUTE FUNCTION public.forget_former_password();

CREATE TRIGGER users_unconfirm_email BEFORE UPDATE OF email ON public.users FOR EACH ROW WHEN (((new.email <> old.email) AND (new.email_confirmed_at = old.email_confirmed_at))) EXECUTE FUNCTION public.unconfirm_email();

ALTER TABLE ONLY public.child_profiles
    ADD CONSTRAINT child_profiles_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.email_confirmations
    ADD CONSTRAINT email_confirmations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.family_sizes
    ADD CONSTRAINT family_sizes_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.former_passwords
    ADD CONSTRAINT former_passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.parent_profiles
    ADD CONSTRAINT parent_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.parenting_goals
    ADD CONSTRAINT parenting_goals_parent_profile_id_fkey FOREIGN KEY (parent_profile_id) REFERENCES public.parent_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
