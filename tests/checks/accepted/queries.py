"""Right queries of unusual form, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import OWNED, Right

_FULL_JOIN: Final = (
    f"from (select id from child_profiles where {OWNED}) as c "
    f"full join (select child_id from milestones where {OWNED}) as m on m.child_id = c.id"
)
_FULL_JOIN_OF_WORDS: Final = (
    f"from (select id, name from child_profiles where {OWNED}) as c "
    f"full join (select child_id, title from milestones where {OWNED}) as m on m.child_id = c.id"
)
_GOALS: Final = (
    f" left join (select goal.id from parenting_goals as goal where goal.{OWNED}) as g on g.id = c.id where g.id > 1"
)

QUERIES: Final[dict[str, Right]] = {
    "correlated exists": (
        """
        select c.id from child_profiles as c
         where exists (select from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id)
        """,
        "id: int",
        ("where exists", "where not exists"),
    ),
    "exists of a join": (
        """
        select c.id from child_profiles as c
         where exists (
                 select 1 from users as u join parent_profiles as p on p.user_id = u.id
                  where u.id = :user_id and c.parent_profile_id = p.id
               )
        """,
        "id: int",
        ("c.parent_profile_id = p.id", "c.id = p.id"),
    ),
    "exists that counts": (
        """
        select c.id from child_profiles as c
         where exists (
                 select count(*) from parent_profiles as p
                  where p.id = c.parent_profile_id and p.user_id = :user_id group by p.user_id
               )
        """,
        "id: int",
        (" group by p.user_id", ""),
    ),
    "in of a correlated query": (
        """
        select c.id from child_profiles as c
         where c.id in (
                 select d.id from child_profiles as d
                  where d.parent_profile_id = c.parent_profile_id and d.parent_profile_id = :parent_profile_id
               )
        """,
        "id: int",
        ("d.parent_profile_id = c.parent_profile_id and", ""),
    ),
    "any of a query": (
        """
        select id from child_profiles
         where parent_profile_id = any (select id from parent_profiles where user_id = :user_id)
        """,
        "id: int",
        ("= any", ">= any"),
    ),
    "lateral that restricts": (
        """
        select c.id from child_profiles as c
          join lateral (
                 select from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id
               ) as mine on true
        """,
        "id: int",
        ("join lateral (", "left join lateral ("),
    ),
    "left join whose row is there": (
        """
        select c.id from child_profiles as c
          left join parent_profiles as p on p.id = c.parent_profile_id and p.user_id = :user_id
         where p.name is not null
        """,
        "id: int",
        ("is not null", "is null"),
    ),
    "left join that is compared": (
        """
        select c.id, p.name from child_profiles as c
          left join parent_profiles as p on p.id = c.parent_profile_id
         where p.user_id = :user_id and p.name = :name
        """,
        "id: int, name: str",
        ("p.user_id = :user_id and", "p.user_id is not distinct from :user_id or"),
    ),
    "count above nothing": (
        """
        select c.id from child_profiles as c
         where (
                 select count(*) from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id
               ) > 0
        """,
        "id: int",
        (") > 0", ") > -1"),
    ),
    "rows from": (
        """
        select w.position as position, c.name
          from rows from (unnest(:ids::bigint[]), unnest(:names::text[])) with ordinality as w (id, name, position)
          join child_profiles as c
            on c.id = w.id and c.parent_profile_id = :parent_profile_id and c.name = w.name
        """,
        "position: int, name: str",
        ("c.parent_profile_id = :parent_profile_id", "c.parent_profile_id = w.id"),
    ),
    "natural join over named columns": (
        f"""
        select mine.id, theirs.goals
          from (select parent_profile_id, id from child_profiles where {OWNED}) as mine
       natural join (
                 select parent_profile_id, count(*) as goals from parenting_goals
                  where {OWNED} group by parent_profile_id
               ) as theirs
        """,
        "id: int, goals: int",
        (f"where {OWNED}", "where id > 0"),
    ),
    "intersect of own rows": (
        f"""
        select name from child_profiles where {OWNED}
        intersect
        select name from child_profiles where {OWNED} and age < :age
        """,
        "name: str",
        (f"{OWNED} and age", "age"),
    ),
    "intersect proves the owner": (
        """
        with mine as (select id from parent_profiles where user_id = :user_id intersect select :id::bigint)
        select c.id from mine join child_profiles as c on c.parent_profile_id = mine.id
        """,
        "id: int",
        ("intersect", "union"),
    ),
    "except of own rows": (
        """
        with mine as (select id from parent_profiles where user_id = :user_id except select :id::bigint)
        select c.id from mine join child_profiles as c on c.parent_profile_id = mine.id
        """,
        "id: int",
        ("except", "union all"),
    ),
    "intersect is never null": (
        f"""
        select development_notes from child_profiles where {OWNED}
        intersect
        select name || '' as development_notes from child_profiles where {OWNED}
        """,
        "development_notes: str",
        ("intersect", "union"),
    ),
    "values list": (
        """
        select v.label, count(c.id) as children
          from (values ('young', 0, 3), ('old', 4, 18)) as v (label, youngest, oldest)
          left join child_profiles as c
            on c.age between v.youngest and v.oldest and c.parent_profile_id = :parent_profile_id
         group by v.label
        """,
        "label: str, children: int",
        ("and c.parent_profile_id = :parent_profile_id", ""),
    ),
    "window functions": (
        f"""
        select id, row_number() over by_age as place, sum(age) over by_age as ages,
               first_value(name) over by_age as eldest, lag(name) over by_age as before,
               count(*) filter (where age < 4) over (partition by parent_profile_id) as young
          from child_profiles where {OWNED}
        window by_age as (partition by parent_profile_id order by age desc, id)
        """,
        "id: int, place: int, ages: int, eldest: str, before: str | None, young: int",
        ("before: str | None", "before: str"),
    ),
    "distinct on": (
        f"select distinct on (age) age, name from child_profiles where {OWNED} order by age, id",
        "age: int, name: str",
        (OWNED, "age < 3"),
    ),
    "filter": (
        f"""
        select count(*) filter (where age < 4) as young, max(name) filter (where age > 4) as name,
               coalesce(sum(age) filter (where age > 4), 0) as ages
          from child_profiles where {OWNED}
        """,
        "young: int, name: str | None, ages: int",
        ("coalesce(sum(age) filter (where age > 4), 0)", "sum(age) filter (where age > 4)"),
    ),
    "recursive CTE on own rows": (
        """
        with recursive line as (
          select id, parent_profile_id, 1 as depth from child_profiles where parent_profile_id = :parent_profile_id
           union
          select c.id, c.parent_profile_id, line.depth + 1
            from line join child_profiles as c
              on c.parent_profile_id is not distinct from line.parent_profile_id and c.id > line.id
           where line.depth < 5
        )
        select id, depth from line
        """,
        "id: int, depth: int",
        ("c.parent_profile_id is not distinct from line.parent_profile_id and", ""),
    ),
    "recursive CTE with cycle": (
        f"""
        with recursive line as (
          select id, parent_profile_id from child_profiles where {OWNED}
           union all
          select c.id, c.parent_profile_id
            from line join child_profiles as c on c.parent_profile_id = line.parent_profile_id and c.id = line.id + 1
        ) search depth first by id set place cycle id set is_cycle using path
        select id, is_cycle from line order by place
        """,
        "id: int, is_cycle: bool",
        ("is_cycle: bool", "is_cycle: bool | None"),
    ),
    "grouping sets": (
        f"""
        select category, status, count(*) as goals, grouping(category, status) as level from parenting_goals
         where {OWNED} group by grouping sets ((category, status), (category), ())
        """,
        "category: str | None, status: str | None, goals: int, level: int",
        ("category: str |", "category: str, level_: str |"),
    ),
    "rollup": (
        f"""
        select coalesce(category, 'all') as category, count(*) as goals from parenting_goals
         where {OWNED} group by rollup (category)
        """,
        "category: str, goals: int",
        ("coalesce(category, 'all') as category", "category"),
    ),
    "json_table": (
        f"""
        select c.id, jt.step
          from child_profiles as c,
               json_table(c.routines, '$.steps[*]' columns (step text path '$.name', place for ordinality)) as jt
         where c.{OWNED} and jt.step is not null
         order by jt.place
        """,
        "id: int, step: str",
        ("and jt.step is not null", ""),
    ),
    "json_value": (
        f"""
        select id, json_value(routines, '$.bedtime') as bedtime,
               json_exists(routines, '$.bath') as has_bath,
               coalesce(json_value(routines, '$.naps' returning integer default 0 on error), 0) as naps
          from child_profiles where {OWNED}
        """,
        "id: int, bedtime: str | None, has_bath: bool, naps: int",
        ("bedtime: str | None", "bedtime: str"),
    ),
    "JSON constructors": (
        f"""
        select json_object('name': name, 'age': age returning jsonb) as described,
               json_array(name, age returning jsonb) as listed
          from child_profiles where {OWNED}
        """,
        "described: Raw, listed: Raw",
        (OWNED, "age < 3"),
    ),
    "group by an expression": (
        f"""
        select date_trunc('month', created_at) as month, array_agg(name order by name) as names
          from child_profiles where {OWNED} group by date_trunc('month', created_at) order by month
        """,
        "month: datetime, names: list[str]",
        ("array_agg(name ", "array_agg(development_notes "),
    ),
    "case that excludes null": (
        f"""
        select id, case when development_notes is null then '' else development_notes end as development_notes
          from child_profiles where {OWNED}
        """,
        "id: int, development_notes: str",
        ("is null then", "is not null then"),
    ),
    "not null by De Morgan": (
        f"""
        select id, development_notes from child_profiles
         where {OWNED} and not (development_notes is null or age > 4)
        """,
        "id: int, development_notes: str",
        ("is null or", "is null and"),
    ),
    "table sample of own rows": (
        f"select id from child_profiles tablesample bernoulli (50) where {OWNED}",
        "id: int",
        (f"where {OWNED}", ""),
    ),
    "locked rows that wait for nobody": (
        f"select id from child_profiles where {OWNED} order by id for no key update skip locked",
        "id: int",
        (OWNED, "id > :id"),
    ),
    "fetch with ties": (
        f"select id, age from child_profiles where {OWNED} order by age fetch first 3 rows with ties",
        "id: int, age: int",
        (OWNED, "age > 3"),
    ),
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
    "full join": (
        f"select coalesce(c.id + 0, m.child_id + 0) as number, c.name, m.title {_FULL_JOIN_OF_WORDS}",
        "number: int, name: str | None, title: str | None",
        ("full join (select child_id", "full join (select nullif(child_id, 0) as child_id"),
    ),
    "full join, words": (
        f"select coalesce(lower(c.name), m.title || '') as label {_FULL_JOIN_OF_WORDS}{_GOALS}",
        "label: str",
        ("m.title || ''", "c.name || ''"),
    ),
    "full join, then optional": (
        f"select coalesce(c.id + 0, m.child_id + 0) as number {_FULL_JOIN}{_GOALS}",
        "number: int",
        ("left join (select goal", "right join (select goal"),
    ),
    "full join, window": (
        f"select coalesce(c.id + 0, m.child_id + 0) as number {_FULL_JOIN}",
        "number: int",
        ("(c.id + 0,", "(first_value(c.id + 0) over (order by c.id nulls first),"),
    ),
    "full join, row before": (
        f"select coalesce(c.id + 0, m.child_id + 0) as number {_FULL_JOIN}",
        "number: int",
        ("(c.id + 0,", "(lag(c.id + 0, 1, 0::bigint) over (order by c.id nulls first),"),
    ),
    "full join, first of a group": (
        (
            f"select coalesce((array_agg(c.id))[1], (array_agg(m.child_id))[1]) + 0 as number {_FULL_JOIN} "
            "group by c.id > 100 is true"
        ),
        "number: int | None",
        ("number: int | None", "number: int"),
    ),
    "case, first of a window": (
        (
            "select case when development_notes is not null then development_notes || '' else '' end as label "
            "from child_profiles where parent_profile_id = :parent_profile_id"
        ),
        "label: str",
        (
            "development_notes || ''",
            "first_value(development_notes || '') over (order by development_notes nulls first)",
        ),
    ),
    "full join of three": (
        (
            f"select coalesce(c.id + 0, m.child_id + 0, n.child_id + 0) as number {_FULL_JOIN} "
            f"full join (select child_id from naps where {OWNED}) as n on n.child_id = c.id"
        ),
        "number: int",
        ("m.child_id + 0, n", "n"),
    ),
    "full join, grouped": (
        (
            f"select coalesce(c.id + 0, m.child_id + 0) as number, count(*) as families {_FULL_JOIN} "
            "group by c.id, m.child_id"
        ),
        "number: int, families: int",
        ("group by c.id, m", "group by rollup (c.id), m"),
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
    "having rows": (
        f"select max(age) as age from child_profiles where {OWNED} having count(*) > 0",
        "age: int",
        ("count(*) > 0", "count(*) >= 0"),
    ),
    "having several rows": (
        f"select max(age) as age from child_profiles where {OWNED} having 2 <= count(id) and min(age) < 9",
        "age: int",
        ("2 <= count(id)", "2 >= count(id)"),
    ),
    "having rows or not": (
        f"select max(age) as age from child_profiles where {OWNED} having count(*) > 3 or count(*) = 1",
        "age: int",
        ("count(*) = 1", "count(*) = 0"),
    ),
    "merged objects": (
        f"""
        select jsonb_build_object('id', id, 'name', null) || jsonb_build_object('name', name) as child
          from child_profiles where {OWNED}
        """,
        "child: Child",
        ("jsonb_build_object('name', name) as child", "jsonb_build_object('name', development_notes) as child"),
    ),
    "a row and an object": (
        f"""
        select to_jsonb(c) || jsonb_build_object('name', 'Noor'::text) as child
          from (select id from child_profiles where {OWNED}) as c
        """,
        "child: Child",
        ("jsonb_build_object('name',", "jsonb_build_object('title',"),
    ),
    "texts with a separator": (
        f"select concat_ws(', ', name, development_notes) as name from child_profiles where {OWNED}",
        "name: str",
        ("concat_ws(', ',", "concat_ws(nullif(name, ''),"),
    ),
    "grouping in a case": (
        f"""
        select case when grouping(category) = 1 then 'all' else category end as category, count(*) as goals
          from parenting_goals where {OWNED} group by rollup (category)
        """,
        "category: str, goals: int",
        ("= 1", "= 0"),
    ),
    "grouping of another column": (
        f"""
        select case when grouping(category) < 1 then category else '' end as category, count(*) as goals
          from parenting_goals where {OWNED} group by cube (category, status)
        """,
        "category: str, goals: int",
        ("grouping(category)", "grouping(status)"),
    ),
    "grouping of two": (
        f"""
        select case grouping(category, status) when 0 then category || status when 1 then category || '' else '' end
               as label, count(*) as goals
          from parenting_goals where {OWNED} group by rollup (category, status)
        """,
        "label: str, goals: int",
        ("when 1", "when 2"),
    ),
    "grouping of what may be null": (
        f"""
        select case when grouping(target_date) = 0 then coalesce(target_date, now()) else now() end as target_date,
               count(*) as goals
          from parenting_goals where {OWNED} group by rollup (target_date)
        """,
        "target_date: datetime, goals: int",
        ("coalesce(target_date, now())", "target_date"),
    ),
    "case of equal values": (
        f"""
        select id, case development_notes when '-' then name || '' when name then development_notes || '' else '' end
               as label
          from child_profiles where {OWNED}
        """,
        "id: int, label: str",
        ("else ''", "else development_notes || ''"),
    ),
    "system columns": (
        f"""
        select id, tableoid::regclass::text as table_name, xmin::text as version,
               public.child_profiles.ctid::text as place
          from child_profiles where {OWNED}
        """,
        "id: int, table_name: str, version: str, place: str",
        ("version: str", "version: str | None"),
    ),
    "system columns of a row that may be missing": (
        f"""
        select c.id, c.xmin::text as version, g.xmin::text as goal_version
          from child_profiles as c
          left join parenting_goals as g on g.parent_profile_id = c.parent_profile_id and g.id = c.id
         where c.{OWNED}
        """,
        "id: int, version: str, goal_version: str | None",
        ("goal_version: str | None", "goal_version: str"),
    ),
    "a column that is called as one of the system": (
        f"""
        select c.id, s.xmin
          from child_profiles as c
          join (select id, development_notes || '' as xmin from child_profiles where {OWNED}) as s on s.id = c.id
         where c.{OWNED}
        """,
        "id: int, xmin: str | None",
        ("xmin: str | None", "xmin: str"),
    ),
    "case of values that are equal, as rows with nulls are": (
        f"""
        select case development_notes when nullif(name, 'x') then development_notes || '' else '' end as label
          from child_profiles where {OWNED}
        """,
        "label: str",
        ("case development_notes when nullif(name, 'x')", "case (id, development_notes) when (id, nullif(name, 'x'))"),
    ),
    "grouping of a column, not of an expression of it": (
        f"""
        select case when grouping(category) = 0 then category else '' end as category, count(*) as goals
          from parenting_goals where {OWNED} group by lower(category), rollup (category)
        """,
        "category: str, goals: int",
        ("grouping(category)", "grouping(lower(category))"),
    ),
    "grouping of a column, not of a cast": (
        f"""
        select case when grouping(id) = 0 then id else 0 end as id, count(*) as goals
          from parenting_goals where {OWNED} group by id::text, rollup (id)
        """,
        "id: int, goals: int",
        ("grouping(id)", "grouping(id::text)"),
    ),
    "grouping of many": (
        f"""
        select case when grouping({", ".join(["category"] * 8)}) = 0 then category else '' end as category,
               count(*) as goals
          from parenting_goals where {OWNED} group by rollup (category)
        """,
        "category: str, goals: int",
        ("grouping(", f"grouping({'category, ' * 23}"),
    ),
    "grouping around a lateral that groups": (
        f"""
        select case when grouping(c.name) = 0 then p.name else '' end as name, s.goals
          from child_profiles as c
         cross join lateral (
                 select count(*) as goals from parenting_goals as g
                  where g.parent_profile_id = c.parent_profile_id group by rollup (c.name)
               ) as s
         right join parent_profiles as p on p.id = c.parent_profile_id and c.{OWNED}
         where p.user_id = :user_id
         group by p.name, s.goals, rollup (c.name)
        """,
        "name: str, goals: int | None",
        ("then p.name", "then c.name"),
    ),
    "group by a system column": (
        f"""
        select c.ctid::text as place, count(*) as children
          from child_profiles as c cross join (select 1, 2) as x where c.{OWNED} group by c.ctid
        """,
        "place: str, children: int",
        ("group by c.ctid", "group by rollup (c.ctid)"),
    ),
    "group by a row": (
        f"""
        select to_jsonb(c) as child, count(*) as children
          from (select id, name from child_profiles where {OWNED}) as c cross join (select 1, 2) as x group by c
        """,
        "child: Child, children: int",
        ("group by c", "group by rollup (c)"),
    ),
    "group by an output that is called as a column around it": (
        f"""
        select array(select lower(c.name) as title from child_profiles as c where c.{OWNED} group by title) as titles
          from parenting_goals as g where g.{OWNED}
        """,
        "titles: list[str]",
        ("group by title", "group by rollup (title)"),
    ),
    "CTE restricted where it is used": (
        f"""
        with goals as (select g.id, g.parent_profile_id from parenting_goals as g)
        select c.name, (select count(goals.id) from goals where goals.parent_profile_id = c.parent_profile_id) as goals
          from child_profiles as c where c.{OWNED}
        """,
        "name: str, goals: int",
        ("where goals.parent_profile_id = c.parent_profile_id", "where goals.id = c.id"),
    ),
    "derived table restricted by a join": (
        """
        select g.title
          from (select id from parent_profiles where user_id = :user_id) as p
          join (select title, parent_profile_id from parenting_goals) as g on g.parent_profile_id = p.id
        """,
        "title: str",
        ("where user_id = :user_id", ""),
    ),
    "best of each family, restricted outside": (
        f"""
        select ranked.title
          from (
                 select g.title, g.parent_profile_id,
                        row_number() over (partition by g.parent_profile_id order by g.id) as place
                   from parenting_goals as g
               ) as ranked
         where ranked.place <= 3 and ranked.{OWNED}
        """,
        "title: str",
        ("partition by g.parent_profile_id order", "order"),
    ),
    "groups restricted outside": (
        f"""
        select owned.goals
          from (select parent_profile_id, count(*) as goals from parenting_goals group by parent_profile_id) as owned
         where owned.{OWNED}
        """,
        "goals: int",
        ("parent_profile_id, count(*)", "max(parent_profile_id) as parent_profile_id, count(*)"),
    ),
}
