-- Takes back 0050_versions. When accounts were last changed is lost.

drop trigger users_set_updated_at on users;

alter table users
  drop column updated_at;

create or replace trigger parent_profiles_set_updated_at
  before update on parent_profiles
  for each row
  when (
    (new.last_suggestion_check, new.profile_embedding_digest)
    is not distinct from (old.last_suggestion_check, old.profile_embedding_digest)
  )
  execute function set_updated_at();

create or replace function set_updated_at()
  returns trigger
  language plpgsql
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

comment on function set_updated_at() is 'Trigger function: sets updated_at to the time of the transaction.';
