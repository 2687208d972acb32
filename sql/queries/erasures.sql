-- Erasing accounts: what the service runs for their owners, and `just user erase` for support.

-- name: lock_for_erasure :maybe
-- Locks the caller's account, if the session is still there, the account has the hash that the password was checked against, and its
-- second factor was checked if it has one by now; and whether it has none of the :versions, if there are any. Logins, and whatever
-- else adds rows to the account, wait for the end of it.
-- plan: the filters are on the one row of an account.
select account.id, account.updated_at,
       not coalesce(account.updated_at = any(:versions::text::timestamptz[]), true) as is_refused
  from users as account
  join sessions as session
    on session.user_id = account.id
   and session.id = :session_id
 where account.id = :user_id
   and account.password = :password
   and (:second_factor::boolean or account.second_factor_at is null)
   for update of account;

-- name: erase_account :maybe
-- Removes an account, and by foreign keys everything that refers to it; its limits of attempts; and mails to its address that are of
-- no known account, as those with links for new passwords, unless another account has that address. Files of its pictures have lost
-- their account then, and the service removes them, in two minutes where one may still be written. If the address is
-- confirmed, a last mail goes there, which belongs to nobody.
-- owner: any, because a mail to the account's address may be of nobody.
-- plan: the index finds the limits of an account, of which an attack may make millions, as what is behind a name comes before z
-- in any collation; the filters are of one account and one address.
-- lock: of the profile only the language of a mail is read.
-- equivalent: constant: where subject between own.name and concat(own.name, «'z'») -> 'account_erased', because that comes behind
--   : and @ too.
-- equivalent: condition: and fold(mails.recipient) = fold(account.email) -> nothing, because it's what the index can find.
with account as (
  select id, email, email_confirmed_at is not null as is_confirmed,
         encode(sha256(convert_to(username_key(username), 'UTF8')), 'hex') as username_digest
    from users
   where id = :user_id
     for update
),
limits as (
  delete from rate_limits
   using account
   cross join unnest(
           array[
             concat('account:', account.username_digest), concat('code:', account.id),
             concat('consents:', account.id), concat('device:', account.id), concat('email-links:', account.id),
             concat('exports:', account.id), concat('old-password:', account.id)
           ]
         ) as own (name)
   where subject between own.name and concat(own.name, 'z')
     and left(subject, length(own.name) + 1) in (own.name, concat(own.name, ':'), concat(own.name, '@'))
),
dropped as (
  delete from mails
   using account
   where mails.user_id is null
     and mails.kind <> 'account_erased'
     and fold(mails.recipient) = fold(account.email)
     and email_key(mails.recipient) = email_key(account.email)
     and not exists (
           select
             from users as other
            where email_key(other.email) = email_key(account.email)
              and other.id <> account.id
         )
),
unfinished as (
  update pictures
     set removable_at = least(removable_at, now() + interval '2 minutes')
    from account
   where pictures.user_id = account.id
     and removable_at is not null
),
told as (
  insert into mails (kind, recipient, language)
  select 'account_erased', concat(account.email),
         coalesce(
           :language::text,
           case when profile.preferred_language like 'en%' then 'en' else 'nl' end
         )::mail_language
    from account
    left join parent_profiles as profile
      on profile.user_id = account.id
   where account.is_confirmed
)
delete from users
 using account
 where users.id = account.id
returning users.username;
