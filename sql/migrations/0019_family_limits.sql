-- A family has 50 children and 1,000 goals at most. Nothing bounded them, and a family of 200,000 goals took minutes to make and
-- seconds to read. A family that has more already keeps them: it can read, change and remove them, and add none.
--
-- How many there are stands in family_sizes, as counting them for each insert costs more the more a family has. A trigger looks once
-- a statement at the families whose rows it added or removed, in the order of their keys. The number's row stays locked until the
-- transaction ends, so that of two inserts at once the second knows of the first; different families don't meet.
-- For each goal of a merged insert of 64 PostgreSQL takes 18 to 20 microseconds of CPU, whatever the family's size; counting took 16
-- where there were 10 goals, and 50 where there were 900. An insert alone takes 125, as counting did for small families; a delete
-- takes 40, and took 16 without a trigger.
-- A family has no number before its first insert or delete, which counts: nothing is filled in here.
--
-- Who brings larger families in, as from another system, does so as the owner with the triggers disabled. A number that was there
-- before is wrong then, as after a truncate or where rows are given to another family: delete it, and it is counted anew.
--
-- Locks: share row exclusive on child_profiles and parenting_goals for milliseconds, while the triggers are made, and on
-- parent_profiles for the foreign key.
-- Rollback loses nothing.

create table family_sizes (
  parent_profile_id bigint not null,
  -- The collation of PostgreSQL's own names, so that the key's index serves them.
  of_table text collate "C" not null,
  number integer not null,
  constraint family_sizes_pkey primary key (parent_profile_id, of_table),
  constraint family_sizes_parent_profile_id_fkey foreign key (parent_profile_id)
    references parent_profiles (id) on delete cascade,
  constraint family_sizes_of_table_check check (length(of_table) <= 63)
)
-- Each page has room for new versions of its rows, so that no index is written.
with (fillfactor = 50);

-- The service may not write numbers itself, so this has the rights of its owner. Its argument is the limit.
create function keep_family_size()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
as $$
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
$$;

create trigger child_profiles_limit
  after insert on child_profiles
  referencing new table as changed
  for each statement
  execute function keep_family_size('50');

create trigger child_profiles_size
  after delete on child_profiles
  referencing old table as changed
  for each statement
  execute function keep_family_size();

create trigger parenting_goals_limit
  after insert on parenting_goals
  referencing new table as changed
  for each statement
  execute function keep_family_size('1000');

create trigger parenting_goals_size
  after delete on parenting_goals
  referencing old table as changed
  for each statement
  execute function keep_family_size();

comment on function keep_family_size() is 'Trigger function: keeps family_sizes, and refuses rows beyond the number that is its argument.';
comment on table family_sizes is 'How many rows a family has in a table with a limit, kept by its triggers.';
comment on column family_sizes.parent_profile_id is '[operational] The family.';
comment on column family_sizes.of_table is '[operational] Name of the table.';
comment on column family_sizes.number is '[personal] How many rows the family has there.';
