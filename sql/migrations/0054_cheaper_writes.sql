-- Rows are added for less: a third of what PostgreSQL spent on a goal went into its family's number, and a quarter of what it spent
-- on a change of a child into a check that ran as a query of its own.
--
-- Numbers of all families that a statement adds rows to are changed by one update in place of one for each, in the same order; the
-- loop has only families that lack a number, are over their limit, or don't agree to what is health-related.
--
-- Locks: none. The release before goes on working.
-- Rollback loses nothing.

create or replace function keep_family_size()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
  -- Only a nested loop is left, which locks families in the order of their keys.
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_seqscan = off
as $$
declare
  direction constant integer := case tg_op when 'DELETE' then -1 else 1 end;
  family record;
begin
  for family in
    with change as (
      select parent_profile_id as id, direction * count(*)::integer as number
        from changed
       group by parent_profile_id
       order by parent_profile_id
    ),
    kept as (
      update family_sizes as size
         set number = size.number + change.number
        from change
       where size.parent_profile_id = change.id
         and size.of_table = tg_table_name::text
      returning size.parent_profile_id as id, size.number, size.refuses_health_data as refused
    )
    select id, null::integer as change, number as known, refused
      from kept
     where refused
        or number > tg_argv[0]::integer
    union all
    select id, number, null, null
      from change
     where id not in (select id from kept)
     order by id
  loop
    -- Deletes make a number too: else one that another transaction makes at the same time would keep what they remove. Where it
    -- was first, its number is changed. A family that is being removed gets none.
    if family.known is null then
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
        into family.known, family.refused
       using family.id, tg_table_name::text, family.change;
    end if;
    if family.refused and direction = 1 and tg_nargs > 1 then
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
    if direction = 1 and family.known > tg_argv[0]::integer then
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
  language plpgsql
  immutable strict
  parallel safe
as $$
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
