-- Saves of an onboarding are merged three ways: what a tab was given, what is stored, and what it posts. The first is what the
-- document's `revision` says, which the client sends back as it is: a digest of each field, child and goal that was given, of 30
-- bits, salted anew for each reading. It has 4,096 characters at most: 50 children and 1,000 goals fit, whose digests are then cut
-- to 18 bits; goals or children that don't fit at all are never taken to be removed. A check, which the account's id goes into, tells
-- another account's revision, and one that was damaged. It is no secret, and need not be: a save reaches the caller's rows only.
-- The salt begins with the moment of the reading, so that a row that changed since isn't removed. Digests are of hashtextextended(),
-- which costs a tenth of sha256(): hash partitions rest on it, so it is the same in later versions of PostgreSQL.
--
-- A tab goes on with the revision that it read, save after save. So onboarding_merge_bases keeps, for a week, what it has last
-- posted, as digests too: what it has posted before is no change of its own any more. Without that, a child that it added, and
-- renamed before the next save, would be there twice, and what another tab changed since would be changed back.
--
-- Locks: a new table and new functions; its foreign key takes a share row exclusive lock on parent_profiles for milliseconds.
-- Rollback loses what tabs had posted: their next save is merged by what they had read.

create function onboarding_digest(salt text, value text)
  returns text
  language sql
  immutable parallel safe
  return left(encode(int8send(hashtextextended(coalesce(value, ''), hashtextextended(salt, 0))), 'base64'), 5);

-- The fields of a document, in the order of their digests.
create function onboarding_fields()
  returns text[]
  language sql
  immutable parallel safe
  return array[
    '{basicInfo,name}', '{basicInfo,parentType}', '{basicInfo,experienceLevel}', '{basicInfo,email}',
    '{stressAssessment,stressLevel}', '{stressAssessment,primaryConcerns}', '{stressAssessment,supportNetwork}',
    '{goals,supportAreas}', '{goals,communicationPreference}'
  ];

