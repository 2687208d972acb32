"""Statements with their nullable columns, and statements with their faults."""

from typing import Final

_STAR: Final = "what * stands for isn't known here: name the columns"
_AROUND: Final = "this count may be of rows of the query around it: write its columns with their relation"
_NO_DEFAULT: Final = "users.email is not null and has no default: give it a value"
_MAY_BE_NULL: Final = "users.email is not null, and what it's given may be null: write `coalesce(…)`"
_NO_KEY: Final = "the key shoe_size is none of :pet, which is Pet: add it there, or leave it out here"
_NOWHERE: Final = "goes nowhere: use it, or leave it out"
_PLACES: Final = "which column is which isn't known here: cast arrays, count with row_number()"
_FORGOTTEN: Final = (
    "sessions.user_agent would be forgotten where the key user_agent of :login is absent: ask for it with `?` first"
)
# Columns that may be null, by statement.
COLUMNS: Final = {
    "select id, email from parent_profiles": "email",
    "select p.id, c.name from parent_profiles as p left join child_profiles as c on c.parent_profile_id = p.id": (
        "name"
    ),
    "select p.bio, c.name from child_profiles as c right join parent_profiles as p on c.parent_profile_id = p.id": (
        "bio name"
    ),
    "select p.id, c.name from parent_profiles as p full join child_profiles as c on c.parent_profile_id = p.id": (
        "id name"
    ),
    "select parent_profile_id from child_profiles as c full join parenting_goals as g using (parent_profile_id)": "",
    "select parent_profile_id from parent_profiles as p left join"
    " (child_profiles as c full join parenting_goals as g using (parent_profile_id)) on c.id = p.id": (
        "parent_profile_id"
    ),
    "select parent_profile_id from child_profiles as c full join parenting_goals as g using (parent_profile_id)"
    " group by rollup (parent_profile_id)": "parent_profile_id",
    "select p.bio from parent_profiles as p where p.bio is not null": "",
    "select p.bio from parent_profiles as p where p.bio = :title": "",
    "select p.bio from parent_profiles as p where p.bio = :title or p.email is null": "bio",
    "select p.bio from parent_profiles as p where p.bio is distinct from :title": "bio",
    "select p.name, p.bio from parent_profiles as p join users as u on u.email = p.bio": "",
    "select coalesce(bio, '') as bio, coalesce(bio, bio) as bio_text from parent_profiles": "bio_text",
    "select bio || name as text, name || name as twice from parent_profiles": "text",
    "select nullif(name, '') as name from parent_profiles": "name",
    "select count(*) as count, max(age) as age from child_profiles": "age",
    "select name, max(age) as age, array_agg(age) as ages from child_profiles group by name": "",
    "select name, max(age) filter (where age > 1) as age from child_profiles group by name": "age",
    "select name, (array_agg(age order by id))[1] as age from child_profiles group by name": "",
    "select (array_agg(age order by id))[1] as age from child_profiles": "age",
    "select (select username from users where id = :id) as username, (select count(*) from users) as count": "username",
    "select exists (select from users) as some, array(select name from child_profiles) as names": "",
    "select id = any (array[1]) as known, id in (1, 2) as one from users": "",
    "select case when age > 1 then 1 end as older, case when age > 1 then 2 else 3 end as sure from child_profiles": (
        "older"
    ),
    "select routines -> 'x' as x, routines ? 'x' as has from child_profiles": "x",
    "select greatest(age, null) as age, least(null, null) as none from child_profiles": "none",
    "select row_number() over (order by id) as place, lag(id) over (order by id) as before from users": "before",
    "select name from child_profiles union all select nullif(bio, '') from parent_profiles": "name",
    "with c as (select bio from parent_profiles) select bio from c": "bio",
    "select bio_text from (select bio from parent_profiles) as p (bio_text)": "bio_text",
    "with recursive n (number) as (select 1 union all select number + 1 from n where number < 3)"
    " select number from n": "",
    "select :id::bigint as id, :maybe::bigint as maybe": "maybe",
    "select w.id, w.maybe, w.call from unnest(:id::bigint[], :maybe::bigint[]) with ordinality"
    " as w (id, maybe, call)": "maybe",
    "select names from unnest(:names::text[]) as names": "",
    "select p.name, p.age, p.special_needs from jsonb_to_record(:pet::jsonb) as p"
    " (name text, age integer, special_needs text[])": "age special_needs",
    "select p.name, p.age, coalesce(p.special_needs, '{}') as special_needs from jsonb_to_recordset(:pets::jsonb) as p"
    " (name text, age integer, special_needs text[])": "age",
    "insert into users (username, email, password) values ('noor', :title || '@', :title || '!')"
    " returning id, profile_picture": "profile_picture",
    "update users set email = email || '' returning old.email, new.profile_picture": "profile_picture",
    "delete from users returning id, profile_picture": "profile_picture",
    "update sessions as s set user_agent ="
    " case when :login::jsonb ? 'user_agent' then given.user_agent else s.user_agent end"
    " from jsonb_to_record(:login::jsonb) as given (user_agent text) returning s.user_agent": "user_agent",
    "insert into users (id, username, email, password) values (:id, 'a', 'b@c', 'd') on conflict (id) do update"
    " set email = excluded.email returning old.id, (old.id is null) as created": "id",
    "select *, 1 as one from (select id, bio from parent_profiles) as p": "bio",
    "select current_date as today, now() as now, extract(epoch from now()) as seconds": "",
    # These are null: the length of an empty array, the hour of infinity, the bound of an unbounded range.
    "select array_length(special_needs, 1) as n, cardinality(special_needs) as m from child_profiles": "n",
    "select extract(hour from created_at) as hour, extract(year from created_at) as year from users": "hour",
    "select upper('[1,)'::int4range) as last, upper(name) as name from child_profiles": "last",
    "select concat(variadic null::text[]) as text, concat(null) as empty": "text",
    "select coalesce(routines -> 'x', '0')::integer as x, coalesce(routines ->> 'x', '0')::integer as y"
    " from child_profiles": "x",
    "select (x ->> 'y') is null as y, coalesce(x, '1')::integer as x from jsonb_array_elements('[null]') as x": "x",
    # `lower` of a text is never null, but that of a range may be.
    "select lower(x.r) as first, lower(name) as name from child_profiles, (select '[,1)'::int4range as r) as x": (
        "first"
    ),
    # A jsonb may be the JSON null, which casts as SQL NULL.
    "select greatest('null'::jsonb, 'null')::int as x, coalesce((array['null'::jsonb])[1], '1')::int as y,"
    " coalesce(first_value(routines) over (), '1')::int as z, greatest(age, 1)::int as age from child_profiles": (
        "x y z"
    ),
    "select coalesce(x, '1')::int as x from unnest(array['null'::jsonb]) as x": "x",
    # Rows are compared by their fields, arrays by their elements.
    "select (name, bio) = ('x', 'y') as same, (name, id) = ('x', 1) as sure from parent_profiles": "same",
    "select bio from parent_profiles where (bio, 1) = ('x', 1)": "",
    "select bio from parent_profiles where (name, bio) <> ('n', 'y')": "bio",
    "select bio, name from parent_profiles where (name, bio) > ('m', 'y')": "bio",
    "select bio from parent_profiles where (name, bio) not in (('n', 'y'))": "bio",
    "select 1 = any (array[null, 2]) as one, 'x' = any (special_needs) as needed, 1 <> all (array[array[id]]) as other"
    " from child_profiles": "one needed",
    "select username = any (:names::text[]) as known from users": "",
    # A scalar subquery without a row is null.
    "select (select count(*) from users offset 1) as n": "n",
    "select (select x.one from (select unnest('{}'::int[]) as many, 1 as one) as x order by x.many) as one": "one",
    "select (select 1) as one, (select 1 where false) as none": "none",
    # A window frame may be empty, a group can't be; `[1]` of a two-dimensional array is null.
    "select sum(id) over (order by id) as sum,"
    " sum(id) over (order by id rows between 1 preceding and 1 preceding) as before from users": "before",
    "select name, (array_agg(special_needs))[1] as special_needs from child_profiles group by name": "special_needs",
    "select name, (array_agg(age) over (order by name rows between 1 preceding and 1 preceding))[1] as age"
    " from child_profiles group by name, age": "age",
    "with recursive n (a, b) as (select 1, 2 union all select b + 0, null::integer from n where a < 3)"
    " select a, b from n": "a b",
    "with recursive a as (select email from users), users as (select email from parent_profiles)"
    " select a.email from a, users where users.email = 'x'": "email",
    "select names, title from unnest(:names::text[], array[:title]::text[]) as t (names, title)": "names title",
    "select names, title from rows from (unnest(:names::text[]), unnest(array[:title]::text[])) as t (names, title)": (
        "names title"
    ),
    "select p.name from jsonb_to_record(:stray::jsonb) as p (name text)": "name",
    "select :stray::jsonb -> 'name' as name, :stray::jsonb ? 'name' as named": "name named",
    "select case false when :pet::jsonb ? 'special_needs' then :pet::jsonb -> 'special_needs' else '1' end"
    " as special_needs": "special_needs",
    # A join condition sees only its own join.
    "select c.bio from parent_profiles as c cross join (parent_profiles as a join users as u on bio = u.username)": (
        "bio"
    ),
    "select random(1, null::int) as some, random() as other, uuidv7(null::interval) as id, uuidv7() as it": "some id",
    # `using` merges two columns into one.
    "select c.key from (jsonb_each_text('{}') as x left join (select '' as key where false) as c using (key))"
    " join (select 'a' as key) as g using (key)": "key",
    "select p.email from parent_profiles as p join users as u using (email)": "",
    "select p.email from parent_profiles as p full join users as u using (email) where email is not null": "email",
    "select b.name from (users as a left join child_profiles as b using (id)) join parent_profiles as c using (id)": (
        "name"
    ),
    "select b.id from (users as a left join child_profiles as b using (id)) join parent_profiles as c using (id)": "id",
    "select (select relname from pg_class as parent_profiles limit 1) as name from users": "name",
    "select x.key, (select max(j.key) from jsonb_each('{}') as j group by key) as id from (select 'x' as key) as x": (
        "id"
    ),
    "merge into users as u using (select 1 as id) as s on u.id = s.id when not matched by source then delete"
    " when matched then do nothing returning s.id, u.email, new.email as new_email, merge_action()": ("id new_email"),
    "insert into users (username, email, password, profile_picture) values ('noor', 'n@example.org', 'x', default)"
    " returning id": "",
    "update users set email = email || '' returning old.*": (
        "profile_picture banned_at ban_reason email_confirmed_at second_factor_at"
    ),
    # `returning *` of a merge gives the source first.
    "merge into users as u using (select null::text as note, 9 as number) as s on false when not matched then"
    " insert (username, email, password) values ('n', 'n@example.org', 'x') returning *": (
        "note profile_picture banned_at ban_reason email_confirmed_at second_factor_at"
    ),
}

