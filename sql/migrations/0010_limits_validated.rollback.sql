-- Takes back 0010_limits_validated. Nothing is lost: the limits hold for rows that are written.

alter table parent_profiles
  drop constraint parent_profiles_name_check,
  add constraint parent_profiles_name_check check (length(name) <= 100 and (name = '' or not is_blank(name))) not valid;

alter table child_profiles
  drop constraint child_profiles_name_check,
  add constraint child_profiles_name_check check (length(name) <= 100 and not is_blank(name)) not valid,
  drop constraint child_profiles_last_assessment_check,
  add constraint child_profiles_last_assessment_check check (is_json_moment(last_assessment)) not valid,
  drop constraint child_profiles_routines_check,
  add constraint child_profiles_routines_check check (
    jsonb_typeof(routines) = 'object' and octet_length(routines::text) <= 131072
  ) not valid;

alter table parenting_goals
  drop constraint parenting_goals_title_check,
  add constraint parenting_goals_title_check check (length(title) <= 200 and not is_blank(title)) not valid,
  drop constraint parenting_goals_category_check,
  add constraint parenting_goals_category_check check (length(category) <= 50 and not is_blank(category)) not valid,
  drop constraint parenting_goals_target_date_check,
  add constraint parenting_goals_target_date_check check (is_json_moment(target_date)) not valid;
