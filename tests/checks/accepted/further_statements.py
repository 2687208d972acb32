"""More right statements of unusual form, as those of `right_statements.py`, each with a change that makes it wrong.

They run on `SCHEMA` besides. Those of `ROWS` have a mode, and are held against the rules of rows as well.
"""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from tests.checks.accepted.right_statements import Right


class Child(msgspec.Struct):
    id: int
    name: str


class Nap(msgspec.Struct):
    id: int
    note: str | None


class Goal(msgspec.Struct):
    id: int
    title: str


class GoalDate(msgspec.Struct):
    id: int
    target_date: datetime | None


class GoalAt(msgspec.Struct):
    id: int
    target_date: datetime


# Documents by the names that they have in what statements give.
DOCUMENTS: Final[dict[str, Any]] = {
    **{struct.__name__: Annotated[msgspec.Raw, struct] for struct in (Child, Nap, Goal, GoalDate, GoalAt)},
    "Children": Annotated[msgspec.Raw, list[Child]],
    "GoalDates": Annotated[msgspec.Raw, list[GoalDate]],
    "GoalAts": Annotated[msgspec.Raw, list[GoalAt]],
}

# Columns of further types, and names that have to be quoted.
SCHEMA: Final = """
create domain tag as short_name not null;
create table naps (
  id bigint generated always as identity,
  parent_profile_id bigint not null references parent_profiles on delete cascade,
  child_id bigint not null,
  "order" integer not null default 0,
  began timestamptz not null,
  ended timestamptz,
  valid_at tstzrange not null,
  minutes integer generated always as (coalesce(extract(epoch from ended - began)::integer / 60, 0)) stored,
  double_minutes bigint generated always as ("order"::bigint * 2) virtual,
  tags text[] not null default '{}',
  short_names short_name[],
  levels stress_level[] not null default '{}',
  code char(3) not null default 'abc',
  short varchar(10),
  small smallint not null default 0,
  note text,
  mood tag,
  cost numeric(10, 2),
  photo bytea,
  at_home inet[],
  lengths interval[] not null default '{}',
  ranges int4range[],
  place home,
  places home[],
  document json,
  constraint naps_pkey primary key (parent_profile_id, id)
);
create unique index naps_open_key on naps (parent_profile_id, child_id) where ended is null;
create view nap_view as select parent_profile_id, id, note, began, coalesce(note, '') as text from naps;
"""

CONDITIONS: Final[dict[str, Right]] = {
    "in values": (
        "select id from child_profiles where parent_profile_id in (values (:parent_profile_id::bigint))",
        "id: int",
        ("(:parent_profile_id::bigint)", "(:parent_profile_id::bigint), (:id)"),
    ),
    "overlaps array": (
        "select id from child_profiles where array[parent_profile_id] && array[:parent_profile_id::bigint]",
        "id: int",
        ("array[parent_profile_id]", "array[parent_profile_id, id]"),
    ),
    "not distinct from true": (
        "select id from child_profiles where (parent_profile_id = :parent_profile_id) is not distinct from true",
        "id: int",
        ("is not distinct", "is distinct"),
    ),
    "unequal false": (
        "select id from child_profiles where (parent_profile_id = :parent_profile_id) <> false",
        "id: int",
        ("<> false", "<> true"),
    ),
    "case gives number": (
        "select id from child_profiles where case when parent_profile_id = :parent_profile_id then 1 else 0 end = 1",
        "id: int",
        ("end = 1", "end = 0"),
    ),
    "case gives number, simple": (
        (
            "select id from child_profiles where case parent_profile_id "
            "when :parent_profile_id then 'own' else 'other' end = 'own'"
        ),
        "id: int",
        ("= 'own'", "= 'other'"),
    ),
    "case in": (
        (
            "select id from child_profiles where case when parent_profile_id = :parent_profile_id then 'own' "
            "when age > 3 then 'old' end in ('own')"
        ),
        "id: int",
        ("('own')", "('own', 'old')"),
    ),
    "or 1=0": (
        "select id from child_profiles where parent_profile_id = :parent_profile_id or 1 = 0",
        "id: int",
        ("1 = 0", "1 = 1"),
    ),
    "row equals subquery": (
        (
            "select c.name from child_profiles as c where (c.parent_profile_id, c.id) = (select p.id, :id::bigint "
            "from parent_profiles as p where p.user_id = :user_id)"
        ),
        "name: str",
        ("(c.parent_profile_id, c.id)", "(c.id, c.parent_profile_id)"),
    ),
    "exists intersect": (
        (
            "select c.id from child_profiles as c where exists (select :parent_profile_id::bigint intersect "
            "select c.parent_profile_id)"
        ),
        "id: int",
        ("intersect", "union"),
    ),
    "exists or own": (
        (
            "select c.id from child_profiles as c where exists (select from parent_profiles as p "
            "where p.id = c.parent_profile_id and p.user_id = :user_id) or c.parent_profile_id = :parent_profile_id"
        ),
        "id: int",
        ("or c.parent_profile_id = :parent_profile_id", "or c.parent_profile_id > :parent_profile_id"),
    ),
    "right join": (
        (
            "select c.id from parent_profiles as p right join child_profiles as c "
            "on p.id = c.parent_profile_id where p.user_id = :user_id"
        ),
        "id: int",
        ("where p.user_id = :user_id", "where p.user_id is null"),
    ),
    "values using": (
        (
            "select c.name from (values (:parent_profile_id::bigint, :id::bigint)) as me (parent_profile_id, id) "
            "join child_profiles as c using (parent_profile_id, id)"
        ),
        "name: str",
        (":parent_profile_id::bigint, :id", ":id::bigint, :id"),
    ),
    "merged column": (
        (
            "select c.name, g.title from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) where parent_profile_id = :parent_profile_id"
        ),
        "name: str, title: str",
        ("where parent_profile_id = :parent_profile_id", "where parent_profile_id > :parent_profile_id"),
    ),
    "merged column, three": (
        (
            "select c.name, g.title from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) join parent_profiles as p "
            "on p.id = parent_profile_id where parent_profile_id = :parent_profile_id"
        ),
        "name: str, title: str",
        ("where parent_profile_id = :parent_profile_id", "where p.name = :name"),
    ),
    "merged column, left": (
        (
            "select c.name, g.title from child_profiles as c left "
            "join parenting_goals as g using (parent_profile_id) where parent_profile_id = :parent_profile_id"
        ),
        "name: str, title: str | None",
        ("where parent_profile_id = :parent_profile_id", "where parent_profile_id > :parent_profile_id"),
    ),
    "merged by three": (
        (
            "select c.name, s.slug from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) "
            "join suggestions as s using (parent_profile_id) where c.parent_profile_id = :parent_profile_id"
        ),
        "name: str, slug: str",
        ("where c.parent_profile_id = :parent_profile_id", "where c.name = :name"),
    ),
    "merged selected": (
        (
            "select parent_profile_id, c.name from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) where c.parent_profile_id = :parent_profile_id"
        ),
        "parent_profile_id: int, name: str",
        ("parent_profile_id: int", "parent_profile_id: int | None"),
    ),
    "schema-qualified column": (
        (
            "select public.child_profiles.name from public.child_profiles "
            "where public.child_profiles.parent_profile_id = :parent_profile_id"
        ),
        "name: str",
        (" = ", " <> "),
    ),
    "only": (
        "select id from only child_profiles where parent_profile_id = :parent_profile_id",
        "id: int",
        ("parent_profile_id = :parent_profile_id", "age = 1"),
    ),
    "cast twice": (
        "select id from child_profiles where parent_profile_id = :parent_profile_id::integer::bigint",
        "id: int",
        ("= :parent_profile_id", ">= :parent_profile_id"),
    ),
    "column cast": (
        "select id from child_profiles where parent_profile_id::numeric = :parent_profile_id::bigint::numeric",
        "id: int",
        ("numeric = ", "numeric >= "),
    ),
    "cursor rows": (
        (
            "select id, age from child_profiles where parent_profile_id = :parent_profile_id and (age, id) > "
            "(:after_age, :after_id) order by age, id limit :count"
        ),
        "id: int, age: int",
        ("parent_profile_id = :parent_profile_id and (age, id)", "(age, parent_profile_id)"),
    ),
    "bool subquery": (
        "select c.id from child_profiles as c where (select c.parent_profile_id = :parent_profile_id)",
        "id: int",
        ("c.parent_profile_id = :parent_profile_id", "c.age > 3"),
    ),
    "count = 1": (
        (
            "select c.id from child_profiles as c where (select count(*) from parent_profiles as p "
            "where p.id = c.parent_profile_id and p.user_id = :user_id) = 1"
        ),
        "id: int",
        (") = 1", ") = 0"),
    ),
    "1 <= count": (
        (
            "select c.id from child_profiles as c where 1 <= (select count(*) from parent_profiles as p "
            "where p.id = c.parent_profile_id and p.user_id = :user_id)"
        ),
        "id: int",
        ("1 <=", "0 <="),
    ),
    "chain": (
        (
            "select c.name, g.title from child_profiles as c, parenting_goals as g, parent_profiles as p "
            "where c.parent_profile_id = g.parent_profile_id and p.id = g.parent_profile_id and :user_id = p.user_id"
        ),
        "name: str, title: str",
        ("p.id = g.parent_profile_id", "p.id = g.id"),
    ),
    "unnest of one": (
        "select id from child_profiles where parent_profile_id in (select unnest(array[:parent_profile_id::bigint]))",
        "id: int",
        ("[:parent_profile_id::bigint]", "[:parent_profile_id::bigint, :id]"),
    ),
}

