-- Accounts that may not log in. Whoever sets banned_at, psql included, ends the account's sessions too, in the same transaction:
-- a login takes a share lock on the account, so it comes before and its session ends, or it waits and finds the account banned.
-- So no session of a banned account is ever there, and looking one up needs no look at the account.
--
-- Locks: access exclusive on users for milliseconds; nothing is rewritten. The check is validated by the next migration.
-- Rollback loses who is banned: all may log in again.

create type ban_reason as enum ('abuse', 'fraud', 'legal', 'taken_over', 'other');

alter table users
  add column banned_at timestamptz,
  add column ban_reason ban_reason,
  add constraint users_banned_at_check check ((banned_at is null) = (ban_reason is null)) not valid;

-- Each statement of it sees what others have committed while the ban waited for the account's lock.
create function end_sessions_of_banned()
  returns trigger
  language plpgsql
as $$
begin
  delete from public.sessions
   where user_id = new.id;
  return null;
end;
$$;

create trigger users_end_sessions
  after update of banned_at on users
  for each row
  when (new.banned_at is not null)
  execute function end_sessions_of_banned();

comment on function end_sessions_of_banned() is 'Trigger function: ends all sessions of an account that is banned.';
comment on type ban_reason is 'Why an account is banned; taken_over: somebody else has it.';
comment on column users.banned_at is '[personal] Since when the account may not log in; null if it may.';
comment on column users.ban_reason is '[personal] Why it may not.';
