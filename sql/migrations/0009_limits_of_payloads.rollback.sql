-- Takes back 0009_limits_of_payloads. Nothing is lost.

alter table parenting_goals
  drop constraint parenting_goals_target_date_check,
  drop constraint parenting_goals_category_check,
  add constraint parenting_goals_category_check check (length(category) <= 50 and btrim(category) <> ''),
  drop constraint parenting_goals_title_check,
  add constraint parenting_goals_title_check check (length(title) <= 200 and btrim(title) <> '');

alter table child_profiles
  drop constraint child_profiles_routines_check,
  add constraint child_profiles_routines_check check (jsonb_typeof(routines) = 'object'),
  drop constraint child_profiles_last_assessment_check,
  drop constraint child_profiles_name_check,
  add constraint child_profiles_name_check check (length(name) <= 100 and btrim(name) <> '');

alter table parent_profiles
  drop constraint parent_profiles_name_check,
  add constraint parent_profiles_name_check check (length(name) <= 100);

drop function is_json_moment(timestamptz);
drop function is_blank(text);
