-- Addresses that nobody has confirmed need not be unique: the index that kept them so goes. The release before, which told by its
-- name that an address is taken, then takes such an address too.
--
-- Locks: share update exclusive on users; it waits for transactions that use the index.
-- Rollback loses nothing, but can't be done while several accounts have one address; see there.
-- transactional: false

-- squawk-ignore-file ban-concurrent-index-creation-in-transaction

drop index concurrently if exists users_email_key;
