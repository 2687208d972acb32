-- Takes out of the plan what would write over rows that were changed or made here (`kept_rows`). It's run when the plan is made, and
-- again when the tables are locked and it's carried out.

update plan
   set action = 'changed here'
  from kept_rows as kept
 where plan.action in ('update', 'delete')
   and kept.of_table = plan.of_table
   and kept.id = plan.id;

-- Whoever changed anything of a family that is gone there keeps all of it.
update plan
   set action = 'changed here'
 where action = 'delete'
   and user_id in (
         select plan.user_id
           from plan
           join kept_rows as kept using (of_table, id)
         union
         select profile.user_id
           from kept_rows as kept
           join child_profiles as child on child.id = kept.id
           join parent_profiles as profile on profile.id = child.parent_profile_id
          where kept.of_table = 'child_profiles'
         union
         select profile.user_id
           from kept_rows as kept
           join parenting_goals as goal on goal.id = kept.id
           join parent_profiles as profile on profile.id = goal.parent_profile_id
          where kept.of_table = 'parenting_goals'
         union
         select profile.user_id
           from kept_rows as kept
           join parent_profiles as profile on profile.id = kept.id
          where kept.of_table = 'parent_profiles'
       )
   and not exists (
         select
           from new_users as account
          where account.id = plan.user_id
       );

-- What a document says of children and goals belongs to the profile: one that changed here isn't half followed.
update plan
   set action = 'changed here'
 where action in ('insert', 'update', 'delete')
   and (of_table, id) in (select of_table, id from made_rows)
   and parent_profile_id in (select id from plan where of_table = 'parent_profiles' and action = 'changed here');
