-- Takes back 0048_audit_events_by_moment. Nothing is lost.
-- transactional: false

drop index concurrently if exists audit_events_user_id_happened_at_id_idx;
