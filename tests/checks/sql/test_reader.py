"""How the reader resolves names in each construct of SQL."""

from typing import Final

import pytest

from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes
from tests.checks.sql.origins import read, shown

_RECURSIVE: Final = "with recursive t (n) as (select 1 union all select n + 1 from t where n < 3)"
# The origins of a result's columns.
COLUMNS: Final = {
    # Tables, aliases and levels.
    "select id, a.x from a": "id=a.id x=a.x",
    "select t.id, a.id from a as t": "id=a.id id=?",
    "select n, x from a as t (n)": "n=a.id x=a.x",
    "select id from nowhere": "id=?",
    "select public.a.id from public.a": "id=a.id",
    "select x as other, x::text, lower(x), x || '' from a": "other=a.x x=a.x lower=a.x _=a.x",
    "select t from a as t": "t=t.*",
    "select (select y from b where b.id = a.id) as y from a": "y=b.y",
    "select (select x from b) as x from a": "x=a.x",
    "select (select x from nowhere) as x from a": "x=?",
    "select (select t.id from b as t) as id from a as t": "id=b.id",
    "select exists (select from b where y = $1), array(select y from b) as ys from a": "_=? ys=b.y",
    # Stars.
    "select * from a": "id=a.id x=a.x",
    "select b.*, 1 as one from a, b": "id=b.id y=b.y one=",
    "select * from a, b": "id=a.id x=a.x id=b.id y=b.y",
    "select x from (select * from a) as t": "x=a.x",
    # Subqueries and lateral items of a `from`.
    "select t.n from (select id from a) as t (n)": "n=a.id",
    "select t.both from (select x || y as both from a, b) as t": "both=a.x,b.y",
    "select t.id from a, lateral (select a.x as id) as t": "id=a.x",
    "select t.id from a, (select a.x as id) as t": "id=?",
    "select t.z from a join lateral (select z from c where a_id = a.id) as t on true": "z=c.z",
    "select t.id from lateral (select a.id) as t, a": "id=?",
    # Joins.
    "select x, y from a join b on a.id = b.id": "x=a.x y=b.y",
    "select id from a join b using (id)": "id=a.id",
    "select id from a left join b using (id)": "id=a.id",
    "select id from a right join b using (id)": "id=b.id",
    "select id from a full join b using (id)": "id=a.id,b.id",
    "select a.id, b.id from a full join b using (id)": "id=a.id id=b.id",
    "select a.x from a cross join (b left join c on c.id = x)": "x=a.x",
    # Functions.
    "select n from unnest($1::int[]) as n": "n=$1",
    "select t.n, t.s, t.ordinality from unnest($1::int[], $2::text[]) with ordinality as t (n, s)": (
        "n=$1 s=$2 ordinality=#"
    ),
    "select t.n, t.s from rows from (unnest($1::int[]), unnest($2::text[])) as t (n, s)": "n=$1 s=$2",
    "select n, z from unnest($1::int[]) as n, lateral (select z from c where id = n) as t": "n=$1 z=c.z",
    "select n from a, unnest(array[a.x]) as n": "n=a.x",
    "select t.key, t.other from jsonb_each($1) as t (key, value)": "key=? other=?",
    "select (select x from jsonb_each($1) as t) as x from a": "x=?",
    # CTEs.
    "with t as (select id from a) select id from t": "id=a.id",
    "with t (n) as (select id from a) select t.n, u.m from t, t as u (m)": "n=a.id m=a.id",
    "with a as (select y as x from b) select x from a": "x=b.y",
    "with a as (select x from a) select x from a": "x=a.x",
    "with t as (select id from a) select id from public.t": "id=?",
    "with t as (select x from a) select (with t as (select y from b) select y from t) as y, x from t": "y=b.y x=a.x",
    "with gone as (delete from a returning x) select x from gone": "x=a.x",
    "with recursive t (n) as (select id from a union all select b.id from b, t where b.id = n) select n from t": (
        "n=a.id,b.id"
    ),
    "with recursive t (n, m) as (select id, x from a union all select m, n from t) select n, m from t": (
        "n=a.id,a.x m=a.id,a.x"
    ),
    "with recursive t as (select x from u), u as (select y as x from b) select x from t": "x=?",
    # Set operations and values.
    "select id from a union select y from b": "id=a.id,b.y",
    "(select id from a limit 1) except all (select z from c order by id)": "id=a.id",
    "values (1, $1), (2, $2)": "column1= column2=$1,$2",
    "select n from (values ($1)) as t (n)": "n=$1",
    "select m from (select id from a intersect select id from b) as t (m)": "m=a.id,b.id",
    # Columns that clauses add, or leave out.
    f"{_RECURSIVE} search depth first by n set place cycle n set again to 'y' default 'n' using path"
    " select n, place, again, path from t": "n= place=? again= path=?",
    "select x, grouping(x) as level from a group by rollup (x)": "x=a.x level=a.x",
    "select t.id, y from (select id from a) as s natural join (select id, y from b) as t": "id=b.id y=b.y",
    "select jt.n, jt.step, k from a, json_table(x, '$' columns ("
    "n for ordinality, step text path '$.s', nested '$.k' columns (k int path '$'))) as jt": "n=? step=? k=?",
    "select json_object('x': x, 'id': $1) as one, json_array(select y from b) as ys from a": "one=$1,a.x ys=b.y",
    "select json_value(x, '$.k' passing id as n default $1 on error) as v, x is json as j from a": (
        "v=$1,a.id,a.x j=a.x"
    ),
    # Writes.
    "insert into a (x) values ($1) returning id, x, old.x as before, new.x as after": (
        "id=a.id x=a.x before=old.x| after=new.x"
    ),
    "update a as t set x = b.y from b where b.id = t.id returning t.x, b.y, old.x, new.x": (
        "x=a.x y=b.y x=old.x x=new.x"
    ),
    "delete from a using b where a.id = b.id returning *": "id=a.id x=a.x id=b.id y=b.y",
    "delete from a returning old.id, new.id": "id=old.id id=new.id|",
    "delete from a returning with (old as o, new as n) o.id, n.id": "id=o.id id=n.id|",
    "merge into a as t using b as s on t.id = s.id when matched then delete"
    " when not matched then insert (x) values (s.y) returning *, new.x as after, old.x as before": (
        "id=b.id y=b.y id=a.id x=a.x after=new.x| before=old.x|"
    ),
    "update a set x = $1": "",
}

