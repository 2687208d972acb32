-- Checks the catalog against the conventions of sql/README.md: a row for each breach, with what should be otherwise.
-- `just psql -f sql/conventions.sql` shows them; `just check` and the tests run it too. It only reads.

-- Our tables and views, without those that record migrations or belong to extensions, and without partitions.
with our_relations as (
  select c.oid, c.relname::text as name, c.relkind as kind, c.relpersistence, c.reloptions
    from pg_class as c
   where c.relnamespace = 'public'::regnamespace
     and c.relkind in ('r', 'p', 'v', 'm')
     and not c.relispartition
     and c.relname !~ '^_?yoyo|^migration_checksums$'
     and not exists (
           select
             from pg_depend as d
            where d.objid = c.oid
              and d.deptype = 'e'
         )
),
our_tables as (
  select oid, name, relpersistence, reloptions
    from our_relations
   where kind in ('r', 'p')
),
our_columns as (
  select r.oid as table_id, r.name as table_name, r.kind, a.attname::text as name, a.attidentity,
         -- Of a domain's column, or of a list of one, it's what the domain is made of, with the checks of both.
         held.type,
         coalesce(col_description(r.oid, a.attnum), '') as comment,
         coalesce(
           (
             select string_agg(pg_get_constraintdef(c.oid), ' ')
               from pg_constraint as c
              where c.conrelid = r.oid
                and c.contype = 'c'
                and a.attnum = any(c.conkey)
           ),
           ''
         ) || held.checks as checks
    from our_relations as r
    join pg_attribute as a
      on a.attrelid = r.oid
     and a.attnum > 0
     and not a.attisdropped
   cross join lateral (
           with recursive made as (
             select coalesce(item.type_id, a.atttypid) as type_id, a.atttypmod as modifier, 1 as step,
                    case when item.type_id is null then '' else '[]' end as list
               from (
                      select max(oid) as type_id
                        from pg_type
                       where typarray = a.atttypid
                         and typtype = 'd'
                    ) as item
              union all
             select t.typbasetype, t.typtypmod, made.step + 1, made.list
               from made
               join pg_type as t
                 on t.oid = made.type_id
                and t.typtype = 'd'
           )
           select (array_agg(format_type(made.type_id, made.modifier) || made.list order by made.step desc))[1] as type,
                  coalesce(
                    string_agg(' ' || regexp_replace(pg_get_constraintdef(d.oid), '\mVALUE\M', a.attname, 'g'), ''), ''
                  ) as checks
             from made
             left join pg_constraint as d
               on d.contypid = made.type_id
              and d.convalidated
         ) as held
),
table_columns as (
  select table_id, table_name, name, attidentity, type, comment, checks
    from our_columns
   where kind in ('r', 'p')
),
our_constraints as (
  select t.oid as table_id, t.name as table_name, c.conname::text as name, c.contype, c.confrelid, c.confdeltype,
         c.conperiod, c.conkey, coalesce(c.confdelsetcols, c.conkey) as set_columns, c.conenforced, c.convalidated,
         array(
           select a.attname::text
             from unnest(c.conkey) with ordinality as k (attnum, position)
             join pg_attribute as a
               on a.attrelid = t.oid
              and a.attnum = k.attnum
            order by k.position
         ) as columns
    from our_tables as t
    join pg_constraint as c
      on c.conrelid = t.oid
     -- A foreign key to a partitioned table has a further constraint for each partition.
     and c.conparentid = 0
   where c.contype in ('p', 'u', 'f', 'c', 'x')
),
our_functions as (
  select p.oid::regprocedure::text as signature, p.proname, p.prosrc, p.prosecdef, p.prorettype, p.proconfig
    from pg_proc as p
   where p.pronamespace = 'public'::regnamespace
     and not exists (
           select
             from pg_depend as d
            where d.classid = 'pg_proc'::regclass
              and d.objid = p.oid
              and d.deptype = 'e'
         )
)
select 'tables and views are plural and snake_case' as convention,
       name as subject,
       'should be named in plural snake_case' as fault
  from our_relations
 where name !~ '^[a-z][a-z0-9_]*s$'
   -- Plurals that aren't made with -s.
   and name !~ '^(([a-z][a-z0-9_]*)?(children|people|women)|([a-z][a-z0-9_]*_)?(criteria|data|feet|media|men|teeth))$'

union all

select 'columns are snake_case',
       table_name || '.' || name, 'should be named in snake_case'
  from our_columns
 where name !~ '^[a-z][a-z0-9_]*$'

union all

select 'tables and views have a comment',
       name, 'needs a comment: what it is'
  from our_relations
 where coalesce(obj_description(oid, 'pg_class'), '') !~ '\S'

