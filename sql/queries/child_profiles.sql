-- Children of a family. Each statement is bound to the caller's profile, so children of other families aren't found.

-- name: list_child_profiles :many :batch
-- A page of each caller's children, by id; :after is the last id of the page before, 0 for the first page.
select wanted.call,
       child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
       child.development_notes, child.last_assessment, child.created_at, child.updated_at
  from unnest(:parent_profile_id::bigint[], :after::bigint[], :count::bigint[]) with ordinality
       as wanted (parent_profile_id, after, count, call)
       cross join lateral (
         select found.id, found.parent_profile_id, found.name, found.age, found.special_needs, found.routines,
                found.development_notes, found.last_assessment, found.created_at, found.updated_at
           from child_profiles as found
          where found.parent_profile_id = wanted.parent_profile_id
            and found.id > wanted.after
          order by found.id
          limit wanted.count
       ) as child
 order by wanted.call, child.id;

-- name: get_child_profile :maybe :batch
-- One child of each caller.
select wanted.call,
       child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
       child.development_notes, child.last_assessment, child.created_at, child.updated_at
  from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality
       as wanted (parent_profile_id, id, call)
  join child_profiles as child
    on child.parent_profile_id = wanted.parent_profile_id
   and child.id = wanted.id;

-- name: add_child_profile :one :batch
-- Adds a child to the family of each caller; :child is an object whose keys are columns.
-- It is a merge, as an insert can't return the number of the call.
merge into child_profiles as child
using (
        select wanted.call, wanted.parent_profile_id,
               child.name, child.age, child.special_needs, child.routines, child.development_notes,
               child.last_assessment
          from unnest(:parent_profile_id::bigint[], :child::jsonb[]) with ordinality
               as wanted (parent_profile_id, child, call)
               cross join lateral jsonb_to_record(wanted.child) as child (
                 name text, age integer, special_needs text[], routines jsonb,
                 development_notes text, last_assessment timestamptz
               )
      ) as given
   on false
 when not matched then
      insert (
        parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment
      )
      values (
        given.parent_profile_id, given.name, given.age, given.special_needs, given.routines,
        given.development_notes, given.last_assessment
      )
returning given.call, child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
          child.development_notes, child.last_assessment, child.created_at, child.updated_at;

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

-- name: update_child_profile :maybe :batch
-- Applies each :patch, an object whose keys are columns: null clears a column, an absent key keeps it (RFC 7396).
-- A row that has none of the :versions, if there are any, stays as it is: its trigger sees to that.
-- Rows are locked in the order of their keys, so that no two batches deadlock.
-- apart: parent_profile_id, id
update child_profiles as child
   set name = case when wanted.patch ? 'name' then patched.name else child.name end,
       age = case when wanted.patch ? 'age' then patched.age else child.age end,
       special_needs = case
                         when wanted.patch ? 'special_needs' then patched.special_needs
                         else child.special_needs
                       end,
       routines = case
                    when wanted.patch ? 'routines' then merge_patch(child.routines, wanted.patch -> 'routines')
                    else child.routines
                  end,
       development_notes = case
                             when wanted.patch ? 'development_notes' then patched.development_notes
                             else child.development_notes
                           end,
       last_assessment = case
                           when wanted.patch ? 'last_assessment' then patched.last_assessment
                           else child.last_assessment
                         end,
       updated_at = case
                      when coalesce(child.updated_at = any(wanted.versions::timestamptz[]), true)
                      then child.updated_at
                      else 'infinity'
                    end
  from (
         select parent_profile_id, id, patch, versions, call
           from unnest(:parent_profile_id::bigint[], :id::bigint[], :patch::jsonb[], :versions::text[]) with ordinality
                as given (parent_profile_id, id, patch, versions, call)
          order by parent_profile_id, id
       ) as wanted
 cross join jsonb_to_record(wanted.patch) as patched (
         name text, age integer, special_needs text[], development_notes text, last_assessment timestamptz
       )
 where child.parent_profile_id = wanted.parent_profile_id
   and child.id = wanted.id
returning wanted.call, child.id, child.parent_profile_id, child.name, child.age, child.special_needs, child.routines,
          child.development_notes, child.last_assessment, child.created_at, child.updated_at,
          old.updated_at = child.updated_at as is_refused;

-- name: delete_child_profile :maybe
-- Removes one child of the caller, if it has one of the :versions or none is asked for.
with found as (
  select updated_at,
         not coalesce(updated_at = any(:versions::text::timestamptz[]), true) as is_refused
    from child_profiles
   where parent_profile_id = :parent_profile_id
     and id = :id
     for update
),
removed as (
  delete from child_profiles as child
   using found
   where child.parent_profile_id = :parent_profile_id
     and child.id = :id
     and not found.is_refused
)
select updated_at, is_refused from found;
