-- Takes back 0040_onboarding_revision. Loses what tabs had posted: their next save is merged by what they had read.

drop table onboarding_merge_bases;
drop function changed_fields(text, jsonb, jsonb);
drop function given_revision(bigint, text);
drop function with_revision(bigint, jsonb);
drop function onboarding_revision(bigint, jsonb);
drop function next_merge_base(text, jsonb);
drop function onboarding_goals(jsonb);
drop function children_digests(text, jsonb);
drop function onboarding_children(jsonb);
drop function child_digests(text, jsonb);
drop function leaves_out(jsonb, text);
drop function onboarding_field(jsonb, text);
drop function onboarding_fields();
drop function onboarding_digest(text, text);
