-- A family has 50 children and 1,000 goals at most. Nothing bounded them, and a family of 200,000 goals took minutes to make and
-- seconds to read. A family that has more already keeps them: it can read, change and remove them, and add none.
--
-- The trigger looks once a statement, at the families that it added to. It first locks their profiles, in the order of their keys,
-- so that of two inserts at once the second counts what the first added; inserts of different families don't meet. Counting reads
-- the primary key's index, of one family only and no further than its limit. For each goal of a merged insert of 64 PostgreSQL took
-- 11.0 microseconds of CPU without it and takes 13.9, for one alone 150 and 195.
-- A column with the number would be rewritten, with its profile, by every insert and delete.
-- Who brings larger families in, as from another system, does so as the owner with the trigger disabled in the same transaction.
--
-- Locks: share row exclusive on child_profiles and parenting_goals for milliseconds, while the triggers are made.
-- Rollback loses nothing.

-- Each table has a function of its own, so that its statements are planned once.
create function limit_child_profiles()
  returns trigger
  language plpgsql
as $$
declare
  families bigint[] := array(
    select id
      from parent_profiles
     where id in (select parent_profile_id from added)
     order by id
       for no key update
  );
begin
  if exists (
    select
      from unnest(families) as family (id)
     where exists (
             select
               from child_profiles as child
              where child.parent_profile_id = family.id
             offset 50
           )
  ) then
    raise exception using
      errcode = 'check_violation',
      message = 'a family has 50 children at most',
      table = tg_table_name,
      constraint = 'child_profiles_limit';
  end if;
  return null;
end;
$$;

create function limit_parenting_goals()
  returns trigger
  language plpgsql
as $$
declare
  families bigint[] := array(
    select id
      from parent_profiles
     where id in (select parent_profile_id from added)
     order by id
       for no key update
  );
begin
  if exists (
    select
      from unnest(families) as family (id)
     where exists (
             select
               from parenting_goals as goal
              where goal.parent_profile_id = family.id
             offset 1000
           )
  ) then
    raise exception using
      errcode = 'check_violation',
      message = 'a family has 1000 goals at most',
      table = tg_table_name,
      constraint = 'parenting_goals_limit';
  end if;
  return null;
end;
$$;

comment on function limit_child_profiles() is 'Trigger function: refuses children beyond 50 in a family.';
comment on function limit_parenting_goals() is 'Trigger function: refuses goals beyond 1,000 in a family.';

create trigger child_profiles_limit
  after insert on child_profiles
  referencing new table as added
  for each statement
  execute function limit_child_profiles();

create trigger parenting_goals_limit
  after insert on parenting_goals
  referencing new table as added
  for each statement
  execute function limit_parenting_goals();
