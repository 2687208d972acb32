-- Takes back 0049_audit_events_by_id_dropped. Nothing is lost; events can be read meanwhile, not written.

create index audit_events_user_id_id_idx on audit_events (user_id, id);
