-- Children of a family. Each statement is bound to the caller's profile, so another family's child is simply not there.

-- name: list_child_profiles :many
-- A page of the caller's children, oldest row first; :after is the id of the last one seen, 0 for the first page.
select id, parent_profile_id, name, age, special_needs, routines,
       development_notes, last_assessment, created_at, updated_at
  from child_profiles
 where parent_profile_id = :parent_profile_id
   and id > :after
 order by id
 limit :count;

-- name: get_child_profile :maybe
-- One child of the caller.
select id, parent_profile_id, name, age, special_needs, routines,
       development_notes, last_assessment, created_at, updated_at
  from child_profiles
 where parent_profile_id = :parent_profile_id
   and id = :id;

-- name: add_child_profiles :many
-- Adds children to the caller's family, all or none, in the order given.
-- :children is an array of objects whose keys are columns.
insert into child_profiles (
  parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment
)
select :parent_profile_id, child.name, child.age, child.special_needs, child.routines,
       child.development_notes, child.last_assessment
  from rows from (
         jsonb_to_recordset(:children::jsonb) as (
           name text, age integer, special_needs text[], routines jsonb,
           development_notes text, last_assessment timestamptz
         )
       ) with ordinality as child (
         name, age, special_needs, routines, development_notes, last_assessment, position
       )
 order by child.position
returning id, parent_profile_id, name, age, special_needs, routines,
          development_notes, last_assessment, created_at, updated_at;

-- name: update_child_profile :maybe
-- Changes what :patch names: an object whose keys are columns; null clears, absent leaves (RFC 7396).
update child_profiles as child
   set (name, age, special_needs, routines, development_notes, last_assessment) = (
         select patched.name,
                patched.age,
                patched.special_needs,
                case
                  when :patch::jsonb ? 'routines' then merge_patch(child.routines, :patch::jsonb -> 'routines')
                  else child.routines
                end,
                patched.development_notes,
                patched.last_assessment
           from jsonb_populate_record(child, :patch::jsonb) as patched
       )
 where parent_profile_id = :parent_profile_id
   and id = :id
returning id, parent_profile_id, name, age, special_needs, routines,
          development_notes, last_assessment, created_at, updated_at;

-- name: delete_child_profile :maybe
-- Removes one child of the caller.
delete from child_profiles
 where parent_profile_id = :parent_profile_id
   and id = :id
returning id;
