-- A change of a child is made for less: a quarter of what PostgreSQL spent on it went into a check that ran as a query of its own.
--
-- Locks: none. The release before goes on working.
-- Rollback loses nothing.

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
