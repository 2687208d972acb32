-- Goals of a family. Each statement is bound to the caller's profile, so goals of other families aren't found.
-- A goal has an achieved_date if and only if its status is achieved.

-- name: list_parenting_goals :many :batch
-- A page of each caller's goals, by id; :after is the last id of the page before, 0 for the first page.
select wanted.call,
       goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority, goal.status,
       goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at
  from unnest(:parent_profile_id::bigint[], :after::bigint[], :count::bigint[]) with ordinality
       as wanted (parent_profile_id, after, count, call)
       cross join lateral (
         select found.id, found.parent_profile_id, found.title, found.description, found.category,
                found.priority, found.status, found.target_date, found.achieved_date, found.created_at,
                found.updated_at
           from parenting_goals as found
          where found.parent_profile_id = wanted.parent_profile_id
            and found.id > wanted.after
          order by found.id
          limit wanted.count
       ) as goal
 order by wanted.call, goal.id;

-- name: list_parenting_goals_by_status :many :batch
-- The same for one status; it is a statement of its own so that each has a fitting plan.
select wanted.call,
       goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority, goal.status,
       goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at
  from unnest(:parent_profile_id::bigint[], :status::text[], :after::bigint[], :count::bigint[]) with ordinality
       as wanted (parent_profile_id, status, after, count, call)
       cross join lateral (
         select found.id, found.parent_profile_id, found.title, found.description, found.category,
                found.priority, found.status, found.target_date, found.achieved_date, found.created_at,
                found.updated_at
           from parenting_goals as found
          where found.parent_profile_id = wanted.parent_profile_id
            and found.status = wanted.status
            and found.id > wanted.after
          order by found.id
          limit wanted.count
       ) as goal
 order by wanted.call, goal.id;

-- name: get_parenting_goal :maybe :batch
-- One goal of each caller.
select wanted.call,
       goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority, goal.status,
       goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at
  from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality
       as wanted (parent_profile_id, id, call)
  join parenting_goals as goal
    on goal.parent_profile_id = wanted.parent_profile_id
   and goal.id = wanted.id;

-- name: add_parenting_goal :one :batch
-- Adds a goal to the family of each caller; :goal is an object whose keys are columns.
-- It is a merge, as an insert can't return the number of the call.
merge into parenting_goals as goal
using (
        select wanted.call, wanted.parent_profile_id,
               goal.title, goal.description, goal.category, goal.priority, goal.status, goal.target_date,
               case when goal.status = 'achieved' then now() end as achieved_date
          from unnest(:parent_profile_id::bigint[], :goal::jsonb[]) with ordinality
               as wanted (parent_profile_id, goal, call)
               cross join lateral jsonb_to_record(wanted.goal) as goal (
                 title text, description text, category text, priority integer, status text,
                 target_date timestamptz
               )
      ) as given
   on false
 when not matched then
      insert (
        parent_profile_id, title, description, category, priority, status, target_date, achieved_date
      )
      values (
        given.parent_profile_id, given.title, given.description, given.category, given.priority, given.status,
        given.target_date, given.achieved_date
      )
returning given.call, goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority,
          goal.status, goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at;

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

-- name: update_parenting_goal :maybe :batch
-- Applies each :patch, an object whose keys are columns: null clears a column, an absent key keeps it (RFC 7396).
-- The date is set when the status becomes achieved, and cleared when it changes again.
-- A row that has none of the :versions, if there are any, stays as it is: its trigger sees to that.
-- Rows are locked in the order of their keys, so that no two batches deadlock.
-- apart: parent_profile_id, id
update parenting_goals as goal
   set title = case when wanted.patch ? 'title' then patched.title else goal.title end,
       description = case when wanted.patch ? 'description' then patched.description else goal.description end,
       category = case when wanted.patch ? 'category' then patched.category else goal.category end,
       priority = case when wanted.patch ? 'priority' then patched.priority else goal.priority end,
       status = case when wanted.patch ? 'status' then patched.status else goal.status end,
       target_date = case when wanted.patch ? 'target_date' then patched.target_date else goal.target_date end,
       achieved_date = case
                         when coalesce(patched.status, goal.status) = 'achieved'
                         then coalesce(goal.achieved_date, now())
                       end,
       updated_at = case
                      when coalesce(goal.updated_at = any(wanted.versions::timestamptz[]), true)
                      then goal.updated_at
                      else 'infinity'
                    end
  from (
         select parent_profile_id, id, patch, versions, call
           from unnest(:parent_profile_id::bigint[], :id::bigint[], :patch::jsonb[], :versions::text[]) with ordinality
                as given (parent_profile_id, id, patch, versions, call)
          order by parent_profile_id, id
       ) as wanted
 cross join jsonb_to_record(wanted.patch) as patched (
         title text, description text, category text, priority integer, status text, target_date timestamptz
       )
 where goal.parent_profile_id = wanted.parent_profile_id
   and goal.id = wanted.id
returning wanted.call, goal.id, goal.parent_profile_id, goal.title, goal.description, goal.category, goal.priority,
          goal.status, goal.target_date, goal.achieved_date, goal.created_at, goal.updated_at,
          old.updated_at = goal.updated_at as is_refused;

-- name: delete_parenting_goal :maybe
-- Removes one goal of the caller, if it has one of the :versions or none is asked for.
with found as (
  select updated_at,
         not coalesce(updated_at = any(:versions::text::timestamptz[]), true) as is_refused
    from parenting_goals
   where parent_profile_id = :parent_profile_id
     and id = :id
     for update
),
removed as (
  delete from parenting_goals as goal
   using found
   where goal.parent_profile_id = :parent_profile_id
     and goal.id = :id
     and not found.is_refused
)
select updated_at, is_refused from found;
