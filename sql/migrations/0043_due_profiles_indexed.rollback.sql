-- Takes back 0043_due_profiles_indexed. Nothing is lost.
-- transactional: false

drop index concurrently if exists parent_profiles_due_idx;