union all

select 'columns have a comment',
       table_name || '.' || name, 'needs a comment: what it is, behind its privacy class'
  from our_columns
 where comment !~ '\S'

union all

select 'columns have a privacy class',
       table_name || '.' || name,
       'needs a comment behind its class: [personal], [health-related], [secret] or [operational]'
  from our_columns
 where comment ~ '\S'
   and comment !~ '^\[(personal|health-related|secret|operational)\] +\S'

union all

select 'constraints are named for their table and columns',
       table_name,
       name || ' should be named ' || case contype
         when 'p' then table_name || '_pkey'
         when 'u' then table_name || '_' || array_to_string(columns, '_') || '_key'
         when 'f' then table_name || '_' || array_to_string(columns, '_') || '_fkey'
         when 'x' then table_name || '_COLUMNS_excl'
         else table_name || '_' || coalesce(columns[1], 'COLUMN') || '_check'
       end
  from our_constraints
 where name <> all(
         case contype
           when 'p' then array[table_name || '_pkey']
           when 'u' then array[table_name || '_' || array_to_string(columns, '_') || '_key']
           when 'f' then array[table_name || '_' || array_to_string(columns, '_') || '_fkey']
           -- What excludes may be an expression.
           when 'x' then array[
             case when starts_with(name, table_name || '_') and name like '%\_excl' then name else '' end
           ]
           -- A check of several columns is named for any one of them.
           else array(select table_name || '_' || c || '_check' from unnest(columns) as c)
         -- What is longer than a name can be, PostgreSQL cuts off,
         end::name[]::text[]
       )
   -- or shortens within, where it makes the name.
   and not (
         octet_length(name) > 59
         and starts_with(name, left(table_name, 28))
         and name like '%\_' || case contype
           when 'p' then 'pkey'
           when 'u' then 'key'
           when 'f' then 'fkey'
           when 'x' then 'excl'
           else 'check'
         end
       )

union all

select 'indexes are named for their table',
       t.name,
       i.relname || ' should be named ' || t.name || '_COLUMNS' || case when x.indisunique then '_key' else '_idx' end
  from our_tables as t
  join pg_index as x
    on x.indrelid = t.oid
  join pg_class as i
    on i.oid = x.indexrelid
 where (
         not starts_with(i.relname, t.name || '_')
         or i.relname !~ case when x.indisunique then '_key$' else '_idx$' end
       )
   -- The index of a constraint has the constraint's name.
   and not exists (
         select
           from our_constraints as c
          where c.table_id = t.oid
            and c.name = i.relname
            and c.contype in ('p', 'u', 'x')
       )

union all

select 'indexes are valid',
       t.name, i.relname || ' is not valid: drop it and create it again'
  from our_tables as t
  join pg_index as x
    on x.indrelid = t.oid
  join pg_class as i
    on i.oid = x.indexrelid
 where not x.indisvalid

union all

select 'constraints are valid',
       table_name, name || ' is not validated: `alter table … validate constraint`'
  from our_constraints
 where not convalidated
   and conenforced

union all

select 'constraints are enforced',
       table_name, name || ' is not enforced: rows that it forbids are taken'
  from our_constraints
 where not conenforced

union all

select 'foreign keys say what happens on delete',
       table_name, name || ' needs `on delete cascade`, `restrict` or `set null`'
  from our_constraints
 where contype = 'f'
   and confdeltype = 'a'
   -- One of a period can have no other.
   and not conperiod

union all

select 'a family''s rows go with their account',
       table_name, name || ' needs `on delete cascade`: a family''s rows go with its account'
  from our_constraints
 where contype = 'f'
   and confrelid in (to_regclass('public.users'), to_regclass('public.parent_profiles'))
   and confdeltype not in ('a', 'c', 'n')

union all

select 'owners have a foreign key',
       table_name || '.' || name,
       'needs a foreign key to ' || case name when 'user_id' then 'users' else 'parent_profiles' end
       || ', or a comment that it is kept when the account is erased'
  from table_columns as c
 where name in ('user_id', 'parent_profile_id')
   and comment not like '%kept when the account is erased%'
   and not exists (
         select
           from our_constraints as f
          where f.table_id = c.table_id
            and f.contype = 'f'
            and f.columns[1] = c.name
            and f.confrelid = to_regclass(
                  case c.name when 'user_id' then 'public.users' else 'public.parent_profiles' end
                )
       )

union all

select 'foreign keys set to null what may be null',
       c.table_name, c.name || ' sets ' || a.attname || ' to null, which is not null: write `on delete cascade`'
  from our_constraints as c
  join pg_attribute as a
    on a.attrelid = c.table_id
   and a.attnum = any(c.set_columns)
   and a.attnotnull
 where c.contype = 'f'
   and c.confdeltype = 'n'

