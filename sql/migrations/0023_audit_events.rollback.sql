-- Takes back 0023_audit_events. Loses all events.
drop table audit_events;
drop function refuse_audit_change();
drop type audit_actor;
