-- The moment of a row's last change becomes its version, which clients are given as its ETag and send back as If-Match: each
-- change makes it later, also if the clock goes back and if a transaction changes a row twice.
--
-- A statement that finds a row of another version than the client wants to change sets updated_at to infinity. The trigger
-- leaves such a row as it is, and the statement returns it with the version that it has. So one update decides on the row that it
-- has locked, whatever others commit meanwhile, and rows are locked in the same order with and without such wishes.
--
-- Accounts get a version too, of what is told of them: username, address and picture.
--
-- Locks: access exclusive on users for milliseconds; nothing is rewritten. The release before goes on working.
-- Rollback loses when accounts were last changed.

create or replace function set_updated_at()
  returns trigger
  language plpgsql
as $$
begin
  if new.updated_at = 'infinity' then
    return old;
  end if;
  new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

comment on function set_updated_at() is
  'Trigger function: makes updated_at the time of the transaction or later, and leaves a row as it is whose updated_at is set to infinity.';

alter table users
  add column updated_at timestamptz not null default now();

comment on column users.updated_at is '[operational] When username, e-mail address or picture last changed: the version of the account.';

create trigger users_set_updated_at
  before update of username, email, profile_picture, updated_at on users
  for each row execute function set_updated_at();

-- What the service works out of a profile is no change of it; but a change that removes an outdated embedding, as the trigger before
-- this one does, is one.
create or replace trigger parent_profiles_set_updated_at
  before update on parent_profiles
  for each row
  when (
    new.last_suggestion_check is not distinct from old.last_suggestion_check
    and (
      new.profile_embedding_digest is null
      or new.profile_embedding_digest is not distinct from old.profile_embedding_digest
    )
  )
  execute function set_updated_at();
