-- The three-way merge of an onboarding document: what a tab was given, as a revision or merge base of 0040 has it, what is stored,
-- and what is posted. The functions touch no table, so they can be tried in psql.
--
-- Locks: none that reads or writes wait for.
-- Rollback loses nothing.

-- Merges the children of a document, or those of rows: `given` is a revision or merge base, or null without one; child_ids the rows
-- of its children, if they are known. Returns what is there then, new entries with `new`, changed ones with `changed`, those to
-- remove with `removed`, each with the places at which they were `posted`. Rows that are `touched` aren't removed: something of them
-- has changed since the tab read or saved, also what no document tells.
create function merge_children(given text, child_ids bigint[], stored_children jsonb, posted_children jsonb)
  returns jsonb
  language plpgsql
  immutable parallel safe
  set search_path = public, pg_temp
as $$
declare
  salt constant text := split_part(given, '.', 1);
  given_digests constant text := split_part(given, '.', 5);
begin
  if posted_children is null then
    return stored_children;
  end if;
  return (
    with stored_child as materialized (
      select place, entry, id, folded, onboarding_digest(salt, key) as key, onboarding_digest(salt, by_name) as by_name
        from onboarding_children(stored_children)
    ),
    -- What was given, and which stored child that is, if it is still there.
    given_child as materialized (
      select known.key, number, substr(given_digests, number * 20 - 14, 15) as digests, stored_child.place as stored,
             stored_child.id is not null and stored_child.key <> known.key as without_id
        from generate_series(1, coalesce(length(given_digests), 0) / 20) as number
       cross join lateral (
               select substr(given_digests, number * 20 - 19, 5) as key, child_ids[number]::text as row_id
             ) as known
        left join stored_child
          on case
               when known.row_id is not null then stored_child.id = known.row_id
               else known.key in (stored_child.key, stored_child.by_name)
             end
    ),
    entered_child as materialized (
      select place, entry, folded, id, onboarding_digest(salt, key) as key
        from onboarding_children(posted_children)
    ),
    -- A row that the tab has added, so that it has no id there: who is as old and has the same needs has a new name.
    renamed as (
      select new.place, former.key
        from (
               select place, right(made, 10) as others,
                      row_number() over (partition by right(made, 10) order by place) as turn
                 from entered_child
                cross join lateral child_digests(salt, entry) as made
                where id is null
                  and key not in (select key from given_child)
             ) as new
        join (
               select key, right(digests, 10) as others,
                      row_number() over (partition by right(digests, 10) order by number) as turn
                 from given_child
                where without_id
                  and key not in (select key from entered_child)
             ) as former using (others, turn)
    ),
    posted_child as materialized (
      select child.place, child.entry, child.folded,
             given_child.key is not null as was_given,
             given_child.digests,
             coalesce(given_child.stored, stored_child.place) as stored
        from entered_child as child
        left join renamed using (place)
        left join given_child
          on given_child.key = coalesce(renamed.key, child.key)
        left join stored_child
          on given_child.key is null
         and stored_child.id = child.id
    ),
    -- One that wasn't given, and has no id that is there, is known by its name among those that no other entry means. Without a
    -- revision, further namesakes mean the last one, and if there is none yet they are one child.
    free as (
      select place, folded,
             row_number() over (partition by folded order by place) as namesake,
             count(*) over (partition by folded) as namesakes
        from stored_child
       where place not in (select stored from posted_child where stored is not null)
    ),
    meant as (
      select entered.place, entered.entry, entered.folded, entered.was_given,
             coalesce(entered.stored, free.place) as stored,
             case
               when entered.was_given then left(entered.digests, 5) <> left(made, 5)
               else entered.stored is not null
             end as takes_name,
             not entered.was_given or substr(entered.digests, 6, 5) <> substr(made, 6, 5) as takes_age,
             entered.entry ? 'specialNeeds'
             and (not entered.was_given or right(entered.digests, 5) <> right(made, 5)) as takes_needs
        from (
               select *,
                      row_number() over (partition by was_given or stored is not null, folded order by place) as namesake
                 from posted_child
             ) as entered
       cross join lateral child_digests(salt, entered.entry) as made
        left join free
          on not entered.was_given
         and entered.stored is null
         and free.folded = entered.folded
         and free.namesake = case
               when given is null then least(entered.namesake, free.namesakes)
               else entered.namesake
             end
    ),
    posted_entry as (
      select stored, min(place) as place, jsonb_agg(place order by place) as places,
             jsonb_strip_nulls(
               jsonb_build_object(
                 'name', (array_agg(entry -> 'name' order by place) filter (where takes_name or stored is null))[1],
                 'age', (array_agg(entry -> 'age' order by place desc) filter (where takes_age or stored is null))[1],
                 'specialNeeds', (
                   array_agg(entry -> 'specialNeeds' order by place desc)
                   filter (where takes_needs or stored is null and entry ? 'specialNeeds')
                 )[1]
               )
             ) as taken
        from meant
       -- One that was given and is as it was, but isn't there any more, was removed by another tab.
       where stored is not null
          or not was_given
          or takes_name
          or takes_age
          or takes_needs
       group by stored, case when stored is null then case when given is null then folded else place::text end end
    ),
    merged as (
      select stored_child.entry || coalesce(posted_entry.taken, '{}') as entry,
             posted_entry.places,
             case
               when stored_child.entry || posted_entry.taken <> stored_child.entry then 'changed'
               when posted_entry.taken is null
                    and stored_child.entry -> 'touched' is distinct from 'true'
                    and given_child.digests = child_digests(salt, stored_child.entry)
                 then 'removed'
             end as change,
             case when given is null then 0 else coalesce(posted_entry.place, 10000) end as group_place,
             stored_child.place
        from stored_child
        left join posted_entry
          on posted_entry.stored = stored_child.place
        left join given_child
          on given_child.stored = stored_child.place
       union all
      select taken, places, 'added', case when given is null then 10000 else place end, place
        from posted_entry
       where stored is null
    )
    select coalesce(
             jsonb_agg(
               entry || jsonb_strip_nulls(jsonb_build_object('change', change, 'posted', places))
               order by group_place, place
             ),
             '[]'
           )
      from merged
  );
