-- Goals of a family. Each statement is bound to the caller's profile, so another family's goal is simply not there.
-- A goal has an achieved_date exactly while its status is achieved.

-- name: list_parenting_goals :many
-- A page of the caller's goals, oldest row first; :after is the id of the last one seen, 0 for the first page.
select id, parent_profile_id, title, description, category, priority, status,
       target_date, achieved_date, created_at, updated_at
  from parenting_goals
 where parent_profile_id = :parent_profile_id
   and id > :after
 order by id
 limit :count;

-- name: list_parenting_goals_by_status :many
-- The same, of one status: a statement of its own, so that each has the plan that fits it.
select id, parent_profile_id, title, description, category, priority, status,
       target_date, achieved_date, created_at, updated_at
  from parenting_goals
 where parent_profile_id = :parent_profile_id
   and status = :status
   and id > :after
 order by id
 limit :count;

-- name: get_parenting_goal :maybe
-- One goal of the caller.
select id, parent_profile_id, title, description, category, priority, status,
       target_date, achieved_date, created_at, updated_at
  from parenting_goals
 where parent_profile_id = :parent_profile_id
   and id = :id;

-- name: add_parenting_goals :many
-- Adds goals to the caller's family, all or none, in the order given.
-- :goals is an array of objects whose keys are columns.
insert into parenting_goals (
  parent_profile_id, title, description, category, priority, status, target_date, achieved_date
)
select :parent_profile_id, goal.title, goal.description, goal.category, goal.priority, goal.status, goal.target_date,
       case when goal.status = 'achieved' then now() end
  from rows from (
         jsonb_to_recordset(:goals::jsonb) as (
           title text, description text, category text, priority integer, status text, target_date timestamptz
         )
       ) with ordinality as goal (
         title, description, category, priority, status, target_date, position
       )
 order by goal.position
returning id, parent_profile_id, title, description, category, priority, status,
          target_date, achieved_date, created_at, updated_at;

-- name: update_parenting_goal :maybe
-- Changes what :patch names: an object whose keys are columns; null clears, absent leaves (RFC 7396).
-- Reaching achieved sets the date, staying there keeps it, leaving it clears it.
update parenting_goals as goal
   set (title, description, category, priority, status, target_date, achieved_date) = (
         select patched.title,
                patched.description,
                patched.category,
                patched.priority,
                patched.status,
                patched.target_date,
                case when patched.status = 'achieved' then coalesce(goal.achieved_date, now()) end
           from jsonb_populate_record(goal, :patch::jsonb) as patched
       )
 where parent_profile_id = :parent_profile_id
   and id = :id
returning id, parent_profile_id, title, description, category, priority, status,
          target_date, achieved_date, created_at, updated_at;

-- name: delete_parenting_goal :maybe
-- Removes one goal of the caller.
delete from parenting_goals
 where parent_profile_id = :parent_profile_id
   and id = :id
returning id;
