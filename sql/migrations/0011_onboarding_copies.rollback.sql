-- Takes back 0011_onboarding_copies. Nothing is lost; documents that are completed from now on hold copies again.

drop trigger parent_profiles_forget_onboarding_copies on parent_profiles;
drop function forget_onboarding_copies();
drop function onboarding_remainder(jsonb);

comment on column parent_profiles.onboarding_data is '[health-related] The onboarding document as saved so far, camelCase as the web client writes it.';
