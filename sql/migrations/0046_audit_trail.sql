-- Makes audit_events what a parent can read of their account: events say from which network, and only a function removes them, so that
-- the service may add and read events and nothing else.
--
-- A network is as wide as a provider's smallest block, 256 addresses of IPv4 and a /48 of IPv6: a parent knows their own by it,
-- and nobody is found by it. The check is validated by the next migration.
--
-- Whoever is logged in could have events written as fast as they click, so of each kind an account gets 20 an hour and network, and 100 an
-- hour: more of the same tell nobody anything, and would fill the disk. A program that logs in again and again hides no login from elsewhere.
-- Those of staff are all written.
--
-- Locks: access exclusive on audit_events for milliseconds.
-- Rollback loses the networks.

alter table audit_events
  add column network text,
  add constraint audit_events_network_check check (length(network) between 1 and 50) not valid;

-- As its owner, because the release before may not read all that it reads before sql/roles.sql is run.
create function skip_repeated_event()
  returns trigger
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if (
    select count(*) >= 100 or count(*) filter (where network is not distinct from new.network) >= 20
      from public.audit_events
     where user_id = new.user_id
       and happened_at > now() - interval '1 hour'
       and event = new.event
       and actor_kind <> 'staff'
  ) then
    return null;
  end if;
  return new;
end;
$$;

create trigger audit_events_skip_repeated
  before insert on audit_events
  for each row
  when (new.actor_kind <> 'staff')
  execute function skip_repeated_event();

-- The service has no right to delete: it calls this, which is its owner's. Events that are locked are passed over, as two may clean.
create function remove_year_old_events()
  returns integer
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  with removed as (
    delete from public.audit_events
     where id in (
             select id
               from public.audit_events
              where happened_at < now() - interval '1 year'
              order by happened_at
              limit 200
                for update skip locked
           )
    returning id
  )
  select count(id)::integer
    from removed;
$$;

-- sql/roles.sql lets the service.
revoke all on function remove_year_old_events() from public;

comment on function skip_repeated_event() is 'Trigger function: leaves out an event that an account has had 20 times within the hour from that network, or 100 times.';
comment on function remove_year_old_events() is
  'Removes up to 200 events that are a year old, and returns how many; the service may remove none otherwise.';
comment on type audit_actor is 'Who acts: support staff, whoever uses the account, or the service, as when it refuses somebody.';
comment on column audit_events.actor_kind is
  '[operational] Who acted: staff, whoever uses the account, or the service itself, as when it refuses somebody.';
comment on column audit_events.event is '[personal] What was done, such as logged_in; api/auth/security_events.py lists them.';
comment on column audit_events.details is '[personal] What else is known, in a few codes and numbers, such as the means of a login; no names, texts or secrets.';
comment on column audit_events.network is '[personal] From which network, of a client whose address is known: 256 addresses of IPv4, a /48 of IPv6.';