# Values that a write sets columns to; those of an inserted row have a plus.
WRITTEN: Final = {
    "insert into a (x, id) values ($1, $2)": "+x=$1 +id=$2",
    "insert into a (x) values ($1), ($2)": "+x=$1,$2",
    "insert into a select id, y from b": "+id=b.id +x=b.y",
    "insert into nowhere select id, y from b": "",
    "insert into a (x, id) select y from b": "+x=b.y +id=?",
    "insert into a (id, x) with t as (select y from b) select $1, y from t": "+id=$1 +x=b.y",
    "insert into a as t (id, x) values ($1, $2) on conflict (id) do update set x = excluded.x || t.x || $3"
    " where t.id = $4": "+id=$1 +x=$2 x=$3,a.x,excluded.x",
    "insert into a (id) values ($1) on conflict do nothing": "+id=$1",
    "update a set x = $1, id = b.id from b": "x=$1 id=b.id",
    "update a set (id, x) = ($1, y) from b": "id=$1 x=b.y",
    "update a set (id, x) = row($1, a.x)": "id=$1 x=a.x",
    "update a set (id, x) = (select c.id, z from c where c.a_id = a.id)": "id=c.id x=c.z",
    "merge into a using b on a.id = b.id when matched then update set x = y"
    " when not matched then insert (id, x) values (id, y)": "x=b.y +id=b.id +x=b.y",
    "merge into a using b on a.id = b.id when not matched by source then update set x = b.y || id": "x=?,a.id",
    "merge into a using b on false when not matched then insert values ($1, y)": "+id=$1 +x=b.y",
}

