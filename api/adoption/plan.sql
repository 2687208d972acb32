-- What changed since a row was adopted, there and here, decides what is done with it. `plan` has the rows by table, and whose they
-- are. The actions:
--
--   insert        new there
--   update        changed there, and not here
--   delete        gone there, and not changed here
--   same          as it was adopted there, whatever it is here
--   changed here  changed or gone there and changed here: stays as it is here
--   removed here  changed there and removed here: stays removed
--   gone here     removed here, and unchanged there
--   forget        removed in both
--   taken         new there, and a row that was made here has its id
--   no owner      its family isn't here

create index on plan (of_table, id);

-- Whoever changed anything of a family that is gone there keeps all of it.
update plan
   set action = 'changed here'
 where action = 'delete'
   and user_id in (
         select plan.user_id
           from plan
           join kept_rows as kept using (of_table, id)
          where plan.of_table <> 'users'
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
   and user_id in (select id from plan where of_table = 'users' and action = 'delete');

update plan
   set action = 'no owner'
 where action in ('insert', 'update')
   and of_table <> 'users'
   and not exists (
         select
           from plan as owner
          where owner.of_table = 'users'
            and owner.id = plan.user_id
            and owner.action in ('insert', 'update', 'same', 'changed here')
       );

update plan
   set action = 'no owner'
 where action in ('insert', 'update')
   and of_table in ('child_profiles', 'parenting_goals')
   and not exists (
         select
           from plan as owner
          where owner.of_table = 'parent_profiles'
            and owner.id = plan.parent_profile_id
            and owner.action in ('insert', 'update', 'same', 'changed here')
       );

-- What a document says of children and goals belongs to the profile: one that changed here isn't half followed.
update plan
   set action = 'changed here'
 where action in ('insert', 'update', 'delete')
   and (of_table, id) in (select of_table, id from made_rows)
   and parent_profile_id in (select id from plan where of_table = 'parent_profiles' and action = 'changed here');

insert into findings (of_table, label, constraint_name, fault, rule)
select of_table, id::text, replace(action, ' ', '_'),
       case action
         when 'changed here' then 'changed in both systems'
         when 'removed here' then 'changed there, removed here'
         when 'taken' then 'a row that was made here has its id'
         else 'the account or profile it belongs to is not here'
       end,
       'left as it is here'
  from plan
 where action in ('changed here', 'removed here', 'taken', 'no owner')
 order by of_table, id;
