-- Addresses that nobody has confirmed need not be unique: the index that kept them so goes. The release before, which told by its
-- name that an address is taken, then takes such an address too.
--
-- Locks: access exclusive on users for milliseconds.
-- Rollback loses nothing, but keeps users from being written while the index is made, and can't be done while several accounts have
-- one address; see there.

-- Dropped in a transaction, so that its rollback can make it again; no row is looked at.
-- squawk-ignore require-concurrent-index-deletion
drop index users_email_key;

comment on column users.email is '[personal] E-mail address; where it is confirmed no other account has it confirmed.';
