-- What the system before wrote as text becomes values of our types, or null where it is none. Run in the session that adopts: all
-- functions are temporary. The old tables are read as text; PostgreSQL says what is valid, so nothing stops at a row.

-- A moment of the years that the service can tell, 1 to 9999.
create function pg_temp.moment(value text)
  returns timestamptz
  language sql
  stable
begin atomic
  select moment
    from (
           select case
                    when value ~ 'infinity|BC|\d{5}-' then null
                    when value ~ ':\d\d(\.\d+)?([+-]\d\d(:?\d\d)*|Z)$' then
                      case when pg_input_is_valid(value, 'timestamptz') then value::timestamptz end
                    when pg_input_is_valid(value, 'timestamp') then
                      value::timestamp at time zone current_setting('adoption.timezone')
                  end as moment
         ) as given
   where is_json_moment(moment);
end;

create function pg_temp.said(value text)
  returns text
  language sql
  immutable
  return case when not is_blank(value) then btrim(value) end;

create function pg_temp.whole(value text)
  returns integer
  language sql
  immutable
  return case
    when btrim(value) ~ '^[+-]?[0-9]{1,9}([.,][0-9]*)?$' then trunc(replace(btrim(value), ',', '.')::numeric)::integer
  end;

create function pg_temp.flag(value text)
  returns boolean
  language sql
  immutable
  return case when pg_input_is_valid(value, 'boolean') then value::boolean end;

-- A word of a closed set: "Very high" is very_high.
create function pg_temp.word(value text)
  returns text
  language sql
  immutable
  return nullif(regexp_replace(lower(btrim(value)), '[\s-]+', '_', 'g'), '');

-- A text as JSON, or null. What jsonb can't hold, halves of surrogate pairs and NUL, becomes a replacement character; what is nested
-- deeper than PostgreSQL parses is an error.
create function pg_temp.parsed(value text)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  if not pg_input_is_valid(value, 'jsonb') then
    value := regexp_replace(value, '\\u[dD][89abAB][[:xdigit:]]{2}(?!\\u[dD][c-fC-F])|\\u0000', '\\ufffd', 'g');
    value := regexp_replace(value, '(?<!\\u[dD][89abAB][[:xdigit:]]{2})\\u[dD][c-fC-F][[:xdigit:]]{2}', '\\ufffd', 'g');
  end if;
  return case when pg_input_is_valid(value, 'jsonb') then value::jsonb end;
exception
  when statement_too_complex then
    return null;
end;
$$;

-- The object of a text, which may have been written as a JSON text more than once.
create function pg_temp.object(value text)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  given jsonb := pg_temp.parsed(value);
begin
  while jsonb_typeof(given) = 'string' loop
    given := pg_temp.parsed(given #>> '{}');
  end loop;
  return case jsonb_typeof(given) when 'object' then given end;
end;
$$;

-- The onboarding document of a text; its parts may be JSON texts too.
create function pg_temp.document(value text)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  given jsonb := pg_temp.object(value);
begin
  if exists (select from jsonb_each(given) as part (name, said) where jsonb_typeof(said) = 'string') then
    select jsonb_object_agg(
             name, coalesce(case jsonb_typeof(said) when 'string' then pg_temp.parsed(said #>> '{}') end, said)
           )
      into given
      from jsonb_each(given) as part (name, said);
  end if;
  -- Goals without a term.
  if jsonb_typeof(given -> 'goals') in ('array', 'string') then
    given := jsonb_set(given, '{goals}', jsonb_build_object('shortTerm', given -> 'goals'));
  end if;
  return given;
end;
$$;

-- What should be a list, as one.
create function pg_temp.entries(value jsonb)
  returns jsonb
  language sql
  immutable
  return case
    when value is null or value in ('null', '{}') then '[]'
    when jsonb_typeof(value) = 'array' then value
    -- A list that was written as an object, with its positions as names.
    when jsonb_typeof(value) = 'object' and not jsonb_path_exists(value, '$.* ? (@.type() != "object")')
      then jsonb_path_query_array(value, '$.*')
    else jsonb_build_array(value)
  end;

create function pg_temp.texts(value jsonb)
  returns text[]
  language sql
  immutable
  return case
    when value is not null then array(
      select entry #>> '{}'
        from jsonb_array_elements(pg_temp.entries(value)) as entry
       where not is_blank(entry #>> '{}')
    )
  end;

-- A column of texts, from its JSON, an array as PostgreSQL writes it, or one text.
create function pg_temp.list(value text)
  returns text[]
  language sql
  immutable
  return case
    when value is null then null
    when pg_temp.parsed(value) is not null then pg_temp.texts(pg_temp.parsed(value))
    when pg_input_is_valid(value, 'text[]') then array_remove(value::text[], null)
    else array[value]
  end;

create function pg_temp.fitting(list text[])
  returns text[]
  language sql
  immutable
  return array(
    select left(item, 200)
      from unnest(list) with ordinality as given (item, position)
     where not is_blank(item)
     order by position
     limit 50
  );

-- The type of pgvector says what it can't read as an error only.
create function pg_temp.embedding(value text)
  returns halfvec
  language plpgsql
  immutable
as $$
begin
  return value::halfvec(3072);
exception
  when others then
    return null;
end;
$$;

create function pg_temp.is_address(value text)
  returns boolean
  language sql
  immutable
  return length(value) between 3 and 254 and value ~ '^[^@\s]+@[^@\s]+$';

-- What a report says of a value: how long it is, and never what it is.
create function pg_temp.told(name text, value text)
  returns text
  language sql
  immutable
  return name || ': ' || coalesce(length(value) || ' characters', 'null');