end;
$$;

-- Merges goals: `stored_goals` is a list of objects with title and category, and id for rows; `posted_goals` the document's part. Returns what is
-- there then, as merge_children does; what changes has `from`, the title and category that it had.
create function merge_goals(given text, stored_goals jsonb, posted_goals jsonb)
  returns jsonb
  language plpgsql
  immutable parallel safe
  set search_path = public, pg_temp
  -- A thousand goals are joined with a thousand, which the planner takes for a few.
  set enable_nestloop = off
as $$
declare
  salt constant text := split_part(given, '.', 1);
  width constant integer := nullif(nullif(split_part(given, '.', 3), '')::integer, 0);
begin
  -- Most saves don't touch the goals.
  if (
    select coalesce(posted_goals -> 'shortTerm' = coalesce(jsonb_agg(title) filter (where category = 'short_term'), '[]'), true)
           and coalesce(posted_goals -> 'longTerm' = coalesce(jsonb_agg(title) filter (where category = 'long_term'), '[]'), true)
      from jsonb_to_recordset(stored_goals) as goal (title text, category text)
  ) then
    return stored_goals;
  end if;
  return (
    with goal as (
      select place, entry, entry ->> 'title' as title, entry ->> 'category' as category, fold(entry ->> 'title') as folded,
             row_number() over (partition by fold(entry ->> 'title'), entry ->> 'category' order by place) as namesake
        from jsonb_array_elements(stored_goals) with ordinality as stored_goal (entry, place)
    ),
    line as (
      select place, title, category, fold(title) as folded,
             row_number() over (partition by fold(title), category order by place) as namesake
        from onboarding_goals(posted_goals)
    ),
    -- Goals and lines of the same title and category are the same.
    pair as (
      select category, folded,
             goal.place as stored, goal.entry, goal.title as stored_title,
             line.place as posted, line.title as posted_title,
             left(onboarding_digest(salt, goal.title), width) as stored_digest,
             left(onboarding_digest(salt, line.title), width) as posted_digest
        from goal
        full join line using (category, folded, namesake)
    ),
    given_title as (
      select category, digest, count(*) as number
        from (
               values ('short_term', split_part(given, '.', 6)),
                      ('long_term', split_part(given, '.', 7))
             ) as list (category, digests)
       cross join lateral generate_series(1, length(digests), width) as start
       cross join lateral substr(digests, start, width) as digest
       group by category, digest
    ),
    -- Of several with one digest, those that are both stored and posted were given first.
    known as materialized (
      select pair.*,
             row_number() over (
               partition by pair.category, posted_digest order by posted is null, stored is null, posted
             ) <= coalesce(given_line.number, 0) as line_given,
             row_number() over (
               partition by pair.category, stored_digest order by stored is null, posted is null, stored
             ) <= coalesce(given_goal.number, 0) as goal_given,
             -- How many stand before it that are stored and posted: what changes between the same two changes its title.
             count(*) filter (where stored is not null and posted is not null)
               over (partition by pair.category order by stored nulls last, posted) as stored_gap,
             count(*) filter (where stored is not null and posted is not null)
               over (partition by pair.category order by posted nulls last, stored) as posted_gap
        from pair
        left join given_title as given_line
          on given_line.digest = pair.posted_digest
         and given_line.category = pair.category
        left join given_title as given_goal
          on given_goal.digest = pair.stored_digest
         and given_goal.category = pair.category
    ),
    fresh as (
      select category, folded, posted, posted_title as title, posted_gap as gap,
             row_number() over (partition by folded order by category desc, posted) as namesake
        from known
       where stored is null
         and not line_given
    ),
    absent as (
      select category, folded, stored, stored_gap as gap,
             goal_given and posted_goals ? case category when 'short_term' then 'shortTerm' else 'longTerm' end as is_removed
        from known
       where posted is null
    ),
    -- A title that goes from one list to the other is the same goal, as is one that no list had, or, without a revision, any.
    moved as (
      select fresh.category, fresh.folded, fresh.posted, fresh.title, movable.stored
        from fresh
        join (
               select stored, folded, row_number() over (partition by folded order by stored) as namesake
                 from absent
                where given is null
                   or is_removed
                   or category not in ('short_term', 'long_term')
             ) as movable using (folded, namesake)
    ),
    renamed as (
      select new.category, new.folded, new.posted, new.title, former.stored
        from (
               select *, row_number() over (partition by category, gap order by posted) as turn
                 from fresh
                where (category, posted) not in (select category, posted from moved)
             ) as new
        join (
               select *, row_number() over (partition by category, gap order by stored) as turn
                 from absent
                where is_removed
                  and stored not in (select stored from moved)
             ) as former using (category, gap, turn)
    ),
    change as materialized (
      select category, folded, posted, title, stored from moved
       union all
      select category, folded, posted, title, stored from renamed
    ),
    merged as (
      select known.entry || jsonb_build_object(
               'title', coalesce(
                 case
                   when given is null then null
                   when change.stored is not null then change.title
                   when not known.line_given then known.posted_title
                 end,
                 known.stored_title
               ),
               'category', coalesce(change.category, known.category)
             ) as entry,
             known.entry as original,
             absent.is_removed
             and change.stored is null
             and known.entry -> 'touched' is distinct from 'true' as is_removed,
             coalesce(change.posted, known.posted) as posted,
             known.stored
        from known
        left join change using (stored)
        left join absent using (stored)
       where known.stored is not null
       union all
      select jsonb_build_object('title', title, 'category', category), null, null, posted, null
        from (
               select category, title, posted,
                      row_number() over (partition by category, folded order by posted) as namesake,
                      (category, folded) in (
                        select coalesce(change.category, known.category), known.folded
                          from known
                          left join change using (stored)
                         where known.stored is not null
                      ) as is_there
                 from fresh
                where (category, posted) not in (select category, posted from change)
             ) as new
       where given is not null
          or namesake = 1
             and not is_there
    )
    select coalesce(
             jsonb_agg(
               case
                 when original is null then entry || '{"change": "added"}'
                 when is_removed then entry || '{"change": "removed"}'
                 when entry <> original then entry || jsonb_build_object('change', 'changed', 'from', original)
                 else entry
               end
               order by entry ->> 'category' desc,
                        case
                          when given is null then coalesce(stored, 10000 + posted)
                          else coalesce(posted, 10000 + stored)
                        end
             ),
             '[]'
           )
      from merged
  );
