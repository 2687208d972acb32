-- Links that set a new password, mailed to the address of an account.

-- name: issue_password_resets :many
-- Makes a link for an hour for each account of an address, ten at most, those that have confirmed it first; of the tokens each takes
-- one. An account that has :most links already gets none, so that nobody fills a mailbox, and a banned one has none.
-- owner: none, because whoever reads the mails of the address may have them.
-- Accounts are locked first, so that one that gets another address at this moment has no link that goes to the one before.
-- plan: accounts of one address are few, and so are their links.
-- order: an account gets one link.
-- equivalent: order by: «order by account.place»; -> nothing, because the links are made in this order.
with locked as (
  select id, username, email_confirmed_at
    from users
   where email_key(email) = email_key(:email)
     and banned_at is null
     and (
           select count(*)
             from password_resets
            where user_id = users.id
              and expires_at > now()
         ) < :most::integer
   order by id
     for share
),
account as (
  select id, username, row_number() over (order by email_confirmed_at is null, id) as place
    from locked
),
link as (
  insert into password_resets (user_id, token_digest, expires_at)
  select account.id, token.token_digest, now() + interval '1 hour'
    from account
    join unnest(:token_digest::bytea[]) with ordinality as token (token_digest, place)
      on token.place = account.place
   where token.token_digest is not null
  returning user_id, token_digest
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'system', 'password_reset_asked', :network
    from link
)
select account.id, account.username, link.token_digest
  from account
  join link
    on link.user_id = account.id
 order by account.place;

-- name: get_password_reset :maybe
-- The account of a link, and the address that it was mailed to.
-- owner: none, because the token says whose it is.
-- plan: the filters are on the one row of a token.
select account.id, account.email
  from password_resets as link
  join users as account
    on account.id = link.user_id
 where link.token_digest = :token_digest
   and link.expires_at > now()
   and account.banned_at is null;

-- name: reset_password :maybe
-- Uses a link up, and sets the account's new hash; a trigger ends its other links. The account is locked first, so of several links
-- at once one succeeds.
-- owner: none, because the token says whose it is.
-- plan: the filters are on the rows of one account.
with account as (
  select id
    from users
   where id = (
           select user_id
             from password_resets
            where token_digest = :token_digest
         )
     and banned_at is null
     for update
),
used as (
  delete from password_resets as link
   using account
   where link.user_id = account.id
     and link.token_digest = :token_digest
     and link.expires_at > now()
  returning link.user_id
),
renewed as (
  update users as account
     set password = :password
    from used
   where account.id = used.user_id
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select user_id, 'user', 'password_reset', :network
    from used
)
select user_id
  from used;

-- name: confirm_email_of_reset :maybe
-- Confirms the address that the link of a reset was mailed to, if it's still the account's own and no other account's confirmed one.
-- owner: none, because it's of the account that the link was of.
-- plan: the filters are on the one row of an account, and on those of one address.
-- equivalent: null result: select «id» -> nullif(id, id) as id, because only whether there is a row is asked.
with confirmed as (
  update users as account
     set email_confirmed_at = now()
   where account.id = :user_id
     and account.email = :email
     and account.email_confirmed_at is null
     and not exists (
           select
             from users as other
            where email_key(other.email) = email_key(:email)
              and other.email_confirmed_at is not null
         )
  returning account.id
),
settled as (
  delete from email_confirmations as confirmation
   using confirmed
   where confirmation.user_id = confirmed.id
     and confirmation.email = :email
),
event as (
  insert into audit_events (user_id, actor_kind, event, network)
  select id, 'user', 'email_confirmed', :network
    from confirmed
)
select id
  from confirmed;
