-- Takes back 0054_cheaper_writes. Loses nothing.

create or replace function keep_family_size()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
as $$
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
$$;

create or replace function is_text_list(list text[], max_items integer, max_length integer)
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
