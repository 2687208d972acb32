-- Failed logins, counted by account and by address: guessing gets slower and slower, on whichever worker.
-- An account's subject is a hash: of one length, and no name (or password in the wrong field) of a stranger in the table.
-- It's folded here, as two spellings that mean one account have to mean one subject.

-- name: count_login_attempt :value
-- Counts an attempt for both subjects before the password is looked at: of many guesses at once only the first are
-- looked at. Gives nothing if this one may be, else the seconds until the next one may; what is held back isn't counted.
-- From the fifth on an attempt blocks the next for 1, 2, 4, … seconds, at most 15 minutes; half an hour after the last
-- one all is forgotten. The subjects are taken in order, so that no two attempts wait for each other.
-- plan: there are two subjects, whose rows are looked at when they are found.
with subjects as (
  select 'account:' || encode(sha256(convert_to(fold(:username), 'UTF8')), 'hex') as subject
   union all
  select 'address:' || :address::text
),
held_back as (
  select max(throttle.blocked_until) as until
    from subjects
    join login_throttles as throttle
      on throttle.subject = subjects.subject
   where throttle.blocked_until > now()
),
counted as (
  insert into login_throttles as throttle (subject, failures, blocked_until)
  select subject, 1, '-infinity'
    from subjects
   where (select until is null from held_back)
   order by subject
      on conflict on constraint login_throttles_pkey do update
     set (failures, blocked_until) = (
           select next.failures,
                  case
                    when throttle.blocked_until > now() then throttle.blocked_until
                    when next.failures < 5 then '-infinity'
                    else now() + least(interval '15 minutes', interval '1 second' * 2 ^ least(next.failures - 5, 20))
                  end
             from (
                    select case
                             when throttle.blocked_until > now() then throttle.failures
                             when throttle.updated_at < now() - interval '30 minutes' then 1
                             else throttle.failures + 1
                           end as failures
                  ) as next
         )
  returning old.blocked_until as blocked_until
)
select ceil(extract(epoch from max(blocked_until) - now()))::integer as seconds
  from (
         select until as blocked_until
           from held_back
          union all
         select blocked_until
           from counted
       ) as blocks
 where blocked_until > now();

-- name: take_back_login_attempt :exec
-- After an attempt that was no wrong guess both subjects get it back; the right password forgives the account the
-- others too. From the fifth on no other was looked at meanwhile, so the block that ends here is its own.
-- plan: there are two rows to lock in order.
update login_throttles
   set failures = case
         when :forgive and subject like 'account:%' then 0
         else greatest(failures - 1, 0)
       end,
       blocked_until = '-infinity'
 where subject in (
         select throttle.subject
           from login_throttles as throttle
          where throttle.subject in (
                  'account:' || encode(sha256(convert_to(fold(:username), 'UTF8')), 'hex'),
                  'address:' || :address::text
                )
          order by throttle.subject
            for update
       );

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