end;
$$;

-- Merges what is posted into a document, or into the rows where the onboarding was_complete; if completing, into both. Rows that
-- weren't looked at are null. Returns `columns`, from which those of the profile come, the `document` that is stored, the changes of
-- `children` and `goals` that are rows, or null for none, and `childIds` by place, 0 for those without a row.
create function merge_onboarding(
  given text, child_ids bigint[], was_complete boolean, completing boolean, stored jsonb,
  child_rows jsonb, goal_rows jsonb, posted jsonb
)
  returns jsonb
  language plpgsql
  immutable parallel safe
  set search_path = public, pg_temp
as $$
declare
  columns jsonb := changed_fields(given, case when not was_complete then stored end, posted);
  document jsonb := merge_patch(stored, columns);
  children jsonb;
  goals jsonb;
begin
  if was_complete then
    document := onboarding_remainder(document);
    children := merge_children(given, child_ids, child_rows, posted -> 'childProfiles');
    goals := merge_goals(given, goal_rows, posted -> 'goals');
  else
    -- Most saves don't touch the children.
    if posted ? 'childProfiles'
       and (
         jsonb_typeof(stored -> 'childProfiles') is distinct from 'array'
         or coalesce(
              children_digests(split_part(given, '.', 1), posted -> 'childProfiles') <> split_part(given, '.', 5), true
            )
       ) then
      children := merge_children(given, null, stored -> 'childProfiles', posted -> 'childProfiles');
      document := document || jsonb_build_object(
        'childProfiles', (
          select coalesce(jsonb_agg(entry - array['id', 'change', 'posted'] order by place), '[]')
            from jsonb_array_elements(children) with ordinality as child (entry, place)
           where entry -> 'change' is distinct from '"removed"'
        )
      );
    end if;
    if posted -> 'goals' ?| array['shortTerm', 'longTerm'] then
      goals := merge_goals(
        given,
        (
          select coalesce(
                   jsonb_agg(jsonb_build_object('title', title, 'category', category) order by category desc, place), '[]'
                 )
            from onboarding_goals(stored -> 'goals')
        ),
        posted -> 'goals'
      );
      document := document || jsonb_build_object(
        'goals', document -> 'goals' || (
          select jsonb_object_agg(list.name, list.titles)
            from (
                   select case category when 'short_term' then 'shortTerm' else 'longTerm' end as name,
                          coalesce(
                            jsonb_agg(goal.entry -> 'title' order by goal.place) filter (
                              where goal.place is not null
                                and goal.entry -> 'change' is distinct from '"removed"'
                            ),
                            '[]'
                          ) as titles
                     from unnest(array['short_term', 'long_term']) as category
                     left join jsonb_array_elements(goals) with ordinality as goal (entry, place)
                       on goal.entry ->> 'category' = category
                    group by category
                 ) as list
           where list.titles <> '[]'
              or (document -> 'goals') ? list.name
              or (posted -> 'goals') ? list.name
        )
      );
    end if;
    if completing then
      -- What the document says of children that isn't a row's, as it was written by hand, is refused by its trigger.
      children := merge_children(
        '', null, child_rows,
        jsonb_path_query_array(
          document,
          'lax $.childProfiles[*] ? (@.name.type() == "string" && @.age.type() == "number"
                                     && @.age >= 0 && @.age <= 18 && @.age == @.age.floor())'
        )
      );
      goals := merge_goals('', goal_rows, document -> 'goals');
      -- Every part as the document has it; what this save clears is null, as a save before may have filled its column.
      columns := (
        select jsonb_object_agg(part, coalesce(columns -> part, '{}') || coalesce(document -> part, '{}'))
          from unnest(array['basicInfo', 'stressAssessment', 'goals']) as part
      );
    end if;
  end if;
  return jsonb_build_object(
    'columns', columns,
    'document', document,
    'children', case when was_complete or completing then nullif(jsonb_path_query_array(children, '$[*] ? (exists(@.change))'), '[]') end,
    'goals', case when was_complete or completing then nullif(jsonb_path_query_array(goals, '$[*] ? (exists(@.change))'), '[]') end,
    'childIds', case
      when was_complete and posted ? 'childProfiles' then (
        select coalesce(jsonb_agg(coalesce(meant.id, 0) order by place), '[]')
          from generate_series(1, jsonb_array_length(posted -> 'childProfiles')) as place
          left join (
                 select (entry ->> 'id')::bigint as id, jsonb_array_elements(entry -> 'posted')::integer as place
                   from jsonb_array_elements(children) as entry
               ) as meant using (place)
      )
    end
  );
end;
$$;

comment on function merge_children(text, bigint[], jsonb, jsonb) is 'Three-way merge of the children of an onboarding document.';
comment on function merge_goals(text, jsonb, jsonb) is 'Three-way merge of the goals of an onboarding document.';
comment on function merge_onboarding(text, bigint[], boolean, boolean, jsonb, jsonb, jsonb, jsonb) is 'Three-way merge of an onboarding document with what is stored.';
