-- Sessions that roll: one that is used in the second half of its life begins it again, so parents stay logged in as long as they
-- come back. Its length is expires_at less renewed_at, or less created_at before it was first renewed, so sessions of before have
-- theirs too, and the release before, which renews none, goes on with the table as it is.
--
-- And a limit: an account has 50 sessions at most. Nothing bounded them, and each costs something at every change of the password.
-- The trigger ends what is over that, expired ones first and then those that were longest neither begun nor renewed. It is an
-- after trigger, so its statement sees what other logins have committed; one login of an account comes after another, as
-- add_session locks the account.
--
-- Locks: access exclusive on sessions for milliseconds; nothing is rewritten.
-- Rollback loses how long renewed sessions are: they end when they would, and none is renewed.

alter table sessions
  add column renewed_at timestamptz;

create function limit_sessions()
  returns trigger
  language plpgsql
as $$
begin
  delete from public.sessions as session
   using (
           select user_id, id,
                  row_number() over (
                    partition by user_id
                    order by expires_at > now() desc, coalesce(renewed_at, created_at) desc, id desc
                  ) as place
             from public.sessions
            where user_id in (select user_id from added)
         ) as placed
   where placed.place > 50
     and session.user_id = placed.user_id
     and session.id = placed.id;
  return null;
end;
$$;

create trigger sessions_limit
  after insert on sessions
  referencing new table as added
  for each statement
  execute function limit_sessions();

comment on function limit_sessions() is 'Trigger function: ends what an account has over 50 sessions, those first that are longest unused.';
comment on column sessions.renewed_at is '[operational] When its life began again, as it was used in the second half of it; null if it never was.';
