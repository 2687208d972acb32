-- Merging a patch into a document cost 50 microseconds for each object of the patch, one after another with whoever shares the
-- connection: 0.5 to 1.1 s for 9,000 of them. It now looks only at what the patch names, and the documents that clients write have
-- limits: routines 1,000 values in all, 10 levels deep and 32 KiB, onboarding documents 128 KiB. Families need a hundredth of that.
--
-- Documents that are larger already stay: they are looked at when they change, and may then become smaller bit by bit.
-- So these are triggers; a check would refuse every change of such a row.
--
-- Locks: share row exclusive on child_profiles and parent_profiles for milliseconds, while the triggers are made.
-- Rollback loses nothing.

create or replace function merge_patch(target jsonb, patch jsonb)
  returns jsonb
  language plpgsql
  immutable parallel safe
as $$
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
               key, case when jsonb_typeof(value) = 'object' then merge_patch(target -> key, value) else value end
             ) filter (where jsonb_typeof(value) <> 'null'),
             '{}'
           )
      from jsonb_each(patch)
  );
end;
$$;

-- How many values a document has in all, members of objects and items of lists at any level.
create function count_values(document jsonb)
  returns integer
  language sql
  immutable strict parallel safe
  return jsonb_array_length(jsonb_path_query_array(document, 'strict $.**{1 to last}.type()'));

create function is_large_routine(document jsonb)
  returns boolean
  language sql
  immutable strict parallel safe
  return octet_length(document::text) > 32768
      or count_values(document) > 1000
      or jsonb_path_exists(document, 'strict $.**{11}');

-- The trigger's arguments: the constraint's name, and the column.
create function refuse_large_document()
  returns trigger
  language plpgsql
as $$
begin
  raise exception using
    errcode = 'check_violation',
    message = format('%s is too large', tg_argv[1]),
    table = tg_table_name,
    column = tg_argv[1],
    constraint = tg_argv[0];
end;
$$;

comment on function merge_patch(jsonb, jsonb) is 'RFC 7396 JSON merge patch of target with patch.';
comment on function count_values(jsonb) is 'Number of values in a document: members of objects and items of lists, at any level.';
comment on function is_large_routine(jsonb) is 'Whether routines have more than 1,000 values, 10 levels or 32 KiB.';
comment on function refuse_large_document() is 'Trigger function: refuses a row as a check with the name of its first argument would.';

create trigger child_profiles_routines_limit_insert
  after insert on child_profiles
  for each row
  when (is_large_routine(new.routines))
  execute function refuse_large_document('child_profiles_routines_limit', 'routines');

create trigger child_profiles_routines_limit_update
  after update on child_profiles
  for each row
  when (
    new.routines is distinct from old.routines
    and is_large_routine(new.routines)
    and (
      not is_large_routine(old.routines)
      or octet_length(new.routines::text) > octet_length(old.routines::text)
      or count_values(new.routines) > count_values(old.routines)
    )
  )
  execute function refuse_large_document('child_profiles_routines_limit', 'routines');

create trigger parent_profiles_onboarding_data_limit_insert
  after insert on parent_profiles
  for each row
  when (octet_length(new.onboarding_data::text) > 131072)
  execute function refuse_large_document('parent_profiles_onboarding_data_limit', 'onboarding_data');

create trigger parent_profiles_onboarding_data_limit_update
  after update on parent_profiles
  for each row
  when (
    new.onboarding_data is distinct from old.onboarding_data
    and octet_length(new.onboarding_data::text) > 131072
    and octet_length(new.onboarding_data::text) > octet_length(old.onboarding_data::text)
  )
  execute function refuse_large_document('parent_profiles_onboarding_data_limit', 'onboarding_data');