union all

select 'tables outlive a crash',
       name, 'is unlogged, so a crash empties it: `alter table … set logged`'
  from our_tables
 where relpersistence = 'u'

union all

select 'tables are vacuumed',
       name, 'is never vacuumed by itself: `alter table … reset (autovacuum_enabled)`'
  from our_tables
 where exists (
         select
           from pg_options_to_table(reloptions)
          where option_name in ('autovacuum_enabled', 'toast.autovacuum_enabled')
            and option_value not in ('true', 'on', 'yes', '1')
       )

union all

select 'foreign keys have an index',
       c.table_name, c.name || ' needs an index that begins with ' || array_to_string(c.columns, ', ')
  from our_constraints as c
 where c.contype = 'f'
   and not exists (
         select
           from pg_index as x
           join pg_class as i
             on i.oid = x.indexrelid
           join pg_am as m
             on m.oid = i.relam
          where x.indrelid = c.table_id
            -- Others, such as brin, don't find the rows of one key.
            and m.amname in ('btree', 'hash', 'gist', 'spgist')
            and (
                  x.indpred is null
                  -- A row that has a null there refers to none.
                  or not exists (
                       select
                         from regexp_split_to_table(
                                btrim(pg_get_expr(x.indpred, x.indrelid), '()'), '\) AND \('
                              ) as part
                        where part <> all(
                                array(select format('%I IS NOT NULL', k.name) from unnest(c.columns) as k (name))
                              )
                     )
                )
            and x.indisvalid
            -- What it includes besides is no key.
            and cardinality(c.conkey) <= x.indnkeyatts
            and (x.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey
       )

union all

select 'tables have a primary key',
       t.name, 'needs a primary key'
  from our_tables as t
 where not exists (
         select
           from our_constraints as c
          where c.table_id = t.oid
            and c.contype = 'p'
       )

union all

select 'a family''s rows are keyed by their owner first',
       c.table_name, c.name || ' should begin with parent_profile_id, and begins with ' || c.columns[1]
  from our_constraints as c
 where c.contype = 'p'
   and c.columns[1] <> 'parent_profile_id'
   and exists (
         select
           from our_columns as o
          where o.table_id = c.table_id
            and o.name = 'parent_profile_id'
       )

union all

select 'ids are bigint identities',
       table_name || '.' || name,
       'should be bigint generated … as identity, and is '
       || type || case attidentity when '' then ' without that' else '' end
  from table_columns
 where name = 'id'
   and (type <> 'bigint' or attidentity = '')

union all

select 'moments are timestamptz',
       table_name || '.' || name, 'should be timestamptz, and is ' || type
  from table_columns
 where type like 'timestamp%without time zone%'
    or type ~ '^time(\(\d\))? with time zone'

union all

select 'types have one way to be written',
       table_name || '.' || name,
       'should be ' || case
         when type like 'json%' then 'jsonb'
         when type like 'character%' then 'text'
         else 'bigint'
       end || ', and is ' || type
  from table_columns
 where type in ('json', 'json[]')
    or type like 'character%'
    or (name like '%\_id' and type in ('integer', 'smallint'))

union all

select 'texts have a length check',
       table_name || '.' || name, 'needs a check of its length'
  from table_columns
 where type = 'text'
   and checks !~ ('length\(\(?' || name || '\)?(::text\))?\)? (<|<=|=) \d{1,6}\M|\{\d+,\d{1,6}\}')

union all

select 'lists of texts have a check',
       table_name || '.' || name, 'needs a check with is_text_list(…)'
  from table_columns
 where type = 'text[]'
   and checks !~ ('is_text_list\(' || name || ', \d{1,4}, \d{1,6}\)')

union all

select 'documents have a type check',
       table_name || '.' || name, 'needs a check of jsonb_typeof(…)'
  from table_columns
 where type = 'jsonb'
   and checks !~ ('jsonb_typeof\(' || name || '\) = ')

union all

-- Where a parent writes freely, they write of their family's health as well.
select 'what a parent writes freely is health-related',
       table_name || '.' || name, 'should be [health-related]: a parent may write anything there'
  from table_columns as c
 where comment not like '[health-related]%'
   and (
         type in ('text[]', 'jsonb')
         or (type = 'text' and checks !~ ' ~\*? ' and checks ~ ('length\(' || name || '\) <=? ([2-9]\d\d|\d{4,})\M'))
       )
   -- How one wants to be reached tells nothing of anybody's health, and the name of a model isn't theirs.
   and (table_name, name) not in (
         ('parent_profiles', 'communication_preference'), ('parent_profiles', 'profile_embedding_model')
       )
   and (
         table_name = 'parent_profiles'
         or exists (
              select
                from table_columns as o
               where o.table_id = c.table_id
                 and o.name = 'parent_profile_id'
            )
       )

union all

-- Those of check, foreign key and unique constraints are translated, and nobody but who uses psql meets the last one.
select 'functions raise what clients are told of',
       signature,
       'should raise errors with `errcode = ''check_violation'', constraint = …`, or `insufficient_privilege`'
  from our_functions
 where regexp_count(
         prosrc,
         '\mraise\s+(?!debug|log|info|notice|warning)(exception|sqlstate|using|''|[a-z_]+\s*;|[a-z_]+\s+using)',
         1, 'i'
       ) > regexp_count(
         prosrc,
         'errcode\s*=\s*''(check_violation|foreign_key_violation|unique_violation|insufficient_privilege)''',
         1, 'i'
       )

union all

select 'triggers fire',
       t.name, g.tgname || ' fires ' || case g.tgenabled when 'R' then 'on replicas only' else 'never' end
       || ': `alter table … enable trigger`'
  from our_tables as t
  join pg_trigger as g
    on g.tgrelid = t.oid
   and g.tgenabled in ('D', 'R')

union all

select 'updated_at follows every update',
       table_name || '.' || name, 'needs a trigger `before update … execute function set_updated_at()`'
  from table_columns as c
 where name = 'updated_at'
   and not exists (
         select
           from pg_trigger as g
           join pg_proc as p
             on p.oid = g.tgfoid
          where g.tgrelid = c.table_id
            and p.proname = 'set_updated_at'
            -- For each row, before, on update.
            and g.tgtype & 19 = 19
            and g.tgenabled in ('O', 'A')
            -- Whatever is about somebody has to be in its list of columns, if it has one, and not in its condition,
            -- which tells apart what the service itself changes.
            and not exists (
                  select
                    from our_columns as o
                    join pg_attribute as a
                      on a.attrelid = o.table_id
                     and a.attname = o.name
                   where o.table_id = c.table_id
                     and o.comment ~ '^\[(personal|health-related)\]'
                     -- A digest is worked out, and only staff ban an account.
                     and o.type <> 'bytea'
                     and (o.table_name, o.name) not in (('users', 'banned_at'), ('users', 'ban_reason'))
                     and case
                           when cardinality(g.tgattr::smallint[]) > 0 then a.attnum <> all(g.tgattr::smallint[])
                           else exists (
                             select
                               from pg_depend as d
                              where d.classid = 'pg_trigger'::regclass
                                and d.objid = g.oid
                                and d.refobjid = o.table_id
                                and d.refobjsubid = a.attnum
                           )
                         end
                )
       )

union all

select 'functions run no text as SQL',
       f.signature, 'should have its SQL written out: no check reads what `execute` runs'
  from our_functions as f
 where f.prosrc ~* '\mexecute\M'
   -- It counts in each table of families that has its trigger.
   and f.proname <> 'keep_family_size'

union all

select 'only triggers have their owner''s rights',
       f.signature, 'should be `security invoker`: with its owner''s rights it reaches what its caller may not'
  from our_functions as f
 where f.prosecdef
   and f.prorettype <> 'trigger'::regtype
   -- It takes no argument, and only removes.
   and f.proname <> 'remove_year_old_events'

union all

select 'functions with their owner''s rights set their search_path',
       f.signature, 'should have `set search_path = public, pg_temp`, as it has its owner''s rights'
  from our_functions as f
 where f.prosecdef
   and coalesce(array_to_string(f.proconfig, ' '), '') not like '%search_path=%'

union all

-- Functions whose bodies are kept as texts, which are read each time by the search_path of their caller.
select 'functions qualify what they use',
       p.oid::regprocedure::text, 'should say public.' || used.name || ', or set its search_path'
  from pg_proc as p
  join pg_language as l
    on l.oid = p.prolang
   and l.lanname in ('plpgsql', 'sql')
  join (
         select distinct proname::text as name, '(^|[^.\w])' || proname || '\s*\(' as use
           from pg_proc
          where pronamespace = 'public'::regnamespace
         union all
         select name, '\m(from|join|into|update)\s+' || name || '\M'
           from our_relations
       ) as used
    on p.prosrc ~ used.use
 where p.pronamespace = 'public'::regnamespace
   and p.prosqlbody is null
   and coalesce(array_to_string(p.proconfig, ' '), '') not like '%search_path=%'
   and not exists (
         select
           from pg_depend as d
          where d.classid = 'pg_proc'::regclass
            and d.objid = p.oid
            and d.deptype = 'e'
       );
