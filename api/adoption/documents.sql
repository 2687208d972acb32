-- Children and goals of completed documents against the rows here, without what was made of them in between: a family has at least
-- as many rows as its document has children or goals, and each name and title that could stay as it was is one of a row.

create temp table lost_names as
select child.profile_id
  from document_children as child
  left join child_profiles as held
    on held.parent_profile_id = child.profile_id
   and fold(held.name) = fold(btrim(child.name))
 where child.completed
   and not is_blank(child.name)
   and length(btrim(child.name)) <= 100
   and held.id is null
 union
select goal.profile_id
  from document_goals as goal
  left join parenting_goals as held
    on held.parent_profile_id = goal.profile_id
   and fold(held.title) = fold(goal.title)
 where goal.completed
   and length(goal.title) <= 200
   and held.id is null;

create temp table document_counts as
with child as (
  select profile_id, count(*) as number
    from (select distinct profile_id, fold(name), age, needs from document_children where completed) as child
   group by profile_id
),
goal as (
  select profile_id, count(*) as number
    from (select distinct profile_id, category, fold(title) from document_goals where completed) as goal
   group by profile_id
),
child_row as (
  select parent_profile_id as profile_id, count(*) as number from child_profiles group by parent_profile_id
),
goal_row as (
  select parent_profile_id as profile_id, count(*) as number from parenting_goals group by parent_profile_id
)
select profile_id, coalesce(child.number, 0) as children, coalesce(goal.number, 0) as goals,
       coalesce(child_row.number, 0) as child_rows, coalesce(goal_row.number, 0) as goal_rows
  from old_documents
  left join child using (profile_id)
  left join goal using (profile_id)
  left join child_row using (profile_id)
  left join goal_row using (profile_id)
  -- Those that are left out have none.
 where profile_id in (select id from new_parent_profiles where completed_onboarding);

insert into findings (of_table, label, constraint_name, fault, rule)
select 'parent_profiles', profile_id::text, 'verify',
       format(
         '%s children and %s goals in the document, %s and %s rows here', children, goals, child_rows, goal_rows
       ),
       'copy again'
  from document_counts
 where child_rows < children
    or goal_rows < goals
    or profile_id in (select profile_id from lost_names)
 order by profile_id;
