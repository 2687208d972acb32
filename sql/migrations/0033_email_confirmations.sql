-- Whose an e-mail address is: an address counts as an account's own once a link that was mailed there was used. An address that
-- nobody has confirmed keeps nobody else from using it, so nobody can occupy another's or find out whether it's known.
--
-- email_confirmations has the address that an account is to confirm: its own, or the one that it's to have from then on; meanwhile the
-- one before stays in force. password_resets has the links to set a new password. Of both only digests of tokens are kept; a token is
-- made when its mail is sent, and stands nowhere else. Existing accounts count as unconfirmed.
--
-- What anybody may have mailed to an address is limited, as any account may name any address, and nobody is told of these limits but
-- who fills the first, whose account it is; they are of the kind that 0015_rate_limits describes, but for the second:
--
--   limit         of                                               mails at once   more an hour
--   email links   an account that asks to confirm an address                   5              5
--   resets        an account: its links that haven't ended                     3              3
--   mails         an address that accounts are to confirm                      3              3
--   reset mails   an address                                                   3              3
--   notices       an address that the account told of hasn't confirmed         5              5
--   network       an IPv4 address, or an IPv6 /56, that asks for resets       50             20
--   wide          an IPv4 /24, or an IPv6 /48                                200             80
--
-- A request only queues a mail. Whether there is an account, and whether a limit is full, is found out when it's sent, so what a
-- request does and how long it takes is the same for an address that is known and one that isn't.
--
-- Locks: access exclusive on users for milliseconds, as the column may be null; the foreign keys and triggers take a share row
-- exclusive lock on it. The release before goes on: it changes users.email at once, which makes it unconfirmed.
-- Rollback loses which addresses are confirmed, changes of addresses that aren't, and links that were mailed.

-- Only letters of ASCII are the same whatever their case: other foldings take addresses of two domains for one (straße.example and
-- strasse.example), and whoever has the one would get mails for the other.
create function email_key(value text)
  returns text
  language sql
  immutable strict parallel safe
  return lower(value collate "pg_catalog"."C");

comment on function email_key(text) is 'What addresses of one mailbox have in common: ASCII letters in lower case, the rest as it is.';

alter table users
  add column email_confirmed_at timestamptz;

comment on column users.email_confirmed_at is '[operational] When its owner showed that the e-mail address is theirs; null if that isn''t known.';

create table email_confirmations (
  user_id bigint not null,
  email text not null,
  token_digest bytea,
  expires_at timestamptz not null,
  constraint email_confirmations_pkey primary key (user_id),
  constraint email_confirmations_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint email_confirmations_email_check check (length(email) between 3 and 254 and email ~ '^[^@\s]+@[^@\s]+$'),
  constraint email_confirmations_token_digest_check check (length(token_digest) = 32)
);

create unique index email_confirmations_token_digest_key on email_confirmations (token_digest);
-- For the removal of what has expired.
create index email_confirmations_expires_at_idx on email_confirmations (expires_at);

create table password_resets (
  user_id bigint not null,
  token_digest bytea not null,
  expires_at timestamptz not null,
  constraint password_resets_pkey primary key (user_id, token_digest),
  constraint password_resets_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint password_resets_token_digest_check check (length(token_digest) = 32)
);

create unique index password_resets_token_digest_key on password_resets (token_digest);
-- For the removal of what has expired.
create index password_resets_expires_at_idx on password_resets (expires_at);

create function unconfirm_email()
  returns trigger
  language plpgsql
as $$
begin
  new.email_confirmed_at := null;
  return new;
end;
$$;

create trigger users_unconfirm_email
  before update of email on users
  for each row
  when (new.email <> old.email and new.email_confirmed_at = old.email_confirmed_at)
  execute function unconfirm_email();

-- It has the rights of its owner, as whoever changes an account need not have any on these tables.
create function end_mailed_links()
  returns trigger
  language plpgsql
  security definer
  set search_path = public, pg_temp
as $$
begin
  delete from password_resets where user_id = new.id;
  -- A change of the address that was under way may be somebody else's.
  delete from email_confirmations where user_id = new.id and email <> new.email;
  return null;
end;
$$;

create trigger users_end_mailed_links
  after update of email, password on users
  for each row
  when (new.email <> old.email or new.password <> old.password)
  execute function end_mailed_links();

comment on function unconfirm_email() is 'Trigger function: an address that takes another''s place is not confirmed.';
comment on function end_mailed_links() is 'Trigger function: ends the links to reset a password, and a change of the address that is not confirmed yet.';
comment on table email_confirmations is 'Addresses that accounts are to confirm, one an account; removed when that is done, or after three days.';
comment on column email_confirmations.user_id is '[operational] The account.';
comment on column email_confirmations.email is '[personal] The address to confirm: the account''s own, or the one that it is to have.';
comment on column email_confirmations.token_digest is '[secret] SHA-256 of the token in the latest link; null until one is mailed.';
comment on column email_confirmations.expires_at is '[operational] From when it can no longer be confirmed.';
comment on table password_resets is 'Links that set a new password, for an hour; the first that is used ends the others of its account.';
comment on column password_resets.user_id is '[operational] The account.';
comment on column password_resets.token_digest is '[secret] SHA-256 of the token in the link; the token itself is nowhere.';
comment on column password_resets.expires_at is '[operational] From when the link does nothing.';
