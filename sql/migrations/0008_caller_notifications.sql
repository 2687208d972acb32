-- Workers of the service remember for some seconds whose session a token names. They listen on the channel
-- caller_changed and forget a user as soon as a session of theirs ends or their profile comes, goes or changes language:
-- whoever changes the rows, psql included.
--
-- Locks: share row exclusive on sessions and parent_profiles while the triggers are made; takes milliseconds.
-- Rollback loses nothing; what ended would then be remembered for as long as the service remembers.

create function notify_caller_changed()
  returns trigger
  language plpgsql
as $$
begin
  perform pg_notify('caller_changed', coalesce(old.user_id, new.user_id)::text);
  return null;
end;
$$;

comment on function notify_caller_changed() is 'Trigger function: tells the channel caller_changed the id of the user whose row changed.';

create trigger sessions_notify_caller_changed
  after delete or update of expires_at, token_digest, user_id on sessions
  for each row execute function notify_caller_changed();

create trigger parent_profiles_notify_caller_changed
  after insert or delete or update of preferred_language, user_id on parent_profiles
  for each row execute function notify_caller_changed();
