-- Limits of attempts, counted for all workers; the migration that makes rate_limits says how they are designed.
-- Each is a leaky bucket: an attempt moves the moment at which it has drained by its cost, in seconds, and may not move it
-- further away than its capacity, in seconds too.

-- name: fill_limits :value
-- Fills all of these limits, or none if one of them is full. Returns null if the attempt may go on, else the seconds to wait.
-- Rows are written in order of their subjects, so that no two attempts deadlock. Of attempts at the same moment one that
-- finds a limit full only afterwards is refused too.
-- alone: an attempt counts whatever becomes of it, and a password is hashed after it.
-- plan: the sort and the filter are of the few limits of one attempt.
-- equivalent: join: «join» rate_limits as rate -> left join, because the condition names rate.
-- equivalent: join: «join» attempt -> left join, because the condition names attempt.
-- equivalent: union: union «all» -> nothing, because the greatest is the same.
with attempt as (
  select subject, cost * interval '1 second' as cost, capacity * interval '1 second' as capacity
    from unnest(:subject::text[], :cost::integer[], :capacity::integer[]) as attempt (subject, cost, capacity)
   where subject is not null
     and cost is not null
),
full_until as (
  select max(rate.drained_at + attempt.cost - attempt.capacity) as moment
    from attempt
    join rate_limits as rate
      on rate.subject = attempt.subject
   where rate.drained_at + attempt.cost - attempt.capacity > now()
),
filled as (
  insert into rate_limits as rate (subject, drained_at)
  select subject, now() + cost
    from attempt
   where (select moment from full_until) is null
   order by subject
      on conflict on constraint rate_limits_pkey do update
     set drained_at = greatest(rate.drained_at, now()) + (excluded.drained_at - now())
  returning rate.subject, rate.drained_at
)
select ceil(extract(epoch from max(waits.moment) - now()))::integer as seconds
  from (
         select moment
           from full_until
          union all
         select filled.drained_at - attempt.capacity
           from filled
           join attempt
             on attempt.subject = filled.subject
          where filled.drained_at - attempt.capacity > now()
       ) as waits (moment);

-- name: take_out :exec
-- Empties the first of these limits, which is of one account alone, and takes what it held out of the others: as many attempts,
-- as they cost now.
-- alone: it's of no request's answer.
-- plan: the sort and the filter are of the few limits of one attempt.
with attempt as (
  select subject, cost, position
    from unnest(:subject::text[], :cost::integer[]) with ordinality as attempt (subject, cost, position)
   where cost is not null
),
locked as (
  select rate.subject, attempt.cost, attempt.position, greatest(rate.drained_at - now(), interval '0') as level
    from attempt
    join rate_limits as rate
      on rate.subject = attempt.subject
   order by rate.subject
     for update of rate
)
update rate_limits as rate
   set drained_at = rate.drained_at - account.level / account.cost * locked.cost
  from locked
  join locked as account
    on account.position = 1
 where rate.subject = locked.subject;

-- name: count_failure :value
-- Counts a failed login of a device that isn't known; returns whether that many fail in the whole service that it's an attack. Each
-- counts 18 seconds, as 200 an hour are none, and it's an attack while there's more than an hour of them. Two hours are the most it
-- remembers, so that an attack is over an hour after its end. What fails at an account, as of a known device too, is an event of it,
-- once an hour and network, and five times an hour at most.
-- alone: a failure counts, and nothing is answered.
-- owner: none, because failures of all are counted together.
-- plan: the filter is on the events of an account within an hour.
-- lock: a few events more do no harm.
-- equivalent: aggregate: select coalesce(«bool_or»(drained_at > now() + interval '1 hour'), false) as is_attack -> bool_and, because there is
--   one row at most.
with alike as (
  select count(*) as number,
         count(*) filter (where network is not distinct from :network) as number_of_network
    from audit_events
   where user_id = :user_id
     and happened_at > now() - interval '1 hour'
     and event = :event
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select account.id, 'system', :event, :network
    from users as account
    join alike
      on alike.number < 5
     and alike.number_of_network = 0
   where account.id = :user_id
),
counted as (
  insert into rate_limits as rate (subject, drained_at)
  select 'failures', now() + interval '18 seconds'
   where :is_unknown_device::boolean
      on conflict on constraint rate_limits_pkey do update
     set drained_at = least(greatest(rate.drained_at, now()) + interval '18 seconds', now() + interval '2 hours')
  returning rate.drained_at
)
select coalesce(bool_or(drained_at > now() + interval '1 hour'), false) as is_attack
  from counted;
