-- Whose an e-mail address is: it's confirmed by the link in a mail, and a new one takes the old one's place only then.

-- name: get_email_status :one
-- The caller's address, whether it's confirmed, and the one that is to take its place, if there is one.
-- plan: the filter is on the one row of an account.
select account.email,
       account.email_confirmed_at is not null as is_confirmed,
       nullif(confirmation.email, account.email) as pending_email
  from users as account
  left join email_confirmations as confirmation
    on confirmation.user_id = account.id
   and confirmation.expires_at > now()
 where account.id = :user_id;

-- name: begin_email_change :maybe
-- Notes the address that the caller's account is to have, for three days, in place of any before, whose link ends. Gives no row if
-- the account's hash isn't the one any more that the password was checked against.
-- plan: the filter is on the one row of an account.
with account as (
  select id
    from users
   where id = :user_id
     and password = :password
     for update
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select id, 'user', 'email_change_asked', :network
    from account
)
insert into email_confirmations as confirmation (user_id, email, expires_at)
select id, :email, now() + interval '3 days'
  from account
    on conflict on constraint email_confirmations_pkey do update
   set email = excluded.email,
       token_digest = null,
       expires_at = excluded.expires_at
returning user_id;

-- name: cancel_email_change :maybe
-- Forgets the address that was to take the place of the caller's own, if there is one.
-- plan: the filter is on the one row of an account.
with cancelled as (
  delete from email_confirmations
   where user_id = :user_id
     and email <> :email
  returning user_id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'user', 'email_change_cancelled', :network
    from cancelled
)
select user_id
  from cancelled;

-- name: issue_confirmation :maybe
-- Makes a link to confirm an address, for three days, if the account has this one to confirm; the link before ends. The account is
-- locked first, and a change that has just been taken back, as by a new password, isn't begun again.
-- plan: the filters are on the one row of an account.
-- single: what begins has no confirmation that could be renewed.
-- equivalent: union: union «all» -> nothing, because there is one row at most.
with account as (
  select id, email, email_confirmed_at is not null as is_confirmed
    from users
   where id = :user_id
     for no key update
),
renewed as (
  update email_confirmations as confirmation
     set token_digest = :token_digest,
         expires_at = now() + interval '3 days'
    from account
   where confirmation.user_id = account.id
     and confirmation.email = :email
     and (confirmation.email <> account.email or not account.is_confirmed)
  returning confirmation.email <> account.email as is_change
),
begun as (
  insert into email_confirmations (user_id, email, token_digest, expires_at)
  select id, email, :token_digest, now() + interval '3 days'
    from account
   where email = :email
     and not is_confirmed
      on conflict on constraint email_confirmations_pkey do nothing
  returning false as is_change
)
select is_change
  from renewed
 union all
select is_change
  from begun;

-- name: find_email_owner :maybe
-- The account that has confirmed an address.
-- owner: none, because only who reads the mails of the address is told.
select id, username
  from users
 where email_key(email) = email_key(:email)
   and email_confirmed_at is not null;

-- name: get_email_notice :maybe
-- Whom a word to an address of an account is for, and whether the account has confirmed that address.
select username,
       email = :email and email_confirmed_at is not null as is_confirmed
  from users
 where id = :user_id;

-- name: confirm_email :maybe
-- Confirms the address of a link, and makes it the account's own. The account is locked first, so that of two links at once one
-- finds the other's work done.
-- owner: none, because the token says whose it is.
-- plan: the filters are on the one row of a token.
with account as (
  select id, email
    from users
   where id = (
           select user_id
             from email_confirmations
            where token_digest = :token_digest
         )
     for update
),
used as (
  delete from email_confirmations as confirmation
   using account
   where confirmation.user_id = account.id
     and confirmation.token_digest = :token_digest
     and confirmation.expires_at > now()
  returning confirmation.user_id, confirmation.email, confirmation.email <> account.email as is_change
),
confirmed as (
  update users as account
     set email = used.email,
         email_confirmed_at = now()
    from used
   where account.id = used.user_id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'user', case when is_change then 'email_changed' else 'email_confirmed' end, :network
    from used
)
select user_id, is_change
  from used;
