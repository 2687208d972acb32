-- Takes back 0053_consent_texts. Loses the texts, and all answers to them; who declined health_data isn't marked any more.

update parent_profiles
   set refuses_health_data = false
 where refuses_health_data;
update family_sizes
   set refuses_health_data = false
 where refuses_health_data;
update child_profiles
   set refuses_health_data = false
 where refuses_health_data;
alter table consents disable trigger consents_refuse_change;
delete from consents;
alter table consents enable trigger consents_refuse_change;
delete from consent_texts;
