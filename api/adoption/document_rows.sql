-- The children and goals of completed documents, as rows. Which id each got is kept, so that the next run gives it the same one. One
-- that the family has a row of already, by its name, is none. `made_rows` is what earlier runs made.

create temp table unmade as
with child as (
  select distinct on (profile_id, fold(name), age, needs)
         profile_id, position, name, age, needs, fold(coalesce(name, '')) as folded
    from document_children
   where completed
   order by profile_id, fold(name), age, needs, position
),
child_row as (
  select 'child_profiles' as of_table, *,
         row_number() over (partition by profile_id, folded order by position) as namesake
    from child
),
goal_row as (
  select distinct on (profile_id, category, fold(title))
         profile_id, position, title, category, fold(title) as folded
    from document_goals
   where completed
   order by profile_id, category, fold(title), position
)
select of_table, profile_id, md5(folded)::uuid as digest, namesake, position, name, age, needs, null as category
  from child_row
 where namesake > (
         select count(*)
           from old_child_profiles as known
          where known.parent_profile_id = child_row.profile_id::text
            and fold(btrim(known.name)) = fold(btrim(child_row.name))
       )
 union all
select 'parenting_goals', profile_id, md5(category || folded)::uuid, 1, position, title, null, null, category
  from goal_row
 where not exists (
         select
           from old_parenting_goals as known
          where known.parent_profile_id = goal_row.profile_id::text
            and fold(btrim(known.title)) = goal_row.folded
       );

-- The system before may go on making rows of its own until the cut-over, so that there is room for their ids.
insert into made_rows (of_table, parent_profile_id, digest, namesake, id)
select of_table, profile_id, digest, namesake,
       first.id + row_number() over (partition by of_table order by profile_id, category desc, position)
  from unmade
  join (
         select 'child_profiles' as of_table,
                greatest(
                  (select max(id) + 100000 from old_child_profiles), (select max(id) from child_profiles),
                  (select max(id) from made_rows where made_rows.of_table = 'child_profiles'), 0
                ) as id
          union all
         select 'parenting_goals',
                greatest(
                  (select max(id) + 100000 from old_parenting_goals), (select max(id) from parenting_goals),
                  (select max(id) from made_rows where made_rows.of_table = 'parenting_goals'), 0
                )
       ) as first using (of_table)
 where not exists (
         select
           from made_rows as made
          where (made.of_table, made.parent_profile_id, made.digest, made.namesake)
                = (unmade.of_table, unmade.profile_id, unmade.digest, unmade.namesake)
       );

insert into new_child_profiles (
  label, rank, id, parent_profile_id, name, age, special_needs, routines, development_notes, created_at, updated_at
)
select format('%s/childProfiles/%s', unmade.profile_id, position - 1), made.id, made.id, profile.id, btrim(unmade.name),
       pg_temp.whole(age), coalesce(needs, '{}'), '{}',
       -- An age that can't be one stays as a note.
       case when (pg_temp.whole(age) between 0 and 18) is not true then 'Leeftijd: ' || left(age, 200) end,
       profile.created_at, profile.created_at
  from unmade
  join made_rows as made
    on (made.of_table, made.parent_profile_id, made.digest, made.namesake)
       = (unmade.of_table, unmade.profile_id, unmade.digest, unmade.namesake)
  join new_parent_profiles as profile
    on profile.id = unmade.profile_id
 where unmade.of_table = 'child_profiles';

insert into new_parenting_goals (
  label, rank, id, parent_profile_id, title, description, category, priority, status, created_at, updated_at
)
select format(
         '%s/goals/%s/%s', unmade.profile_id, case category when 'short_term' then 'shortTerm' else 'longTerm' end,
         position / 10000 - 1
       ),
       made.id, made.id, profile.id, unmade.name, '', category, 0, 'active', profile.created_at, profile.created_at
  from unmade
  join made_rows as made
    on (made.of_table, made.parent_profile_id, made.digest, made.namesake)
       = (unmade.of_table, unmade.profile_id, unmade.digest, unmade.namesake)
  join new_parent_profiles as profile
    on profile.id = unmade.profile_id
 where unmade.of_table = 'parenting_goals';
