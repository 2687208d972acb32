-- What every later migration builds on: the vector type, and the functions that constraints, indexes and triggers share.
--
-- Locks: none on existing tables; takes milliseconds.
-- Rollback loses nothing.

create extension if not exists vector;

-- One spelling of a text whatever its letter case or Unicode form: "Émilie" and "ÉMILIE" are one username.
-- The collation is named, so the result is the same in every database of this major version.
create function fold(value text)
  returns text
  language sql
  immutable strict parallel safe
  return casefold(normalize(value, nfkc) collate "pg_catalog"."pg_unicode_fast");

-- A list of texts is flat, has no null in it, at most max_items entries, and none longer than max_length characters.
create function is_text_list(list text[], max_items integer, max_length integer)
  returns boolean
  language sql
  immutable parallel safe
  return cardinality(list) <= max_items
     and coalesce(array_ndims(list), 1) = 1
     and not exists (
       select
         from unnest(list) as item
        where item is null
           or length(item) > max_length
     );

-- RFC 7396 JSON merge patch: absent leaves, null removes, objects merge, anything else replaces.
create function merge_patch(target jsonb, patch jsonb)
  returns jsonb
  language plpgsql
  immutable parallel safe
as $$
begin
  if patch is null or jsonb_typeof(patch) <> 'object' then
    return patch;
  end if;
  if target is null or jsonb_typeof(target) <> 'object' then
    target := '{}';
  end if;
  return coalesce(
    (
      select jsonb_object_agg(coalesce(t.key, p.key), case when p.key is null then t.value else merge_patch(t.value, p.value) end)
        from jsonb_each(target) as t
        full join jsonb_each(patch) as p
          on p.key = t.key
       where p.key is null
          or jsonb_typeof(p.value) <> 'null'
    ),
    '{}'
  );
end;
$$;

-- updated_at follows every update by itself.
create function set_updated_at()
  returns trigger
  language plpgsql
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

comment on function fold(text) is 'Unicode case folding of the NFKC form: what "the same whatever the letter case" means in this schema.';
comment on function is_text_list(text[], integer, integer) is 'Shape of a text list: flat, no nulls, bounded in number and length of its items.';
comment on function merge_patch(jsonb, jsonb) is 'RFC 7396 JSON merge patch of target with patch.';
comment on function set_updated_at() is 'Trigger function: sets updated_at to the time of the transaction.';
