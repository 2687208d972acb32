-- What is left as it is here, as rows of `findings`.

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
