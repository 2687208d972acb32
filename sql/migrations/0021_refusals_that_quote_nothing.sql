-- A client can make routines too large for the table's check, by merging or by numbers with large exponents. PostgreSQL's error for
-- that quotes the whole row, in its log too. So the size is looked at before the check is, and the refusal has its name, but no row
-- in it.
--
-- Locks: share row exclusive on child_profiles while the trigger is made; takes milliseconds.
-- Rollback loses nothing.

-- The limit is that of the check.
create trigger child_profiles_refuse_large_routines
  before insert or update of routines on child_profiles
  for each row
  when (octet_length(new.routines::text) > 131072)
  execute function refuse_large_document('child_profiles_routines_check', 'routines');
