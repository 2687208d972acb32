-- ${Words} of a family. Each statement is bound to the caller's profile, so another family's row is simply not there.

-- name: list_${plural} :many :batch
-- A page of the callers' rows, oldest first; :after is the id of the last one seen, 0 for the first page.
select wanted.call,
       ${singular}.id, ${singular}.parent_profile_id, ${singular}.name,
       ${singular}.created_at, ${singular}.updated_at
  from unnest(:parent_profile_id::bigint[], :after::bigint[], :count::bigint[]) with ordinality
       as wanted (parent_profile_id, after, count, call)
       cross join lateral (
         select found.id, found.parent_profile_id, found.name, found.created_at, found.updated_at
           from ${plural} as found
          where found.parent_profile_id = wanted.parent_profile_id
            and found.id > wanted.after
          order by found.id
          limit wanted.count
       ) as ${singular}
 order by wanted.call, ${singular}.id;

-- name: get_${singular} :maybe :batch
-- One row of each caller.
select wanted.call,
       ${singular}.id, ${singular}.parent_profile_id, ${singular}.name,
       ${singular}.created_at, ${singular}.updated_at
  from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality
       as wanted (parent_profile_id, id, call)
  join ${plural} as ${singular}
    on ${singular}.parent_profile_id = wanted.parent_profile_id
   and ${singular}.id = wanted.id;

-- name: add_${singular} :one :batch
-- Adds a row to the family of each caller; :${singular} is an object whose keys are columns.
-- A merge, as only its `returning` can tell whose row is whose.
merge into ${plural} as ${singular}
using (
        select wanted.call, wanted.parent_profile_id, ${singular}.name
          from unnest(:parent_profile_id::bigint[], :${singular}::jsonb[]) with ordinality
               as wanted (parent_profile_id, ${singular}, call)
               cross join lateral jsonb_to_record(wanted.${singular}) as ${singular} (name text)
      ) as given
   on false
 when not matched then
      insert (parent_profile_id, name)
      values (given.parent_profile_id, given.name)
returning given.call, ${singular}.id, ${singular}.parent_profile_id, ${singular}.name,
          ${singular}.created_at, ${singular}.updated_at;

-- name: add_${plural} :many
-- Adds rows to the caller's family, all or none, in the order given.
-- :${plural} is an array of objects whose keys are columns.
insert into ${plural} (parent_profile_id, name)
select :parent_profile_id, ${singular}.name
  from rows from (
         jsonb_to_recordset(:${plural}::jsonb) as (name text)
       ) with ordinality as ${singular} (name, position)
 order by ${singular}.position
returning id, parent_profile_id, name, created_at, updated_at;

-- name: update_${singular} :maybe :batch
-- Changes what each :patch names: an object whose keys are columns; null clears, absent leaves (RFC 7396).
-- A row that has none of the :versions, if there are any, stays as it is: its trigger sees to that.
-- Rows are taken in the order of their key, so that no two batches wait for each other.
-- apart: parent_profile_id, id
update ${plural} as ${singular}
   set name = case when wanted.patch ? 'name' then patched.name else ${singular}.name end,
       updated_at = case
                      when coalesce(${singular}.updated_at = any(wanted.versions::timestamptz[]), true)
                      then ${singular}.updated_at
                      else 'infinity'
                    end
  from (
         select parent_profile_id, id, patch, versions, call
           from unnest(:parent_profile_id::bigint[], :id::bigint[], :patch::jsonb[], :versions::text[]) with ordinality
                as given (parent_profile_id, id, patch, versions, call)
          order by parent_profile_id, id
       ) as wanted
 cross join jsonb_to_record(wanted.patch) as patched (name text)
 where ${singular}.parent_profile_id = wanted.parent_profile_id
   and ${singular}.id = wanted.id
returning wanted.call, ${singular}.id, ${singular}.parent_profile_id, ${singular}.name,
          ${singular}.created_at, ${singular}.updated_at, old.updated_at = ${singular}.updated_at as is_refused;

-- name: delete_${singular} :maybe
-- Removes one row of the caller, if it has one of the :versions or none is asked for.
with found as (
  select updated_at,
         not coalesce(updated_at = any(:versions::text::timestamptz[]), true) as is_refused
    from ${plural}
   where parent_profile_id = :parent_profile_id
     and id = :id
     for update
),
removed as (
  delete from ${plural} as ${singular}
   using found
   where ${singular}.parent_profile_id = :parent_profile_id
     and ${singular}.id = :id
     and not found.is_refused
)
select updated_at, is_refused from found;