QUERIES: Final[dict[str, Right]] = {
    "object of a text": (
        (
            "select json_object('id': n.id, 'note': n.note) as nap from naps as n "
            "where n.parent_profile_id = :parent_profile_id"
        ),
        "nap: Nap",
        ("n.note)", "n.note format json)"),
    ),
    "percentiles": (
        (
            "select percentile_disc(array[0.5, 0.9]) within group (order by c.age) as ages from child_profiles as c "
            "where c.parent_profile_id = :parent_profile_id group by c.parent_profile_id"
        ),
        "ages: list[int]",
        ("0.9", "null"),
    ),
    "series in an object": (
        (
            "select json_build_object('id', x.id, 'title', ''::text) as goal "
            "from generate_series(1::bigint, 3::bigint) as x (id)"
        ),
        "goal: Goal",
        ("3::bigint", "3, 0.5"),
    ),
    "moments in an object": (
        (
            "select json_build_object('id', :id::bigint, 'target_date', x.target_date) as goal "
            "from generate_series(:day::date::timestamptz, :day::date::timestamptz, '1 day') as x (target_date)"
        ),
        "goal: GoalAt",
        ("::date::timestamptz", "::date"),
    ),
    "except all": (
        (
            "select name from child_profiles where parent_profile_id = :parent_profile_id except all "
            "select p.name from parent_profiles as p where p.user_id = :user_id"
        ),
        "name: str",
        ("p.user_id = :user_id", "p.user_id > :user_id"),
    ),
    "union in parens": (
        (
            "(select id, name from child_profiles where parent_profile_id = :parent_profile_id "
            "order by id limit 3) union all (select id, name from child_profiles "
            "where parent_profile_id = :parent_profile_id order by id desc limit 3) order by id"
        ),
        "id: int, name: str",
        ("parent_profile_id = :parent_profile_id order by id desc", "age > 3 order by id desc"),
    ),
    "cte shadows": (
        (
            "with child_profiles as (select id, name from child_profiles "
            "where parent_profile_id = :parent_profile_id) select id, name from child_profiles"
        ),
        "id: int, name: str",
        (" where parent_profile_id = :parent_profile_id", ""),
    ),
    "recursive numbers": (
        (
            "with recursive n as (select 1 as number union all select n.number + 1 from n "
            "where n.number < 5) select n.number, count(c.id) as children from n left join child_profiles as c "
            "on c.age = n.number and c.parent_profile_id = :parent_profile_id group by n.number"
        ),
        "number: int, children: int",
        ("and c.parent_profile_id = :parent_profile_id", ""),
    ),
    "coalesce left": (
        (
            "select c.id, coalesce(g.title, c.name || '') as title from child_profiles as c left "
            "join parenting_goals as g on g.parent_profile_id = c.parent_profile_id and g.id = c.id "
            "where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, title: str",
        ("coalesce(g.title, c.name || '')", "coalesce(g.title, c.development_notes)"),
    ),
    "full using": (
        (
            "select id, a.name, b.title from (select id, name from child_profiles "
            "where parent_profile_id = :parent_profile_id) as a full join (select id, title "
            "from parenting_goals where parent_profile_id = :parent_profile_id) as b using (id)"
        ),
        "id: int, name: str | None, title: str | None",
        ("id: int", "id: int | None"),
    ),
    "right using": (
        (
            "select id, a.name, b.title from (select id, name from child_profiles "
            "where parent_profile_id = :parent_profile_id) as a right join (select id, title "
            "from parenting_goals where parent_profile_id = :parent_profile_id) as b using (id)"
        ),
        "id: int, name: str | None, title: str",
        ("title: str", "title: str | None"),
    ),
    "window frame": (
        (
            "select id, sum(age) over (order by id rows between 1 preceding and 1 following) as ages, avg(age) "
            "over () as average, ntile(2) over (order by id) as half, lead(age, 1, 0) over (order by id) as "
            "following, nth_value(age, 2) over (order by id) as second from child_profiles "
            "where parent_profile_id = :parent_profile_id"
        ),
        "id: int, ages: int, average: Decimal, half: int, following: int, second: int | None",
        ("rows between 1 preceding and 1 following", "rows between 1 following and 2 following"),
    ),
    "window inherits": (
        (
            "select id, first_value(name) over (w order by id) as first, count(*) over w as number "
            "from child_profiles where parent_profile_id = :parent_profile_id window w as (partition by age)"
        ),
        "id: int, first: str, number: int",
        ("w order by id)", "w order by id rows between 1 preceding and 1 preceding)"),
    ),
    "cube": (
        (
            "select category, status, count(*) as goals from parenting_goals "
            "where parent_profile_id = :parent_profile_id group by cube (category, status)"
        ),
        "category: str | None, status: str | None, goals: int",
        ("status: str | None", "status: str"),
    ),
    "group by a, rollup b": (
        (
            "select category, status, count(*) as goals from parenting_goals "
            "where parent_profile_id = :parent_profile_id group by category, rollup (status)"
        ),
        "category: str, status: str | None, goals: int",
        ("status: str | None", "status: str"),
    ),
    "mode within group": (
        (
            "select category, mode() within group (order by status) as status, percentile_cont(0.5) within group "
            "(order by priority) as middle from parenting_goals "
            "where parent_profile_id = :parent_profile_id group by category"
        ),
        "category: str, status: str, middle: float",
        ("(order by status)", "(order by nullif(status, ''))"),
    ),
    "bool aggregates": (
        (
            "select age, bool_or(name = 'a') as any_a, every(name > 'b') as all_b, min(name) as least, "
            "stddev_pop(id) as spread, bit_or(age) as bits from child_profiles "
            "where parent_profile_id = :parent_profile_id group by age"
        ),
        "age: int, any_a: bool, all_b: bool, least: str, spread: Decimal, bits: int",
        ("every(name > 'b')", "every(development_notes > 'b')"),
    ),
    "stddev of one": (
        (
            "select age, stddev(id) as spread from child_profiles "
            "where parent_profile_id = :parent_profile_id group by age"
        ),
        "age: int, spread: Decimal | None",
        ("| None", ""),
    ),
    "build object": (
        (
            "select jsonb_build_object('id', c.id, 'name', c.name) as child from child_profiles as c "
            "where c.parent_profile_id = :parent_profile_id"
        ),
        "child: Child",
        ("'name', c.name", "'title', c.name"),
    ),
    "build object nullable": (
        (
            "select json_build_object('id', n.id, 'note', n.note) as child from naps as n "
            "where n.parent_profile_id = :parent_profile_id"
        ),
        "child: Nap",
        ("Nap", "Child"),
    ),
    "agg of built": (
        (
            "select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) "
            "order by c.id), '[]') as children from child_profiles as c where c.parent_profile_id = :parent_profile_id"
        ),
        "children: Children",
        ("'name', c.name", "'title', c.name"),
    ),
    "json_object": (
        (
            "select json_object('id': c.id, 'name' value c.name) as child from child_profiles as c "
            "where c.parent_profile_id = :parent_profile_id"
        ),
        "child: Child",
        ("'name' value", "'title' value"),
    ),
    "json_arrayagg": (
        (
            "select coalesce(json_arrayagg(json_object('id': c.id, 'name': c.name) "
            "order by c.id), '[]') as children from child_profiles as c where c.parent_profile_id = :parent_profile_id"
        ),
        "children: Children",
        ("'name':", "'title':"),
    ),
    "json_arrayagg over": (
        (
            "select json_arrayagg(c.name order by c.id returning jsonb) as names from child_profiles as c "
            "where c.parent_profile_id = :parent_profile_id"
        ),
        "names: Raw | None",
        ("| None", ""),
    ),
    "json_objectagg": (
        (
            "select json_objectagg(c.name: c.age returning jsonb) as ages from child_profiles as c "
            "where c.parent_profile_id = :parent_profile_id group by c.age"
        ),
        "ages: Raw",
        ("c.parent_profile_id = :parent_profile_id", "true"),
    ),
    "json_query": (
        (
            "select id, json_query(routines, '$.a' with wrapper) as a, json_serialize(routines) as text, routines "
            "is json object as is_object from child_profiles where parent_profile_id = :parent_profile_id"
        ),
        "id: int, a: Raw | None, text: str, is_object: bool",
        ("a: Raw | None", "a: Raw"),
    ),
    "json elements": (
        (
            "select c.id, s.step, s.place from child_profiles as c cross "
            "join lateral jsonb_array_elements_text(c.routines -> 'steps') with ordinality as s (step, place) "
            "where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, step: str | None, place: int",
        ("place: int", "place: str"),
    ),
    "json each": (
        (
            "select c.id, e.key, e.value from child_profiles as c cross "
            "join lateral jsonb_each_text(c.routines) as e (key, value) where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, key: str, value: str | None",
        ("value: str | None", "value: str"),
    ),
    "json keys": (
        (
            "select c.id, k.key from child_profiles as c cross "
            "join lateral jsonb_object_keys(c.routines) as k (key) where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, key: str",
        ("where c.parent_profile_id = :parent_profile_id", ""),
    ),
    "split to table": (
        (
            "select c.id, word from child_profiles as c cross "
            "join lateral regexp_split_to_table(c.name, ' ') as word where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, word: str",
        ("where c.parent_profile_id = :parent_profile_id", ""),
    ),
    "string_to_table": (
        (
            "select c.id, word from child_profiles as c cross "
            "join lateral string_to_table(c.name, ' ') as word where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, word: str",
        ("where c.parent_profile_id = :parent_profile_id", ""),
    ),
    "series of numbers": (
        (
            "select n.number, count(c.id) as children from generate_series(0, 18) as n (number) left "
            "join child_profiles as c on c.age = n.number and c.parent_profile_id = :parent_profile_id "
            "group by n.number"
        ),
        "number: int, children: int",
        ("and c.parent_profile_id = :parent_profile_id", ""),
    ),
    "series of days": (
        (
            "select day::date as day, count(m.id) as number "
            "from generate_series(:day::date, :day::date + 7, '1 day'::interval) as day left "
            "join milestones as m on m.reached = day::date and m.parent_profile_id = :parent_profile_id group by day"
        ),
        "day: date, number: int",
        ("and m.parent_profile_id = :parent_profile_id", ""),
    ),
    "json_table nested": (
        (
            "select c.id, jt.place, jt.step, jt.minutes "
            "from child_profiles as c, json_table(c.routines, '$.steps[*]' columns (place for ordinality, step "
            "text path '$.name' default '' on empty default '' "
            "on error, nested path '$.times[*]' columns (minutes integer path '$'))) as jt "
            "where c.parent_profile_id = :parent_profile_id"
        ),
        "id: int, place: int, step: str | None, minutes: int | None",
        ("minutes: int | None", "minutes: int"),
    ),
    "functions": (
        (
            "select id, array_remove(special_needs, null) as needs, array_position(special_needs, 'a') as place, "
            "coalesce(nullif(name, ''), '?') as called, concat_ws(' ', name, age) as label, position('a' in name) "
            "as at, substring(name from 1 for 3) as start, trim(both ' ' "
            "from name) as trimmed, overlay(name placing 'x' "
            "from 1) as laid, normalize(name, nfc) as normal, name is nfc normalized as is_normal, name collate "
            '"C" as other_name from child_profiles where parent_profile_id = :parent_profile_id'
        ),
        (
            "id: int, needs: list[str], place: int | None, called: str, label: str, at: int, start: str, trimmed: "
            "str, laid: str, normal: str, is_normal: bool, other_name: str"
        ),
        ("place: int | None", "place: int"),
    ),
    "functions 2": (
        (
            "select id, string_to_array(name, ' ') as words, array_cat(special_needs, '{}') as cat, "
            "array_prepend('a', special_needs) as pre, array_to_json(special_needs) as doc, to_hex(age) as hex, "
            "starts_with(name, 'a') as begins, array_sort(special_needs) as sorted, array_reverse(special_needs) "
            "as reversed, array_replace(special_needs, 'a', 'b') as replaced, jsonb_insert(routines, '{x}', '1') "
            "as inserted, jsonb_pretty(routines) as pretty, date_part('year', created_at) as y "
            "from child_profiles where parent_profile_id = :parent_profile_id"
        ),
        (
            "id: int, words: list[str], cat: list[str], pre: list[str], doc: Raw, hex: str, begins: bool, sorted: "
            "list[str], reversed: list[str], replaced: list[str], inserted: Raw, pretty: str, y: float"
        ),
        ("hex: str", "hex: int"),
    ),
    "dates": (
        (
            "select id, reached - born as days_before, reached + 7 as next_week, (reached + interval '1 "
            "month')::date as next_month, (now() - reached::timestamptz) as passed, extract(epoch "
            "from lasted) as seconds, lasted * 2 as twice, woken + lasted as up_at, make_interval(days => 3) as "
            "three, age(reached, born) as aged, current_date as today, (reached, reached + 1) overlaps "
            "(current_date, current_date) as meets, date_bin('1 day', now(), 'epoch') as bin from milestones "
            "where parent_profile_id = :parent_profile_id"
        ),
        (
            "id: int, days_before: int | None, next_week: date, next_month: date, passed: timedelta, seconds: "
            "Decimal, twice: timedelta, up_at: time, three: timedelta, aged: timedelta | None, today: date, meets: "
            "bool, bin: datetime"
        ),
        ("next_week: date", "next_week: datetime"),
    ),
    "ranges": (
        (
            "select id, lower(valid_at) as began, upper_inf(valid_at) as is_open, daterange(began::date, "
            "ended::date) as lasted, range_merge(r, r) as merged, isempty(valid_at) as is_empty, r * r as met, "
            "valid_at && tstzrange(now(), null) as meets, valid_at -|- valid_at as adjacent "
            "from (select id, parent_profile_id, valid_at, began, ended, daterange(began::date, began::date + 1) "
            "as r from naps where parent_profile_id = :parent_profile_id) as naps "
            "where parent_profile_id = :parent_profile_id"
        ),
        (
            "id: int, began: datetime | None, is_open: bool, lasted: Range, merged: Range, is_empty: bool, met: "
            "Range, meets: bool, adjacent: bool"
        ),
        ("began: datetime | None", "began: datetime"),
    ),
    "inet": (
        (
            "select id, host(network) as host, masklen(network) as length, set_masklen(network, 24) as wide, "
            "broadcast(network) as all, address << network as within, family(network) as kind, "
            "inet_same_family(network, network) as alike from milestones where parent_profile_id = :parent_profile_id"
        ),
        "id: int, host: str, length: int, wide: str, all: str, within: bool | None, kind: int, alike: bool",
        ("within: bool | None", "within: bool"),
    ),
    "bytea": (
        (
            "select id, encode(photo, 'base64') as text, octet_length(photo) as size, substring(photo "
            "from 1 for 2) as head, sha256('a'::bytea) as digest, decode('aa', 'hex') as decoded "
            "from milestones where parent_profile_id = :parent_profile_id and photo is not null"
        ),
        "id: int, text: str, size: int, head: bytes, digest: bytes, decoded: bytes",
        (" and photo is not null", ""),
    ),
    "lock two": (
        (
            "select c.id from child_profiles as c join parent_profiles as p on p.id = c.parent_profile_id "
            "where p.user_id = :user_id for no key update of c for key share of p nowait"
        ),
        "id: int",
        ("p.user_id = :user_id", "true"),
    ),
    "quoted identifiers": (
        'select "n"."order" as "order", "n"."id" from "naps" as "n" where "n"."parent_profile_id" = :parent_profile_id',
        "order: int, id: int",
        (" = ", " < "),
    ),
    "types2": (
        "select short_names, levels, at_home, ranges from naps where parent_profile_id = :parent_profile_id",
        "short_names: list[str] | None, levels: list[Level], at_home: list[str] | None, ranges: list[Range] | None",
        ("levels: list[Level]", "levels: list[str]"),
    ),
    "composite list": (
        (
            "select n.id, p.street, p.number from naps as n cross "
            "join lateral unnest(n.places) as p (street, number) where n.parent_profile_id = :parent_profile_id"
        ),
        "id: int, street: str | None, number: int | None",
        ("number: int | None", "number: int"),
    ),
    "not null by coalesce compare": (
        (
            "select id, development_notes from child_profiles "
            "where parent_profile_id = :parent_profile_id and coalesce(development_notes, '') <> ''"
        ),
        "id: int, development_notes: str",
        ("<> ''", "= ''"),
    ),
    "not null by like": (
        (
            "select id, development_notes from child_profiles "
            "where parent_profile_id = :parent_profile_id and development_notes ilike :name"
        ),
        "id: int, development_notes: str",
        ("development_notes ilike", "coalesce(development_notes, '') ilike"),
    ),
    "not null by length": (
        (
            "select id, development_notes from child_profiles "
            "where parent_profile_id = :parent_profile_id and length(development_notes) > 3"
        ),
        "id: int, development_notes: str",
        ("length(development_notes) > 3", "length(coalesce(development_notes, 'none')) > 3"),
    ),
    "not null by bool": (
        (
            "select id, last_assessment from child_profiles "
            "where parent_profile_id = :parent_profile_id and last_assessment + interval '1 day' < now()"
        ),
        "id: int, last_assessment: datetime",
        ("last_assessment +", "coalesce(last_assessment, created_at) +"),
    ),
    "not null by row": (
        (
            "select id, development_notes, last_assessment from child_profiles "
            "where parent_profile_id = :parent_profile_id and (development_notes, last_assessment) is not null"
        ),
        "id: int, development_notes: str, last_assessment: datetime",
        ("is not null", "is distinct from (null, null)"),
    ),
    "is distinct from null": (
        (
            "select id, development_notes from child_profiles "
            "where parent_profile_id = :parent_profile_id and development_notes is distinct from null"
        ),
        "id: int, development_notes: str",
        ("is distinct", "is not distinct"),
    ),
    "not null in(select)": (
        (
            "select id, development_notes from child_profiles "
            "where parent_profile_id = :parent_profile_id and development_notes in (select unnest(:names::text[]))"
        ),
        "id: int, development_notes: str",
        (" and development_notes in (select unnest(:names::text[]))", ""),
    ),
    "case of null tests": (
        (
            "select id, case when development_notes is not null and age > 1 then development_notes "
            "when age > 2 then name || '' else '' end as development_notes from child_profiles "
            "where parent_profile_id = :parent_profile_id"
        ),
        "id: int, development_notes: str",
        ("is not null and", "is not null or"),
    ),
}

WRITES: Final[dict[str, Right]] = {
    "conflict partial": (
        (
            "insert into naps (parent_profile_id, child_id, began, valid_at, mood) "
            "values (:parent_profile_id, :child_id, now(), tstzrange(now(), null), 'a') "
            "on conflict (parent_profile_id, child_id) "
            'where ended is null do update set "order" = naps."order" + 1 returning id, (old.id is null) as is_new'
        ),
        "id: int, is_new: bool",
        ("values (:parent_profile_id", "values (:id"),
    ),
    "conflict old": (
        (
            "insert into child_profiles as c (id, parent_profile_id, name, age) "
            "values (:id, :parent_profile_id, :name, :age) "
            "on conflict (parent_profile_id, id) do update set name = excluded.name "
            "returning c.id, old.name as name_before, new.name, old is null as was_added"
        ),
        "id: int, name_before: str | None, name: str, was_added: bool",
        ("name_before: str | None", "name_before: str"),
    ),
    "set from subquery": (
        (
            "update child_profiles as c set (name, age) = (select coalesce(min(g.title), c.name), c.age "
            "from parenting_goals as g where g.parent_profile_id = c.parent_profile_id) "
            "where c.parent_profile_id = :parent_profile_id and c.id = :id returning c.id"
        ),
        "id: int",
        ("coalesce(min(g.title), c.name)", "min(g.title)"),
    ),
    "subscript set": (
        (
            "update child_profiles set special_needs[1] = :name, routines['bedtime'] = to_jsonb(:name::text) "
            "where parent_profile_id = :parent_profile_id and id = :id returning id"
        ),
        "id: int",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "composite field set": (
        (
            "update milestones set place.street = :street "
            "where parent_profile_id = :parent_profile_id and id = :id returning id"
        ),
        "id: int",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "delete using lateral": (
        (
            "delete from child_profiles as c using parent_profiles as p, lateral (select g.title "
            "from parenting_goals as g where g.parent_profile_id = p.id order by g.id limit 1) as g "
            "where p.id = c.parent_profile_id and p.user_id = :user_id returning c.id, g.title"
        ),
        "id: int, title: str",
        ("g.parent_profile_id = p.id", "true"),
    ),
    "delete ctid": (
        (
            "delete from child_profiles where parent_profile_id = :parent_profile_id and ctid = any (array(select "
            "d.ctid from child_profiles as d where d.parent_profile_id = :parent_profile_id "
            "order by d.id limit 3 for update skip locked)) returning id"
        ),
        "id: int",
        ("parent_profile_id = :parent_profile_id and ctid", "ctid"),
    ),
    "update twice": (
        (
            "with one as (update child_profiles set age = 1 "
            "where parent_profile_id = :parent_profile_id and id = :id "
            "returning id, name), two as (update parenting_goals set status = 'done' "
            "where parent_profile_id = :parent_profile_id and id = :id returning id) "
            "select one.id, one.name, two.id as parenting_goal_id from one left join two on two.id = one.id"
        ),
        "id: int, name: str, parenting_goal_id: int | None",
        ("parenting_goal_id: int | None", "parenting_goal_id: int"),
    ),
    "merge values": (
        (
            "merge into child_profiles as c using (values (:parent_profile_id::bigint, :id::bigint, :name::text)) "
            "as v (parent_profile_id, id, name) on (c.parent_profile_id, c.id) = (v.parent_profile_id, v.id) "
            "when matched and c.name = v.name then do nothing "
            "when matched then update set name = v.name, updated_at = now() "
            "when not matched by target then insert (parent_profile_id, name, age) "
            "values (v.parent_profile_id, v.name, 1) returning merge_action() as action, new.id, old.name as "
            "name_before"
        ),
        "action: str, id: int, name_before: str | None",
        ("(:parent_profile_id::bigint", "(:id::bigint"),
    ),
    "merge cte": (
        (
            "with mine as (select id from parent_profiles "
            "where user_id = :user_id) merge into child_profiles as c using mine "
            "on c.parent_profile_id = mine.id and c.id = :id when matched then delete returning c.id"
        ),
        "id: int",
        ("user_id = :user_id", "true"),
    ),
    "merge exists": (
        (
            "merge into child_profiles as c using parent_profiles as p "
            "on c.parent_profile_id = p.id and p.user_id = :user_id "
            "when matched then update set name = c.name || '!' returning c.id"
        ),
        "id: int",
        (" and p.user_id = :user_id", ""),
    ),
    "insert union": (
        (
            "insert into child_profiles (parent_profile_id, name, age) "
            "select :parent_profile_id::bigint, :name, 1 union all "
            "select :parent_profile_id::bigint, 'b', 2 returning id"
        ),
        "id: int",
        ("all select :parent_profile_id", "all select :id"),
    ),
    "insert generated": (
        (
            "insert into naps (parent_profile_id, child_id, began, valid_at, mood, minutes, double_minutes) "
            "values (:parent_profile_id, :child_id, now(), tstzrange(now(), null), 'a', default, default) "
            "returning minutes"
        ),
        "minutes: int | None",
        ("values (:parent_profile_id", "values (:id"),
    ),
    "comments and dollars": (
        (
            "select /* a :name */ id, -- :other\n $x$ :no $x$ as text, 'it''s :no' as other, e'\\n:no' as third "
            "from child_profiles where /* /* nested */ :id */ parent_profile_id = :parent_profile_id"
        ),
        "id: int, text: str, other: str, third: str",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "slices": (
        (
            "select special_needs[1:2] as special_needs, special_needs[age] as need, name::text as name "
            "from child_profiles where parent_profile_id = :parent_profile_id"
        ),
        "special_needs: list[str], need: str | None, name: str",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "unicode": (
        'select U&"n\\0061me" as "name" from child_profiles where parent_profile_id = :parent_profile_id',
        "name: str",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "values at top": (
        "values (1, 'a'), (2, 'b')",
        "column1: int, column2: str",
        ("'b'", "null"),
    ),
    "insert overriding system": (
        (
            "insert into naps (id, parent_profile_id, child_id, began, valid_at, mood) overriding system value "
            "values (:id, :parent_profile_id, :child_id, now(), tstzrange(now(), null), 'a') returning id"
        ),
        "id: int",
        ("(:id, :parent_profile_id", "(:id, :id"),
    ),
}

BATCHES: Final[dict[str, Right]] = {
    "lateral nullable in batch": (
        (
            "select w.call, c.name, g.target_date from unnest(:parent_profile_id::bigint[], :id::bigint[]) with "
            "ordinality as w (parent_profile_id, id, call) join child_profiles as c "
            "on c.parent_profile_id = w.parent_profile_id and c.id = w.id cross "
            "join lateral (select g.target_date from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g"
        ),
        "name: str, target_date: datetime | None",
        ("| None", ""),
    ),
    "lateral left in batch": (
        (
            "select w.call, g.title from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.title from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g on true"
        ),
        "title: str | None",
        ("| None", ""),
    ),
    "lateral left count": (
        (
            "select w.call, coalesce(g.goals, 0) as goals "
            "from unnest(:parent_profile_id::bigint[]) with ordinality as w (parent_profile_id, call) left "
            "join lateral (select count(*) as goals from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id) as g on true"
        ),
        "goals: int",
        ("coalesce(g.goals, 0) as goals", "g.goals, g.goals as goals"),
    ),
    "lateral cross count": (
        (
            "select w.call, g.goals from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select count(*) as goals "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id) as g"
        ),
        "goals: int",
        ("goals: int", "goals: int | None"),
    ),
    "lateral of lateral": (
        (
            "select w.call, g.target_date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select x.target_date "
            "from (select g.target_date, g.id from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id) as x order by x.id limit 1) as g"
        ),
        "target_date: datetime | None",
        ("| None", ""),
    ),
    "lateral row": (
        (
            "select w.call, g.* from unnest(:parent_profile_id::bigint[]) with ordinality as w (parent_profile_id, "
            "call) cross join lateral (select c.name, c.development_notes from child_profiles as c "
            "where c.parent_profile_id = w.parent_profile_id order by c.id limit 1) as g"
        ),
        "name: str, development_notes: str | None",
        ("| None", ""),
    ),
    "batch using": (
        (
            "select w.call, c.name from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w "
            "(parent_profile_id, id, call) join child_profiles as c using (parent_profile_id, id)"
        ),
        "name: str",
        ("(parent_profile_id, id)", "(id)"),
    ),
    "batch distinct on": (
        (
            "select distinct on (w.call, c.age) w.call, c.age, c.name "
            "from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w (parent_profile_id, id, "
            "call) join child_profiles as c on c.parent_profile_id = w.parent_profile_id and c.id >= w.id "
            "order by w.call, c.age, c.id"
        ),
        "age: int, name: str",
        ("on c.parent_profile_id = w.parent_profile_id", "on c.parent_profile_id = w.id"),
    ),
    "batch exists or": (
        (
            "select w.call, c.name from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w "
            "(parent_profile_id, id, call) join child_profiles as c "
            "on (c.parent_profile_id = w.parent_profile_id and c.id = w.id) or (c.parent_profile_id = "
            "w.parent_profile_id and c.age > 17)"
        ),
        "name: str",
        (
            "(c.parent_profile_id = w.parent_profile_id and c.age",
            "(c.parent_profile_id > w.parent_profile_id and c.age",
        ),
    ),
    "batch full": (
        (
            "select w.call, c.name, g.title from unnest(:parent_profile_id::bigint[], :id::bigint[]) with "
            "ordinality as w (parent_profile_id, id, call) left join child_profiles as c "
            "on c.parent_profile_id = w.parent_profile_id and c.id = w.id left join parenting_goals as g "
            "on g.parent_profile_id = c.parent_profile_id and g.id = c.id"
        ),
        "name: str | None, title: str | None",
        ("title: str | None", "title: str"),
    ),
    "batch nullable param": (
        (
            "select w.call, w.maybe_name, c.name from unnest(:parent_profile_id::bigint[], :maybe_name::text[]) "
            "with ordinality as w (parent_profile_id, maybe_name, call) join child_profiles as c "
            "on c.parent_profile_id = w.parent_profile_id"
        ),
        "maybe_name: str | None, name: str",
        ("maybe_name: str | None", "maybe_name: str"),
    ),
}

LATERALS: Final[dict[str, Right]] = {
    "row of left lateral": (
        (
            "select w.call, row_to_json(g) as goal from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.id, g.title from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g on true"
        ),
        "goal: Goal | None",
        ("| None", ""),
    ),
    "row of lateral nullable": (
        (
            "select w.call, row_to_json(g) as goal from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select g.id, g.target_date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g"
        ),
        "goal: GoalDate",
        ("GoalDate", "GoalAt"),
    ),
    "row of left lateral nullable": (
        (
            "select w.call, row_to_json(g) as goal from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.id, g.target_date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id "
            "order by g.id limit 1) as g on true"
        ),
        "goal: GoalDate | None",
        ("GoalDate", "GoalAt"),
    ),
    "agg in left lateral": (
        (
            "select w.call, coalesce(x.goals, '[]') as goals "
            "from unnest(:parent_profile_id::bigint[]) with ordinality as w (parent_profile_id, call) left "
            "join lateral (select json_agg(g order by g.id) as goals from (select g.id, g.target_date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id) as g) as x on true"
        ),
        "goals: GoalDates",
        ("GoalDates", "GoalAts"),
    ),
    "lateral values": (
        (
            "select w.call, x.note from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) join naps as n on n.parent_profile_id = w.parent_profile_id cross "
            "join lateral (values (n.note)) as x (note)"
        ),
        "note: str | None",
        ("| None", ""),
    ),
    "lateral of left": (
        (
            "select w.call, x.title from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join parenting_goals as g "
            "on g.parent_profile_id = w.parent_profile_id cross join lateral (select g.title) as x"
        ),
        "title: str | None",
        ("| None", ""),
    ),
    "lateral max grouped": (
        (
            "select w.call, x.priority from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select max(g.priority) as priority "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id group by g.category) as x"
        ),
        "priority: int",
        ("group by g.category", ""),
    ),
    "lateral in parens": (
        (
            "select w.call, g.target_date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join (parent_profiles as p cross "
            "join lateral (select g.target_date, g.title from parenting_goals as g "
            "where g.parent_profile_id = p.id limit 1) as g) on p.id = w.parent_profile_id and g.title > ''"
        ),
        "target_date: datetime | None",
        ("| None", ""),
    ),
    "lateral star nullable": (
        (
            "select w.call, g.target_date, g.title from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) join lateral (select * from (select g.target_date, g.title "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id "
            "order by g.id limit 1) as y) as g on g.title > ''"
        ),
        "target_date: datetime | None, title: str",
        ("| None", ""),
    ),
    "where not null of lateral": (
        (
            "select w.call, g.target_date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.target_date from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g on true "
            "where g.target_date is not null"
        ),
        "target_date: datetime",
        (" where g.target_date is not null", ""),
    ),
    "lateral case": (
        (
            "select w.call, g.date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select case "
            "when g.status = 'done' then g.created_at + interval '1 day' end as date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g"
        ),
        "date: datetime | None",
        ("| None", ""),
    ),
}

# By mode, with the notes below it.
ROWS: Final[dict[str, dict[str, Right]]] = {
    ":many": {
        "many total order": (
            (
                "select id, age from child_profiles where parent_profile_id = :parent_profile_id "
                "order by age, id limit :count"
            ),
            "id: int, age: int",
            ("order by age, id", "order by age"),
        ),
        "fetch first": (
            (
                "select id from child_profiles where parent_profile_id = :parent_profile_id "
                "order by id fetch first 5 rows only"
            ),
            "id: int",
            (" order by id", ""),
        ),
        "fetch ties": (
            (
                "select id, age from child_profiles where parent_profile_id = :parent_profile_id "
                "order by id fetch first 5 rows with ties"
            ),
            "id: int, age: int",
            ("order by id", "order by age"),
        ),
        "order by ordinal": (
            "select id, age from child_profiles where parent_profile_id = :parent_profile_id order by 2, 1 limit 10",
            "id: int, age: int",
            ("2, 1", "2"),
        ),
        "order by alias": (
            (
                "select id as child_profile_id, age from child_profiles "
                "where parent_profile_id = :parent_profile_id order by child_profile_id limit 10"
            ),
            "child_profile_id: int, age: int",
            ("by child_profile_id", "by age"),
        ),
        "distinct on": (
            (
                "select distinct on (age) age, id from child_profiles "
                "where parent_profile_id = :parent_profile_id order by age, id limit 10"
            ),
            "age: int, id: int",
            (" limit 10", ""),
        ),
        "group": (
            (
                "select age, count(*) as children from child_profiles "
                "where parent_profile_id = :parent_profile_id group by age order by age limit 20"
            ),
            "age: int, children: int",
            ("order by age", "order by children"),
        ),
        "union ordered": (
            (
                "select name, age from child_profiles where parent_profile_id = :parent_profile_id union "
                "select p.name, 1 from parent_profiles as p where p.user_id = :user_id order by name, age limit 10"
            ),
            "name: str, age: int",
            ("order by name, age", "order by name"),
        ),
        "window number": (
            (
                "select id, row_number() over (order by age, id) as place from child_profiles "
                "where parent_profile_id = :parent_profile_id order by place limit 5"
            ),
            "id: int, place: int",
            ("by place", "by age"),
        ),
        "cte ordered": (
            (
                "with mine as (select id, name from child_profiles "
                "where parent_profile_id = :parent_profile_id) select m.id, m.name from mine as m order by m.id limit 5"
            ),
            "id: int, name: str",
            ("order by m.id", "order by m.name"),
        ),
        "number of a named window": (
            (
                "select id, row_number() over w as place from child_profiles "
                "where parent_profile_id = :parent_profile_id window w as (order by age, id) order by place limit 5"
            ),
            "id: int, place: int",
            ("(order by age, id)", "(partition by age order by id)"),
        ),
        "number behind a star": (
            (
                "select n.*, row_number() over (order by n.id) as place from (select age, name, id "
                "from child_profiles where parent_profile_id = :parent_profile_id) as n order by n.id limit 5"
            ),
            "age: int, name: str, id: int, place: int",
            ("n.id limit", "n.name limit"),
        ),
        "number of each row": (
            (
                "select row_number() over (order by id) as place, age from child_profiles "
                "where parent_profile_id = :parent_profile_id order by place limit 5"
            ),
            "place: int, age: int",
            ("age from", "unnest(special_needs) as need from"),
        ),
        "elements of each row": (
            (
                "select id, unnest(array[1, 2]) as number from child_profiles "
                "where parent_profile_id = :parent_profile_id order by id, number limit 5"
            ),
            "id: int, number: int",
            ("id, number limit", "id limit"),
        ),
        "values": (
            "select v.number, v.label from (values (1, 'a'), (2, 'b')) as v (number, label) order by v.number, v.label",
            "number: int, label: str",
            (" order by v.number, v.label", ""),
        ),
        "series": (
            "select n.number from generate_series(1, 5) as n (number) order by n.number",
            "number: int",
            (" order by n.number", ""),
        ),
        "elements in order": (
            (
                "select n.need, n.place from child_profiles as c cross "
                "join lateral unnest(c.special_needs) with ordinality as n (need, place) "
                "where c.parent_profile_id = :parent_profile_id and c.id = :id order by n.place"
            ),
            "need: str | None, place: int",
            (" order by n.place", " order by n.need"),
        ),
        "cursor": (
            (
                "select id from child_profiles where parent_profile_id = :parent_profile_id and id > :after "
                "order by id limit :count"
            ),
            "id: int",
            ("id > :after", "age > :after"),
        ),
        "cursor turned": (
            (
                "select id from child_profiles where parent_profile_id = :parent_profile_id and :after < id "
                "order by id limit :count"
            ),
            "id: int",
            (":after < id", ":after > id"),
        ),
        "cursor by not": (
            (
                "select id from child_profiles where parent_profile_id = :parent_profile_id and not (id <= :after) "
                "order by id limit :count"
            ),
            "id: int",
            ("not (id <=", "not (id >="),
        ),
    },
    ":maybe": {
        "maybe by key": (
            "select name from child_profiles where parent_profile_id = :parent_profile_id and id = :id",
            "name: str",
            (" and id = :id", ""),
        ),
        "maybe by row": (
            "select name from child_profiles where (parent_profile_id, id) = (:parent_profile_id, :id)",
            "name: str",
            ("= (", "<> ("),
        ),
        "maybe by in": (
            "select name from child_profiles where parent_profile_id in (:parent_profile_id) and id in (:id)",
            "name: str",
            ("(:id)", "(:id, 2)"),
        ),
        "maybe by any": (
            (
                "select name from child_profiles where parent_profile_id = :parent_profile_id and id = any "
                "(array[:id::bigint])"
            ),
            "name: str",
            ("[:id::bigint]", "[:id::bigint, 2]"),
        ),
        "maybe by any, of arrays": (
            (
                "select name from child_profiles where parent_profile_id = :parent_profile_id and id = any "
                "(array[:id::bigint])"
            ),
            "name: str",
            ("[:id::bigint]", "[[:id::bigint, 2]]"),
        ),
        "maybe by any, of a list": (
            (
                "select name from child_profiles where parent_profile_id = :parent_profile_id and id = any "
                "(array[:id::bigint])"
            ),
            "name: str",
            ("[:id::bigint]", "[:ids::bigint[]]"),
        ),
        "maybe De Morgan": (
            "select name from child_profiles where not (parent_profile_id <> :parent_profile_id or id <> :id)",
            "name: str",
            ("or id", "and id"),
        ),
        "maybe not distinct": (
            (
                "select name from child_profiles where parent_profile_id is not distinct "
                "from :parent_profile_id and id is not distinct from :id"
            ),
            "name: str",
            ("id is not distinct from :id", "id is distinct from :id"),
        ),
        "maybe between": (
            "select name from child_profiles where parent_profile_id = :parent_profile_id and id between :id and :id",
            "name: str",
            ("and :id", "and :age"),
        ),
        "maybe using": (
            (
                "select c.name from (values (:parent_profile_id::bigint, :id::bigint)) as me (parent_profile_id, id) "
                "join child_profiles as c using (parent_profile_id, id)"
            ),
            "name: str",
            ("using (parent_profile_id, id)", "using (parent_profile_id)"),
        ),
        "maybe lateral": (
            (
                "select c.name from (select :parent_profile_id::bigint as parent_profile_id) as me cross "
                "join lateral (select c.name from child_profiles as c "
                "where c.parent_profile_id = me.parent_profile_id order by c.id limit 1) as c"
            ),
            "name: str",
            ("limit 1", "limit 2"),
        ),
        "maybe subquery id": (
            (
                "select name from child_profiles where parent_profile_id = :parent_profile_id and id = (select "
                "max(d.id) from child_profiles as d where d.parent_profile_id = :parent_profile_id)"
            ),
            "name: str",
            ("id = (", "id >= ("),
        ),
        "update one": (
            "update child_profiles set age = 1 where parent_profile_id = :parent_profile_id and id = :id returning age",
            "age: int",
            (" and id = :id", ""),
        ),
        "partial key": (
            (
                "select id from naps where parent_profile_id = :parent_profile_id and child_id = :child_id and ended "
                "is null"
            ),
            "id: int",
            (" and ended is null", ""),
        ),
    },
    ":one": {
        "one aggregate": (
            (
                "select count(*) as children, max(age) as age from child_profiles "
                "where parent_profile_id = :parent_profile_id"
            ),
            "children: int, age: int | None",
            (
                " where parent_profile_id = :parent_profile_id",
                " where parent_profile_id = :parent_profile_id group by age",
            ),
        ),
        "one mode": (
            (
                "select mode() within group (order by age) as age from child_profiles "
                "where parent_profile_id = :parent_profile_id"
            ),
            "age: int | None",
            ("mode() within group (order by age)", "age::integer"),
        ),
        "one json_arrayagg": (
            (
                "select coalesce(json_arrayagg(c.name order by c.id returning jsonb), '[]') as names "
                "from child_profiles as c where c.parent_profile_id = :parent_profile_id"
            ),
            "names: Raw",
            (" order by c.id", ""),
        ),
        "array in order": (
            (
                "select array(select name from child_profiles where parent_profile_id = :parent_profile_id "
                "order by id) as names"
            ),
            "names: list[str]",
            (" order by id", ""),
        ),
        "string_agg in order": (
            (
                "select string_agg(name, ',' order by id) as names from child_profiles "
                "where parent_profile_id = :parent_profile_id"
            ),
            "names: str | None",
            (" order by id", ""),
        ),
        "string_agg of ordered": (
            (
                "select string_agg(c.name, ',') as names from (select name from child_profiles "
                "where parent_profile_id = :parent_profile_id order by id) as c"
            ),
            "names: str | None",
            (" order by id", ""),
        ),
        "upsert one": (
            (
                "insert into child_profiles (id, parent_profile_id, name, age) "
                "values (:id, :parent_profile_id, :name, :age) "
                "on conflict (parent_profile_id, id) do update set name = excluded.name returning id"
            ),
            "id: int",
            (
                "values (:id, :parent_profile_id, :name, :age)",
                "values (:id, :parent_profile_id, :name, :age), (2, :parent_profile_id, :name, :age)",
            ),
        ),
    },
    ":value": {
        "value exists": (
            "select exists (select from child_profiles where parent_profile_id = :parent_profile_id) as is_there",
            "is_there: bool",
            (
                "exists (select from child_profiles where parent_profile_id = :parent_profile_id)",
                "(select id from child_profiles where parent_profile_id = :parent_profile_id) is null",
            ),
        ),
    },
    ":exec": {
        "delete picked": (
            (
                "delete from child_profiles as c using (select d.parent_profile_id, d.id "
                "from child_profiles as d where d.parent_profile_id = :parent_profile_id "
                "order by d.id limit 3 for update skip locked) as picked "
                "where (c.parent_profile_id, c.id) = (picked.parent_profile_id, picked.id)"
            ),
            "",
            ("order by d.id ", ""),
        ),
    },
    ":many\n-- limit: a family has few.": {
        "lock ordered": (
            "select id from child_profiles where parent_profile_id = :parent_profile_id order by id for no key update",
            "id: int",
            (" order by id", ""),
        ),
        "lock of c": (
            (
                "select c.id from child_profiles as c join parent_profiles as p on p.id = c.parent_profile_id "
                "where p.user_id = :user_id order by c.id for update of c"
            ),
            "id: int",
            (" order by c.id", ""),
        ),
    },
}
