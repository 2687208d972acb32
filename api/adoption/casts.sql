-- What the system before wrote as text becomes values of our types, or null where it is none. Run in the session that adopts: all
-- functions are temporary. The old tables are read as text; PostgreSQL says what is valid, so nothing stops at a row.

create function pg_temp.moment(value text)
  returns timestamptz
  language sql
  stable
  return case
    when value ~ 'infinity' then null
    when value ~ ':\d\d(\.\d+)?([+-]\d\d(:?\d\d)*|Z)$' then
      case when pg_input_is_valid(value, 'timestamptz') then value::timestamptz end
    when pg_input_is_valid(value, 'timestamp') then value::timestamp at time zone current_setting('adoption.timezone')
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
    when btrim(value) ~ '^[+-]?\d{1,9}([.,]\d*)?$' then trunc(replace(btrim(value), ',', '.')::numeric)::integer
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

create function pg_temp.document(value text)
  returns jsonb
  language sql
  immutable
  return case
    when not pg_input_is_valid(value, 'jsonb') then null
    when jsonb_typeof(value::jsonb) = 'object' then value::jsonb
    -- A document that was written as a JSON text once too often.
    when jsonb_typeof(value::jsonb) = 'string' and pg_input_is_valid(value::jsonb #>> '{}', 'jsonb') then
      case when jsonb_typeof((value::jsonb #>> '{}')::jsonb) = 'object' then (value::jsonb #>> '{}')::jsonb end
  end;

-- What should be a list, as one.
create function pg_temp.entries(value jsonb)
  returns jsonb
  language sql
  immutable
  return case jsonb_typeof(value)
    when 'array' then value
    when 'null' then '[]'
    else case when value is null then '[]' else jsonb_build_array(value) end
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
    when pg_input_is_valid(value, 'jsonb') then pg_temp.texts(value::jsonb)
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
