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