-- An empty text or list says as little as none.
create function onboarding_field(document jsonb, path text)
  returns text
  language sql
  immutable parallel safe
  return nullif(nullif(document #> path::text[], '""'), '[]')::text;

-- Only this field may be left out of its part: what doesn't post it any more, takes it away.
create function leaves_out(document jsonb, path text)
  returns boolean
  language sql
  immutable parallel safe
  return path = '{goals,communicationPreference}'
         and jsonb_typeof(document -> 'goals') = 'object'
         and document #> path::text[] is null;

create function child_digests(salt text, child jsonb)
  returns text
  language sql
  immutable parallel safe
  return onboarding_digest(salt || 'name', child ->> 'name')
         || onboarding_digest(salt || 'age', child ->> 'age')
         || onboarding_digest(salt || 'specialNeeds', coalesce(child -> 'specialNeeds', '[]')::text);

-- A child is known by its id, or else by its name and which of its namesakes it is. An id that comes twice counts once.
create function onboarding_children(children jsonb)
  returns table (place bigint, entry jsonb, id text, folded text, by_name text, key text)
  language sql
  immutable parallel safe
as $$
  select place, entry, id, folded, folded || '/' || namesake, coalesce('#' || id, folded || '/' || namesake)
    from (
           select place, entry, id, folded,
                  row_number() over (partition by id is null, folded order by place) as namesake
             from (
                    select place, entry,
                           coalesce(public.fold(entry ->> 'name'), '') as folded,
                           case
                             when row_number() over (partition by entry -> 'id' order by place) = 1 then entry ->> 'id'
                           end as id
                      from jsonb_array_elements(
                             case jsonb_typeof(children) when 'array' then children else '[]' end
                           ) with ordinality as child (entry, place)
                  ) as identified
         ) as numbered;
$$;

create function children_digests(salt text, children jsonb)
  returns text
  language sql
  immutable parallel safe
  return (
    select coalesce(string_agg(onboarding_digest(salt, key) || child_digests(salt, entry), '' order by place), '')
      from onboarding_children(children)
  );

-- Goals of a document: its lines, short-term ones first. One that isn't in a list is a list of one; blank ones are none.
create function onboarding_goals(goals jsonb)
  returns table (category text, place bigint, title text)
  language sql
  immutable parallel safe
as $$
  select list.category, line.place, line.title #>> '{}'
    from (
           values ('short_term', jsonb_path_query_array(goals, 'lax $.shortTerm[*]')),
                  ('long_term', jsonb_path_query_array(goals, 'lax $.longTerm[*]'))
         ) as list (category, titles)
   cross join jsonb_array_elements(list.titles) with ordinality as line (title, place)
   where jsonb_typeof(line.title) = 'string'
     and line.title #>> '{}' ~ '\S';
$$;

-- What a tab has after a reading or a save, as digests: the parts of a revision, without its check. What the document leaves out is
-- as it was given. Parts have dots between: salt, check, width of the goals' digests, and the digests of the fields, of the children
-- (of the key, name, age and special needs of each), of the short-term and of the long-term goals.
create function next_merge_base(given text, document jsonb)
  returns text
  language plpgsql
  immutable parallel safe
  set search_path = public, pg_temp
as $$
declare
  parts constant text[] := string_to_array(given, '.');
  salt constant text := parts[1];
  width constant integer := parts[3];
begin
  return concat_ws(
    '.', salt, '', width,
    (
      select string_agg(
               case
                 when document #> path::text[] is null and parts[4] <> '' and not leaves_out(document, path)
                 then substr(parts[4], place::integer * 5 - 4, 5)
                 else onboarding_digest(salt || path, onboarding_field(document, path))
               end,
               '' order by place
             )
        from unnest(onboarding_fields()) with ordinality as field (path, place)
    ),
    case
      when document -> 'childProfiles' is null then parts[5]
      else children_digests(salt, document -> 'childProfiles')
    end,
    case when document #> '{goals,shortTerm}' is null then parts[6] else coalesce(goal.short_term, '') end,
    case when document #> '{goals,longTerm}' is null then parts[7] else coalesce(goal.long_term, '') end
  )
    from (
           select string_agg(digest, '' order by place) filter (where category = 'short_term') as short_term,
                  string_agg(digest, '' order by place) filter (where category = 'long_term') as long_term
             from onboarding_goals(document -> 'goals')
            cross join lateral (select left(onboarding_digest(salt, title), width)) as made (digest)
         ) as goal;
end;
$$;

-- 4,096 characters at most. Digests of goals that would have fewer than 3 are left out, and then children's.
create function onboarding_revision(user_id bigint, document jsonb)
  returns text
  language plpgsql
  volatile parallel safe
  set search_path = public, pg_temp
as $$
declare
  -- It tells when the document was read.
  salt constant text := replace(uuidv7()::text, '-', '');
  titles constant integer := jsonb_array_length(jsonb_path_query_array(document, 'lax $.goals.shortTerm[*]'))
                             + jsonb_array_length(jsonb_path_query_array(document, 'lax $.goals.longTerm[*]'));
  -- All but digests of children and goals take 89.
  room integer := 4096 - 89 - 20 * jsonb_array_length(jsonb_path_query_array(document, 'lax $.childProfiles[*]'));
  width integer;
  base text;
begin
  if room < 0 then
    document := document - 'childProfiles';
    room := 4096 - 89;
  end if;
  width := least(room / greatest(titles, 1), 5);
  base := next_merge_base(salt || format('..%s....', case when width >= 3 then width else 0 end), document);
  return overlay(base placing '.' || onboarding_digest(salt || user_id, substr(base, 35)) || '.' from 33 for 2);
end;
$$;

create function with_revision(user_id bigint, document jsonb)
  returns jsonb
  language sql
  volatile parallel safe
  return document || jsonb_build_object('revision', onboarding_revision(user_id, document));

-- What a client sends as a revision, if it's one that the account was given; else null.
create function given_revision(user_id bigint, revision text)
  returns text
  language sql
  immutable parallel safe
  return case
    when length(revision) <= 4096
         and revision ~ '^[0-9a-f]{32}\.[\w+/]{5}\.[0345]\.[\w+/]{45}\.([\w+/]{20})*(\.[\w+/]*){2}$'
         and substr(revision, 34, 5) = onboarding_digest(left(revision, 32) || user_id, substr(revision, 40))
    then revision
  end;

-- What a tab changes of the fields: a patch (RFC 7396) of the stored document, with null for what it takes away. Without a revision
-- that is whatever it posts. Where nothing was given, an empty text or list only fills what the stored document doesn't have; there
-- is none where the fields are columns.
create function changed_fields(given text, stored jsonb, posted jsonb)
  returns jsonb
  language plpgsql
  immutable parallel safe
  set search_path = public, pg_temp
as $$
declare
  salt constant text := coalesce(split_part(given, '.', 1), '');
  digests constant text := split_part(given, '.', 4);
  patch jsonb := posted - array['revision', 'childProfiles'] #- '{goals,shortTerm}' #- '{goals,longTerm}';
  field record;
begin
  for field in
    select path, path::text[] as keys, onboarding_field(posted, path) as value, posted #> path::text[] = '[]' as is_list,
           nullif(substr(digests, place::integer * 5 - 4, 5), onboarding_digest(salt || path, null)) as given
      from unnest(onboarding_fields()) with ordinality as known (path, place)
     where posted #> path::text[] is not null
        or leaves_out(posted, path)
  loop
    if field.value is not null then
      if field.given = onboarding_digest(salt || field.path, field.value) then
        patch := patch #- field.keys;
      end if;
    elsif field.is_list and (given is null or field.given <> '') then
      null;
    elsif field.given <> '' then
      patch := jsonb_set(patch, field.keys, 'null');
    elsif stored is null or stored #> field.keys is not null then
      patch := patch #- field.keys;
    end if;
  end loop;
  return patch;
end;
$$;

create table onboarding_merge_bases (
  parent_profile_id bigint not null,
  reading text collate "C" not null,
  revision text not null,
  child_ids bigint[],
  saved_at timestamptz not null default now(),
  constraint onboarding_merge_bases_pkey primary key (parent_profile_id, reading),
  constraint onboarding_merge_bases_parent_profile_id_fkey foreign key (parent_profile_id)
    references parent_profiles (id) on delete cascade,
  constraint onboarding_merge_bases_reading_check check (length(reading) = 32),
  constraint onboarding_merge_bases_revision_check check (length(revision) <= 65536)
);

-- For what is removed by its age.
create index onboarding_merge_bases_saved_at_idx on onboarding_merge_bases (saved_at);

comment on function onboarding_digest(text, text) is 'Salted digest of a value of an onboarding document: 30 bits, as 5 characters.';
comment on function onboarding_fields() is 'Paths of the fields of an onboarding document that are merged one by one.';
comment on function onboarding_field(jsonb, text) is 'A field of an onboarding document, as JSON text; an empty text or list is none.';
comment on function leaves_out(jsonb, text) is 'Whether a posted document takes a field away by leaving it out.';
comment on function child_digests(text, jsonb) is 'Digests of name, age and special needs of a child of an onboarding document.';
comment on function onboarding_children(jsonb) is 'Children of an onboarding document, and what each is known by.';
comment on function children_digests(text, jsonb) is 'Digests of the children of an onboarding document: of the key, name, age and special needs of each.';
comment on function onboarding_goals(jsonb) is 'Goals of an onboarding document, short-term ones first.';
comment on function next_merge_base(text, jsonb) is 'Digests of what a tab has after a reading or a save.';
comment on function onboarding_revision(bigint, jsonb) is 'Revision of an onboarding document that is given out.';
comment on function with_revision(bigint, jsonb) is 'Onboarding document as it is given out, with its revision.';
comment on function given_revision(bigint, text) is 'The revision that a client sent, if it is one that the account was given.';
comment on function changed_fields(text, jsonb, jsonb) is 'Patch with the fields that a posted document changes.';
comment on table onboarding_merge_bases is 'What tabs that save their onboarding document again and again have last posted, as salted digests; a week, and 20 of a family.';
comment on column onboarding_merge_bases.parent_profile_id is '[operational] The family it belongs to.';
comment on column onboarding_merge_bases.reading is '[operational] Which reading the tab goes on from: the salt of its revision.';
comment on column onboarding_merge_bases.revision is '[health-related] Digests of fields, children and goals, as a revision without its check.';
comment on column onboarding_merge_bases.child_ids is '[operational] Rows of the children, in their order; 0 for those without a row.';
comment on column onboarding_merge_bases.saved_at is '[operational] When the tab last saved; kept for a week.';
