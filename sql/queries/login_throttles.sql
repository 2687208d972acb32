-- Failed logins, counted by account and by address, which slow down guessing across all workers.
-- An account's subject is a hash of the folded username, so all spellings have one subject of a fixed length, and the
-- table holds no usernames, nor passwords typed into the wrong field.

-- name: count_login_attempt :value
-- Counts an attempt for both subjects before the password is checked, so that of many concurrent guesses only the first
-- are checked. Returns null if this one may be checked, else the seconds to wait; a blocked attempt isn't counted.
-- From the fifth on, an attempt blocks the next for 1, 2, 4, … seconds, at most 15 minutes; half an hour after the last
-- one the count starts anew. Subjects are locked in order, so that no two attempts deadlock.
-- plan: the filter is on the rows of two subjects.
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
-- Takes back an attempt that was no wrong guess, for both subjects; after the right password the account's count is 0.
-- From the fifth attempt on, no other is checked meanwhile, so the block that this ends is the attempt's own.
-- plan: the sort is of two rows.
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
-- Removes counts that have expired, a few at a time.
delete from login_throttles
 where subject in (
         select subject
           from login_throttles
          where updated_at < now() - interval '1 hour'
          order by updated_at
          limit 100
            for update skip locked
       );
