-- A client can make routines too large, by merging or by numbers with large exponents. PostgreSQL's error for that quoted the whole
-- row, in its log too. So the size is looked at before the constraint is, and the refusal has its name, but no row in it.
--
-- Locks: share row exclusive on child_profiles while the trigger is made; takes milliseconds.
-- Rollback loses nothing.
create function refuse_row()
  returns trigger
  language plpgsql
as $$
begin
  raise exception using
    errcode = 'check_violation',
    message = format('a row of %I breaks %I', tg_table_name, tg_argv[0]),
    schema = tg_table_schema,
    table = tg_table_name,
    constraint = tg_argv[0];
end;
$$;

comment on function refuse_row() is 'Trigger function: refuses the row as breaking the constraint that its argument names, without quoting the row.';

-- The limit is that of the constraint.
create trigger child_profiles_refuse_large_routines
  before insert or update of routines on child_profiles
  for each row
  when (octet_length(new.routines::text) > 131072)
  execute function refuse_row('child_profiles_routines_check');
