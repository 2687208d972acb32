-- Takes back 0054_lists_checked_for_less. Loses nothing.

create or replace function is_text_list(list text[], max_items integer, max_length integer)
  returns boolean
  language sql
  immutable parallel safe
  return cardinality(list) <= max_items
     and coalesce(array_ndims(list), 1) = 1
     and not exists (
       select
         from unnest(list) as item
        where item is null
           or length(item) > max_length
     );
