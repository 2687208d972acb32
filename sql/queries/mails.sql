-- The queue of mails: see its migration.

-- name: add_mail :exec
-- Queues a mail, in the transaction of what causes it. Of one kind, three may wait for an address; more are left out.
-- owner: none, because others' mails to that address are counted, which nobody is told.
insert into mails (user_id, kind, recipient, language, parameters)
select :user_id, :kind, :recipient, :language, :parameters
 where (
         select count(id)
           from mails
          where fold(recipient) = fold(:recipient)
            and kind = :kind
       ) < 3;

-- name: take_mail :maybe
-- Takes the mail that is due first, of these kinds. It's due again in a minute, and after each attempt in twice that, at most four
-- hours.
-- owner: none, because the service sends for all.
-- plan: hardly any mail that is due is of a kind that is unknown here.
update mails
   set attempts = attempts + 1,
       due_at = now() + interval '1 minute' * least(2 ^ attempts, 240)
 where id = (
         select id
           from mails
          where due_at <= now()
            and kind = any(:kinds::text[])
          order by due_at
          limit 1
            for update skip locked
       )
returning id, user_id, kind, recipient, language, parameters, attempts, created_at;

-- name: return_mail :exec
-- Has a mail that couldn't be tried be due at once, as when it was queued: how long mails are overdue tells that none goes. One that
-- was composed keeps an attempt, so that what composing it counts is counted once.
-- owner: none, because the service sends for all.
-- plan: the filter is on the one row of a mail.
update mails
   set attempts = greatest(attempts - 1, :least_attempts::integer),
       due_at = least(due_at, created_at)
 where id = :id
   and attempts = :attempts;

-- name: remove_mail :exec
-- Removes a mail that was sent, or that can't be.
-- owner: none, because the service sends for all.
delete from mails
 where id = :id;

-- name: get_mail_figures :one
-- How many mails wait, counted up to 10,000, and for how many seconds the first of them has been due.
-- owner: none, because it counts for the service's operators.
-- plan: the index is walked for 10,000 mails at most.
-- limit: they are only counted.
select count(due_at) as waiting,
       greatest(extract(epoch from now() - min(due_at)), 0)::float8 as overdue
  from (
         select due_at
           from mails
          order by due_at
          limit 10000
       ) as waiting;
