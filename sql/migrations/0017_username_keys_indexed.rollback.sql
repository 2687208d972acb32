-- Takes back 0017_username_keys_indexed. Nothing is lost.
-- transactional: false

drop index concurrently if exists users_username_idx;
