-- Takes back 0041_onboarding_merge. Nothing is lost.

drop function merge_onboarding(text, bigint[], boolean, boolean, jsonb, jsonb, jsonb, jsonb);
drop function merge_goals(text, jsonb, jsonb);
drop function merge_children(text, bigint[], jsonb, jsonb);
