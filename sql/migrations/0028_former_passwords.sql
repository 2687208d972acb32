-- Keeps the way back to the system before open. `just adopt` makes a row for each account that it brings; when a login replaces the
-- account's scrypt hash by Argon2id, the former one is kept here. `just adopt --finish` removes all rows, and from then on nothing
-- is kept.
--
-- A password that is changed after that has no hash the system before could read, and the former one would open the account with
-- a password that its owner gave up: so the row goes. An account whose owner changed its password stays closed after a way
-- back until it is reset there.
--
-- Locks: a new table; its foreign key takes a share row exclusive lock on users for milliseconds, as does the trigger.
-- Rollback loses the former hashes, and with them the way back of those who logged in.

create table former_passwords (
  user_id bigint not null,
  old_password text,
  constraint former_passwords_pkey primary key (user_id),
  constraint former_passwords_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint former_passwords_old_password_check check (
    length(old_password) <= 255 and old_password ~ '^[0-9a-f]{128}\.[0-9a-f]{32}$'
  )
);

-- The service may write a hash here, and neither read nor remove one: so this has the rights of its owner.
create function forget_former_password()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
as $$
begin
  delete from former_passwords where user_id = new.id;
  return null;
end;
$$;

create trigger users_forget_former_password
  after update of password on users
  for each row
  -- What replaces a hash of the system before is that password's own Argon2id hash, or the row has no hash yet.
  when (old.password like '$argon2id$%' and new.password <> old.password)
  execute function forget_former_password();

comment on function forget_former_password() is 'Trigger function: removes the hash that the system before knew, as its password has changed.';
comment on table former_passwords is 'Accounts of the system before: the hash to go back with, once a login has replaced it.';
comment on column former_passwords.user_id is '[operational] The account.';
comment on column former_passwords.old_password is '[secret] Its scrypt hash, null until it is replaced in users; nobody but the owner of the table reads it.';
