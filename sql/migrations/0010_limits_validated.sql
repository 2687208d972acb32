-- Holds the rows there are against the limits of 0009. It stops, naming the constraint, if a row of before breaks one: routines
-- can, where batches or merged changes made them larger than
--   select parent_profile_id, id from child_profiles where octet_length(routines::text) > 131072;
--
-- Locks: share update exclusive on the three tables, one scan of each: reads and writes go on.
-- Rollback loses nothing.

alter table parent_profiles validate constraint parent_profiles_name_check;
alter table child_profiles validate constraint child_profiles_name_check;
alter table child_profiles validate constraint child_profiles_last_assessment_check;
alter table child_profiles validate constraint child_profiles_routines_check;
alter table parenting_goals validate constraint parenting_goals_title_check;
alter table parenting_goals validate constraint parenting_goals_category_check;
alter table parenting_goals validate constraint parenting_goals_target_date_check;
