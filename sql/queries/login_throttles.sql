-- Failed logins, counted by account and by address: guessing gets slower and slower, on whichever worker.

-- name: count_login_attempt :value
-- Counts an attempt for both subjects before the password is looked at: of many guesses at once only the first are
-- looked at. Gives 0 if this one may be, else the seconds until the next one may; what is held back isn't counted.
-- From the fifth on an attempt blocks the next for 1, 2, 4, … seconds, at most 15 minutes; half an hour after the last
-- one all is forgotten. The subjects are taken in order, so that no two attempts wait for each other.
with held_back as (
  select max(blocked_until) as until
    from login_throttles
   where subject in (:account, :address)
     and blocked_until > clock_timestamp()
),
counted as (
  insert into login_throttles as throttle (subject, failures, blocked_until)
  select subject, 1, now()
    from unnest(array[:account, :address]) as subject
   where (select until is null from held_back)
   order by subject
      on conflict on constraint login_throttles_pkey do update
     set (failures, blocked_until) = (
           select next.failures,
                  case
                    when throttle.blocked_until > clock_timestamp() then throttle.blocked_until
                    when next.failures < 5 then now()
                    else clock_timestamp()
                         + least(interval '15 minutes', interval '1 second' * 2 ^ least(next.failures - 5, 20))
                  end
             from (
                    select case
                             when throttle.blocked_until > clock_timestamp() then throttle.failures
                             when throttle.updated_at < now() - interval '30 minutes' then 1
                             else throttle.failures + 1
                           end as failures
                  ) as next
         )
  returning old.blocked_until as blocked_until
)
select ceil(extract(epoch from max(blocked_until) - clock_timestamp()))::integer as seconds
  from (
         select until as blocked_until
           from held_back
          union all
         select blocked_until
           from counted
       ) as blocks
 where blocked_until > clock_timestamp();

-- name: forgive_login_attempt :exec
-- After a login that succeeded: the account's count is gone, the address gets this attempt back.
with address as (
  update login_throttles
     set failures = greatest(failures - 1, 0),
         blocked_until = case when failures <= 5 then now() else blocked_until end
   where subject = :address
)
delete from login_throttles
 where subject = :account;

-- name: remove_stale_throttles :exec
-- Forgets counts that no longer count, a few at a time.
delete from login_throttles
 where subject in (
         select subject
           from login_throttles
          where updated_at < now() - interval '1 hour'
          order by updated_at
          limit 100
            for update skip locked
       );
