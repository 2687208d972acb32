-- Tables refuse what the service refuses already: texts that are nothing but white space of any kind, moments that no client
-- can read. New is a bound on routines, which merging could grow without end: 128 KiB, twice what a request can carry.
--
-- Locks: access exclusive on the three tables for milliseconds, as rows are looked at by 0010 only.
-- Rollback loses nothing.

-- White space as clients have it, beyond spaces: \s as Unicode knows it, and the separators of ASCII.
create function is_blank(value text)
  returns boolean
  language sql
  immutable strict parallel safe
  return value !~ '[^\s\x1c-\x1f]' collate "pg_catalog"."pg_unicode_fast";

-- Moments before the year 1, after 9999 or without end are none that JSON can say.
create function is_json_moment(value timestamptz)
  returns boolean
  language sql
  immutable strict parallel safe
  return extract(year from value at time zone 'UTC') between 1 and 9999;

comment on function is_blank(text) is 'Whether a text is empty or nothing but white space.';
comment on function is_json_moment(timestamptz) is 'Whether a moment lies in the years 1 to 9999, in UTC.';

-- A stricter check takes the place of each in the same statement.
-- squawk-ignore-file ban-drop-constraint

alter table parent_profiles
  drop constraint parent_profiles_name_check,
  -- Empty until told.
  add constraint parent_profiles_name_check check (length(name) <= 100 and (name = '' or not is_blank(name))) not valid;

alter table child_profiles
  drop constraint child_profiles_name_check,
  add constraint child_profiles_name_check check (length(name) <= 100 and not is_blank(name)) not valid,
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
  add constraint parenting_goals_target_date_check check (is_json_moment(target_date)) not valid;
