-- Takes back 0046_consents. Loses all consents and texts; health-related data is taken from everybody again.

drop trigger parenting_goals_refuse_health_data_update on parenting_goals;
drop trigger parenting_goals_refuse_health_data on parenting_goals;
drop trigger child_profiles_refuse_health_data_update on child_profiles;
drop trigger child_profiles_refuse_health_data_insert on child_profiles;
drop trigger parent_profiles_mark_refusal on parent_profiles;
drop trigger parent_profiles_refuse_health_data on parent_profiles;
alter table parent_profiles drop column refuses_health_data;
drop table consents;
drop function apply_health_consent();
drop function mark_refusal();
drop function refuse_health_data_in_profile();
drop function refuse_health_data();
drop function takes_document(bigint, jsonb, text);
drop function refuse_health_fields(text, text[]);
drop function without_health_data(jsonb);
drop function health_fields(jsonb);
drop function refuses_health_data(bigint);
drop function needs_consent(bigint);
drop function refuse_consent_change();
drop function current_version(text);
drop table consent_texts;