# Faults, by statement.
FAULTS: Final = {
    "insert into parenting_goals (parent_profile_id, title) select 1, g.category from parenting_goals as g": (
        "category becomes title: what is passed on keeps its name"
    ),
    "select title as description from parenting_goals": "title becomes description: what is passed on keeps its name",
    "select u.id as session_id from users as u": "users.id becomes session_id: what is passed on keeps its name",
    "update users set username = :title": "title becomes username: what is passed on keeps its name",
    "select title from parenting_goals union all select bio from parent_profiles": (
        "bio becomes title: what is passed on keeps its name"
    ),
    "insert into users (username, email) values ('noor', 'n@example.org')": (
        "users.password is not null and has no default: give it a value"
    ),
    "update users set email = :maybe::text || '@'": _MAY_BE_NULL,
    "update users set (email) = (select email from sessions where id = 1)": (_MAY_BE_NULL),
    "update parent_profiles set name = given.name from jsonb_to_record(:patch::jsonb) as given (name text)": (
        "parent_profiles.name is not null, and :patch may lack what it's given: write `coalesce(…)`"
    ),
    "select p.name, p.age from jsonb_to_record(:pet::jsonb) as p (name text, age text)": (
        "the key age of :pet is read as text, and Pet says int | None"
    ),
    "select p.name, p.shoe_size from jsonb_to_record(:pet::jsonb) as p (name text, shoe_size text)": (_NO_KEY),
    "select :pet::jsonb -> 'shoe_size' as shoe_size": _NO_KEY,
    "select p.name from jsonb_to_record(:pet::jsonb) as p (name text, age integer)": f"column age {_NOWHERE}",
    "with c as (select id, name from child_profiles) select id from c": f"column name {_NOWHERE}",
    "select c.id from users natural join child_profiles as c": (
        "a natural join changes its meaning with its tables: write `on` or `using`, or name the columns in subqueries"
    ),
    "select j.name from (parent_profiles as p join sessions as s on s.user_id = p.id) as j": (
        "an alias of a join hides those in it: leave it out"
    ),
    "select * from users join child_profiles using (id)": _STAR,
    "select (select count(p.id) from users) as n from parent_profiles as p": _AROUND,
    # It isn't known how many columns a `*` in a row stands for.
    "select row(s.*) = row(1, 2) as same from (select 1 as a, 2 as b) as s": _STAR,
    "select v.a, v.b from (select 1 as a, 2 as b) as x cross join lateral (values (x.*)) as v (a, b)": _STAR,
    "select id from users as u where (u.id, :title::text) in (select 1, 'x') and (u.*) is not null": _STAR,
    "update parenting_goals set (target_date, achieved_date) = row(x.*) from (select now() as a, now() as b) as x": (
        _STAR
    ),
    "merge into users as u using (select 'a' as a) as s on false when not matched then"
    " insert (profile_picture, email, username, password) values (s.*, 'a', 'b', 'c')": _STAR,
    "select (u).* from users as u": _STAR,
    "select (select count(1 order by p.id) from users as u) as n from parent_profiles as p": _AROUND,
    "select (select count(value) from jsonb_each('{}') as j) as n from users": _AROUND,
    "select (select count((select u.id from users as u where u.id = p.id)) from users as u) as n"
    " from parent_profiles as p": _AROUND,
    "select unnest from unnest(:names::text[])": (
        "a function's rows hide others that are called as it is: give them a name with `as`"
    ),
    "select j.id from (users join child_profiles using (id) as j) join parent_profiles as c using (id)": (
        "an alias of a join hides those in it: leave it out"
    ),
    "select x.value from regexp_matches('a', 'b') with ordinality as x (value, place)": _PLACES,
    "select x.weights from unnest('a'::tsvector) with ordinality as x (lexeme, positions, weights, place)": _PLACES,
    "select x.value from rows from (regexp_matches('a', 'b')) with ordinality as x (value, place)": _PLACES,
    "update sessions as s set user_agent ="
    " case when :login::jsonb ? 'device' then given.user_agent else s.user_agent end"
    " from jsonb_to_record(:login::jsonb) as given (user_agent text)": _FORGOTTEN,
    "update sessions set user_agent ="
    " case when :login::jsonb ? 'device' then lower(:login::jsonb ->> 'user_agent') end": _FORGOTTEN,
    "update users set email = default, username = 'x'": _NO_DEFAULT,
    "update users set (username, email) = row('x', default)": _NO_DEFAULT,
    "insert into users (username, email, password) values ('a', 'b', 'c'), ('d', default, 'e')": (_NO_DEFAULT),
    "merge into users as u using (select 1) as s on false when not matched then"
    " insert (username, email, password) values ('a', default, 'c')": _NO_DEFAULT,
}
