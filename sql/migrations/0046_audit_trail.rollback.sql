-- Takes back 0046_audit_trail. Loses the networks.
drop trigger audit_events_skip_repeated on audit_events;
drop function skip_repeated_event();
drop function remove_year_old_events();
alter table audit_events drop column network;
comment on type audit_actor is 'Who acts: support staff, the user of the account, or the service by itself.';
comment on column audit_events.actor_kind is '[operational] Who acted: staff, the user, or the service itself.';
comment on column audit_events.event is '[personal] What was done, such as password_reset.';
comment on column audit_events.details is '[personal] What else is known, in a few codes and numbers; no names, texts or secrets.';
