"""Right statements for the rules of rows, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import Right

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
        "order by a number behind a star": (
            (
                "select n.*, row_number() over (order by n.age, n.id) as place from child_profiles as n "
                "where n.parent_profile_id = :parent_profile_id order by place limit 5"
            ),
            "",
            ("(order by n.age", "(partition by n.name order by n.age"),
        ),
        "order by a number behind two stars": (
            (
                "select n.*, row_number() over (order by n.age, n.id) as place from child_profiles as n "
                "join parent_profiles as p on p.id = n.parent_profile_id where p.user_id = :user_id "
                "order by place limit 5"
            ),
            "",
            ("n.*, row", "n.*, p.*, row"),
        ),
        "number of each row": (
            (
                "select row_number() over (order by id) as place, age from child_profiles "
                "where parent_profile_id = :parent_profile_id order by place limit 5"
            ),
            "place: int, age: int",
            ("age from", "unnest(special_needs) as need from"),
        ),
        "order by a number behind a function's columns": (
            (
                "select e.*, row_number() over (order by e.key) as place "
                "from jsonb_each(:ids::jsonb) as e (key, value) order by 3 limit 5"
            ),
            "",
            ("order by 3", "order by 2"),
        ),
        "order by a number behind the columns of two functions": (
            (
                "select e.*, row_number() over (order by e.a) as place "
                "from rows from (unnest(:ids::bigint[]), unnest(:ids::bigint[])) as e (a, b) order by 3 limit 5"
            ),
            "",
            ("order by 3", "order by 2"),
        ),
        "order by a number behind a function's column": (
            (
                "select e.*, row_number() over (order by e.n) as place "
                "from generate_series(1, 9) as e (n) order by 2 limit 5"
            ),
            "n: int, place: int",
            ("generate_series(1, 9) as e (n)", "ts_stat(:name) as e (n)"),
        ),
        "keys in order": (
            "select e.key from jsonb_each(:ids::jsonb) with ordinality as e (key, value, place) order by e.place",
            "key: str",
            ("order by e.place", "order by e.value"),
        ),
        "place behind what is unknown": (
            (
                "select x.*, c.id from (select 1, 2) as x cross join child_profiles as c "
                "where c.parent_profile_id = :parent_profile_id order by c.id limit 5"
            ),
            "",
            ("order by c.id", "order by 1"),
        ),
        "what can't be followed": (
            (
                "select c.id, x.value from child_profiles as c cross join lateral jsonb_each(c.routines) as x (key, "
                "value) where c.parent_profile_id = :parent_profile_id order by c.id, x.value limit 5"
            ),
            "",
            ("order by c.id, x.value", "order by c.id"),
        ),
        "what of a function has no name": (
            (
                "select c.id from child_profiles as c cross join lateral jsonb_each(c.routines) as x "
                "where c.parent_profile_id = :parent_profile_id order by c.id limit 5"
            ),
            "",
            ("select c.id from", "select c.id, x.value from"),
        ),
        "distinct on by places": (
            (
                "select distinct on (1, 2) age, name from child_profiles "
                "where parent_profile_id = :parent_profile_id order by 1, 2 limit 5"
            ),
            "age: int, name: str",
            ("order by 1, 2", "order by 1"),
        ),
        "system column": (
            (
                "select id, xmin::text as version from child_profiles "
                "where parent_profile_id = :parent_profile_id order by id limit 5"
            ),
            "id: int, version: str",
            ("id, xmin::text as version", "age as id, xmin::text as version"),
        ),
        "group by an output": (
            (
                "select array(select c.age as id from child_profiles as c "
                "where c.parent_profile_id = :parent_profile_id group by id order by id) as ids "
                "from parenting_goals as g where g.parent_profile_id = :parent_profile_id and g.id = :id order by g.id"
            ),
            "ids: list[int]",
            ("group by id order by id) as ids", "group by id order by max(c.name)) as ids"),
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
        "the first by a number behind a function's columns": (
            (
                "select x.key from (select e.*, row_number() over (order by e.key) as place "
                "from jsonb_each(:ids::jsonb) as e (key, value)) as x (key, value, place) where x.place = 1"
            ),
            "key: str",
            ("x.place = 1", "x.value = '1'::jsonb"),
        ),
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
        "maybe the first of one": (
            (
                "select distinct on (child.parent_profile_id) child.name from child_profiles as child"
                " where child.parent_profile_id = :parent_profile_id order by child.parent_profile_id, child.id"
            ),
            "name: str",
            ("on (child.parent_profile_id)", "on (child.age)"),
        ),
        "maybe one group": (
            (
                "select count(*) as goals from parenting_goals as goal"
                " where goal.parent_profile_id = :parent_profile_id and goal.category = 'sleep'"
                " group by goal.parent_profile_id, goal.category"
            ),
            "goals: int",
            ("goal.category = 'sleep'", "goal.category <> 'sleep'"),
        ),
        "maybe one distinct": (
            (
                "select distinct goal.category from parenting_goals as goal"
                " where goal.parent_profile_id = :parent_profile_id and goal.category = :name"
            ),
            "category: str",
            ("goal.category = :name", "goal.category > :name"),
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
        "of all, or of each group by its place": (
            "select max(age) as age from child_profiles where parent_profile_id = :parent_profile_id",
            "age: int | None",
            (
                "max(age) as age from child_profiles where parent_profile_id = :parent_profile_id",
                "age from child_profiles where parent_profile_id = :parent_profile_id group by 1",
            ),
        ),
        "of all, or of each group by its name": (
            "select max(age) as years from child_profiles where parent_profile_id = :parent_profile_id",
            "years: int | None",
            (
                "max(age) as years from child_profiles where parent_profile_id = :parent_profile_id",
                "age as years from child_profiles where parent_profile_id = :parent_profile_id group by years",
            ),
        ),
        "of all, or of each grouping set": (
            "select max(age) as age from child_profiles where parent_profile_id = :parent_profile_id",
            "age: int | None",
            (
                "max(age) as age from child_profiles where parent_profile_id = :parent_profile_id",
                "age from child_profiles where parent_profile_id = :parent_profile_id group by rollup (age)",
            ),
        ),
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
        "the first by a number behind a star": (
            (
                "select c.id, c.name from (select n.*, row_number() over (order by n.age) as place "
                "from child_profiles as n where n.parent_profile_id = :parent_profile_id) as c where c.place = 1"
            ),
            "id: int, name: str",
            ("c.place", "c.age"),
        ),
        "the first by a number between names": (
            (
                "select c.id from (select id, id, row_number() over (order by age) as place, age "
                "from child_profiles where parent_profile_id = :parent_profile_id) as c (one, id, place, age) "
                "where c.place = 1"
            ),
            "id: int",
            ("c.place", "c.age"),
        ),
        "the first by a number behind a name that comes twice": (
            (
                "select c.place from (select id, id, row_number() over (order by age) as place, age "
                "from child_profiles where parent_profile_id = :parent_profile_id) as c where c.place = 1"
            ),
            "place: int",
            ("c.place = 1", "c.age = 1"),
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