# Columns that a `using` equates.
JOINS: Final = {
    "select from a join b using (id)": ["a.id = b.id"],
    "select from a as s left join (select id from b) as t using (id)": ["s.id = t.id"],
    "select from (a join b using (id)) join c using (id)": ["a.id = b.id", "a.id = c.id"],
    "select from (a cross join b) join c using (x, y, z)": ["a.x = ?.x", "b.y = ?.y", "?.z = c.z"],
    "select from a join nowhere using (id)": ["a.id = ?.id"],
}

# Columns of subqueries, CTEs and functions that something refers to.
USED: Final = {
    "with t as (select id, x from a) select id from t": {"t": {"id"}},
    "with t as (select id, x from a) select 1 from t where t.x = 1 order by id": {"t": {"id", "x"}},
    "with t as (select id, x from a) select t from t": {"t": {"id", "x"}},
    "with t as (select id, x from a) select t.* from t": {"t": {"id", "x"}},
    "with t as (select id, x from a) select 1 from t as u join b using (id)": {"t": {"id"}},
    "select 1 as x from (select id, x from a) as t group by t.id having max(x) > 1": {"t": {"id", "x"}},
    "select x as id from (select id, x from a) as t order by x": {"t": {"x"}},
    "select distinct on (t.id) t.x from (select id, x from a) as t": {"t": {"id", "x"}},
    "select sum(1) over w from (select id, x from a) as t window w as (partition by id order by x)": {"t": {"id", "x"}},
    "select count(*) filter (where id > 1) from (select id, x from a) as t": {"t": {"id"}},
    "select 1 from a limit (select id from (select id, x from b) as t)": {"t": {"id"}},
}

# Traits of results; here they are the tables that the rows come from.
TRAITS: Final = {
    "select from a, b": {"a", "b"},
    "select from (select from a) as t": {"a"},
    "with t as (select from a) select from t": {"a"},
    "select x from a union select y from b": {"a", "b"},
    "select (select y from b) from a": {"a"},
    "insert into a select id, y from b": {"b"},
    "update a set x = y from b returning x": {"a", "b"},
    "delete from a using b": {"a", "b"},
    "values (1)": set(),
}


@pytest.mark.parametrize(("text", "expected"), COLUMNS.items(), ids=COLUMNS)
def test_columns(text: str, expected: str) -> None:
    reader, result = read(text)
    assert shown(result.columns) == expected
    assert reader.faults == []


@pytest.mark.parametrize(("text", "expected"), WRITTEN.items(), ids=WRITTEN)
def test_written_columns(text: str, expected: str) -> None:
    reader, _ = read(text)
    assert shown(reader.written_to) == expected
    assert reader.faults == []


@pytest.mark.parametrize(("text", "expected"), JOINS.items(), ids=JOINS)
def test_columns_that_using_equates(text: str, expected: list[str]) -> None:
    assert read(text)[0].joins == expected


@pytest.mark.parametrize(("text", "expected"), USED.items(), ids=USED)
def test_used_columns(text: str, expected: dict[str, set[str]]) -> None:
    assert read(text)[0].used == expected


@pytest.mark.parametrize(("text", "expected"), TRAITS.items(), ids=TRAITS)
def test_traits(text: str, expected: set[str]) -> None:
    assert read(text)[1].traits == expected


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("select * from a", True),
        ("select a.* from a, nowhere", True),
        ("select * from nowhere", False),
        ("select * from a join b using (id)", False),
        ("select a.* from a join b using (id)", True),
        ("select * from (select 1, 2) as t", False),
        ("select * from (select id, id from a) as t", False),
        ("select * from (select) as t", True),
        ("select id from a union select * from nowhere", False),
    ],
)
def test_whether_all_columns_are_known(text: str, known: bool) -> None:
    assert read(text)[1].known is known


@pytest.mark.parametrize("text", [*COLUMNS, *WRITTEN, *JOINS, *USED, *TRAITS])
def test_every_table_is_read(text: str) -> None:
    [statement] = parse_sql(text)
    reader, _ = read(text)
    tables = {node.relname for node in nodes(statement) if isinstance(node, ast.RangeVar)}
    assert len(reader.seen) == sum(isinstance(node, ast.RangeVar) for node in nodes(statement)), tables
