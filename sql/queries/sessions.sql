-- Sessions, which identify callers. Of a token only the SHA-256 is stored.

-- name: get_caller :maybe :batch
-- The callers with these tokens; an expired session gives none. Without a profile yet
-- parent_profile_id is the negative user_id. A session is due in the second half of its life, and renewed if it was so within a
-- minute.
-- owner: none, because this is how the owner is found out.
-- plan: the filter is on the one session of a token.
select wanted.call,
       session.user_id,
       session.id as session_id,
       coalesce(profile.id, -session.user_id) as parent_profile_id,
       profile.preferred_language,
       extract(epoch from session.expires_at - now())::double precision as seconds_left,
       now() - coalesce(session.renewed_at, session.created_at) > session.expires_at - now() as is_due,
       coalesce(session.renewed_at > now() - interval '1 minute', false) as is_renewed
  from unnest(:token_digest::bytea[]) with ordinality as wanted (token_digest, call)
  join sessions as session
    on session.token_digest = wanted.token_digest
   and session.expires_at > now()
  left join parent_profiles as profile
    on profile.user_id = session.user_id;

-- name: renew_session :maybe :batch
-- Begins the life of each session anew, if it's in the second half of it: how many seconds that is. Of calls at the same time one
-- does it. Sessions are locked in the order of their tokens, so that no two batches deadlock.
-- owner: none, because the token is what the caller has.
-- plan: the filter is on the one session of a token.
-- apart: token_digest
-- equivalent: direction: order by «token_digest» -> token_digest desc, because any order will do that all batches keep to.
update sessions as session
   set renewed_at = now(),
       expires_at = now() + (session.expires_at - coalesce(session.renewed_at, session.created_at))
  from (
         select token_digest, call
           from unnest(:token_digest::bytea[]) with ordinality as given (token_digest, call)
          order by token_digest
       ) as wanted
 where session.token_digest = wanted.token_digest
   and session.expires_at > now()
   and now() - coalesce(session.renewed_at, session.created_at) > session.expires_at - now()
returning wanted.call, extract(epoch from session.expires_at - now())::double precision as seconds_left;

-- name: replace_token :one
-- Gives the caller's session another token, and its whole life again; the former token counts no more.
-- plan: the filter is on one session.
update sessions
   set token_digest = :token_digest,
       renewed_at = now(),
       expires_at = now() + (expires_at - coalesce(renewed_at, created_at))
 where user_id = :user_id
   and id = :session_id
   and expires_at > now()
returning id, expires_at, extract(epoch from expires_at - now())::integer as seconds;

-- name: add_session :maybe
-- Adds a session for so many seconds, if the account isn't banned and still has the hash that the password was checked against,
-- and the means of the login are more than the password if it has a second factor,
-- and makes the device known to it for a year; of more than 50 devices the one that was away longest is forgotten.
-- Because of the lock, a concurrent change of the password, ban or first factor either comes first, or waits and ends this session
-- too, and logins of an account come one after another: a trigger of the table ends what is over 50 sessions.
-- plan: the filters and the sort are of one account and its few devices.
-- equivalent: condition: and device_digest <> :device_digest -> nothing, because PostgreSQL passes over the row, which the statement
--   has changed by then.
with account as (
  select id
    from users
   where id = :user_id
     and password = :password
     and banned_at is null
     and (second_factor_at is null or :means::text in ('code', 'recovery_code', 'passkey'))
     for no key update
),
crowded as (
  delete from devices
   where user_id = :user_id
     and device_digest in (
           select device_digest
             from devices
            where user_id = :user_id
              and device_digest <> :device_digest
            order by expires_at desc
           offset 49
              for update skip locked
         )
),
device as (
  insert into devices (user_id, device_digest, expires_at)
  select id, :device_digest, now() + interval '1 year'
    from account
      on conflict on constraint devices_pkey do update
     set expires_at = excluded.expires_at
),
event as (
  insert into audit_events (user_id, actor_kind, event, network, details)
  select id, 'user', case :means when 'registration' then 'registered' else 'logged_in' end, :network,
         jsonb_build_object('means', :means::text)
    from account
)
insert into sessions (user_id, token_digest, user_agent, expires_at)
select account.id, :token_digest, :user_agent, now() + :seconds::integer * interval '1 second'
  from account
returning id, expires_at;

-- name: list_sessions :many
-- A page of the caller's sessions, by id; :after is the last id of the page before, 0 for the first page.
-- plan: a user has few sessions, and expired ones are soon removed.
select id, created_at, expires_at, user_agent, id = :session_id as current
  from sessions
 where user_id = :user_id
   and id > :after
   and expires_at > now()
 order by id
 limit :count;

-- name: end_session :maybe
-- Ends one session of the caller.
with ended as (
  delete from sessions
   where user_id = :user_id
     and id = :id
  returning user_id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'user', 'session_ended', :network
    from ended
)
select user_id
  from ended;

-- name: end_session_of_token :maybe
-- Ends the session of a token; whoever has the token may end it.
-- alone: again it does nothing, so a logout's answer needn't be kept, which anybody could ask for with made-up tokens.
-- owner: none, because the token is what the caller has.
with ended as (
  delete from sessions
   where token_digest = :token_digest
  returning user_id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'user', :event, :network
    from ended
)
select user_id
  from ended;

-- name: end_other_sessions :exec
-- Ends all sessions of the caller but one, and records it if there were any.
-- plan: all of the user's sessions but one are needed.
with ended as (
  delete from sessions
   where user_id = :user_id
     and id <> :session_id
  returning id
)
insert into audit_events (user_id, actor_kind, event, network, details)
select :user_id, 'user', 'sessions_ended', :network, jsonb_build_object('sessions', count(id))
  from ended
having count(id) > 0;

-- name: forget_other_devices :exec
-- Makes all devices unknown to the caller's account but those that the caller has.
-- plan: all of the account's devices but a few are needed.
delete from devices
 where user_id = :user_id
   and device_digest <> all(:device_digests::bytea[]);

-- name: renew_devices :exec
-- Makes all devices unknown to the caller's account, and then the caller's own known for a year by a new token, if it takes one.
with forgotten as (
  delete from devices
   where user_id = :user_id
)
insert into devices (user_id, device_digest, expires_at)
select :user_id, device_digest, now() + interval '1 year'
  from unnest(:device_digest::bytea[]) as own (device_digest)
 where device_digest is not null;
