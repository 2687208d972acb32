"""Each operator makes the mutants that it says, and no others."""

import re
from collections.abc import Iterator

import pytest

from tests.mutation.code import Code, Edit
from tests.mutation.operators import definitions
from tests.mutation.operators.clauses import clauses
from tests.mutation.operators.expressions import columns, constants, nulls, parameters, relations
from tests.mutation.statements import is_valid
from tests.mutation.vocabulary import read_vocabulary

SIBLINGS = {"name": "bio", "id": "parent_profile_id"}
CALL = "execute function f()"
LABELS = {"high": "very_high"}


def mutants(source: str, operator: str) -> list[str]:
    code = Code(source)
    found: list[Edit] = [
        *clauses(code),
        *relations(code),
        *nulls(code),
        *constants(code, LABELS, ("ended", "erased")),
        *parameters(code),
        *columns(code, SIBLINGS),
    ]
    return flat(source, (edit for edit in found if edit.operator == operator))


def flat(source: str, edits: Iterator[Edit]) -> list[str]:
    """Texts of edits, in one line each."""
    return [re.sub(r"\s+", " ", edit.apply(source)).strip() for edit in edits]


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [
        ("join", "select 1 from a left join b on true", ["select 1 from a join b on true"]),
        ("join", "select 1 from a join b on true", ["select 1 from a left join b on true"]),
        ("join", "select 1 from a cross join b", []),
        ("distinct", "select distinct a from b", ["select a from b"]),
        ("union", "select 1 union select 2", ["select 1 union all select 2"]),
        ("union", "select 1 union all select 2", ["select 1 union select 2"]),
        ("group by", "select 1 from t group by a, b limit 1", [
            "select 1 from t limit 1", "select 1 from t group by b limit 1", "select 1 from t group by a limit 1",
        ]),
        ("aggregate", "select min(a) from t", ["select max(a) from t"]),
        ("filter", "select count(*) filter (where a) from t", ["select count(*) from t"]),
        ("partition by", "select rank() over (partition by a order by b) from t", [
            "select rank() over ( order by b) from t",
        ]),
        ("order by", "select array_agg(a order by a) from t", ["select array_agg(a) from t"]),
        ("order by", "select a from (select a from t order by a) as t order by a, b limit 1", [
            "select a from (select a from t) as t order by a, b limit 1",
            "select a from (select a from t order by a) as t limit 1",
            "select a from (select a from t order by a) as t order by b limit 1",
            "select a from (select a from t order by a) as t order by a limit 1",
        ]),
        ("direction", "select a from t order by a, b desc", [
            "select a from t order by a desc, b desc", "select a from t order by a, b asc",
        ]),
        # Of the calls of a batch none has to come first.
        ("direction", "select a from t order by t.call, a", ["select a from t order by t.call, a desc"]),
        ("limit", "select a from t limit 5 offset 2", [
            "select a from t offset 2", "select a from t limit 1000000000 offset 2",
        ]),
        ("offset", "select a from t limit 5 offset 2", ["select a from t limit 5"]),
        ("lock", "select a from t where b for update skip locked", ["select a from t where b"]),
        ("skip locked", "select a from t for update skip locked", ["select a from t for update"]),
        ("on conflict", "insert into t (a) values (1) on conflict (a) do update set a = 2 returning a", [
            "insert into t (a) values (1) returning a",
            "insert into t (a) values (1) on conflict (a) do nothing returning a",
        ]),
        ("condition", "delete from t where a = 1 and (b or c between 1 and 2)", [
            "delete from t",
            "delete from t where (b or c between 1 and 2)",
            "delete from t where a = 1",
            "delete from t where a = 1 and (c between 1 and 2)",
            "delete from t where a = 1 and (b)",
        ]),
        ("not", "select 1 where not a", ["select 1 where a"]),
        ("not", "select 1 where exists (select 1)", ["select 1 where not exists (select 1)"]),
        ("not", "select 1 where a in (1)", ["select 1 where a not in (1)"]),
        ("assignment", "update t set a = 1, b = 2 where c", [
            "update t set b = 2 where c", "update t set a = 1 where c",
        ]),
        ("relation", "select 1 where a < 1", ["select 1 where a <= 1", "select 1 where a > 1"]),
        ("relation", "select 1 where a = 1", ["select 1 where a <> 1"]),
        # Nothing could tell whether a moment is that of the clock.
        ("relation", "select 1 where a < now()", ["select 1 where a > now()"]),
        ("relation", "select 1 where now() >= a", ["select 1 where now() < a"]),
        ("logic", "select 1 where a and b between 1 and 2", ["select 1 where a or b between 1 and 2"]),
        ("between", "select 1 where b between 1 and 2", ["select 1 where b not between 1 and 2"]),
        ("arithmetic", "select a - 1, -1", ["select a + 1, -1"]),
        ("quantifier", "select 1 where a = any(b)", ["select 1 where a = all(b)"]),
        ("null", "select 1 where a is null", ["select 1 where a is not null"]),
        ("null", "select 1 where a is not null", ["select 1 where a is null"]),
        ("null", "select 1 where a is distinct from b", ["select 1 where a <> b"]),
        ("null", "select a from t order by a nulls last", ["select a from t order by a"]),
        ("coalesce", "select coalesce(a, f(b, c)) from t", ["select a from t", "select f(b, c) from t"]),
        ("null result", "select t.a, b as c, f(d) from t", [
            "select nullif(t.a, t.a) as a, b as c, f(d) from t", "select t.a, nullif(b, b) as c, f(d) from t",
        ]),
        ("null result", "select exists (select a from t), not exists (select a from t)", []),
        ("constant", "select 5, true, 'ended', 'high', '14 days', 'infinity'", [
            "select 6, true, 'ended', 'high', '14 days', 'infinity'",
            "select 5, false, 'ended', 'high', '14 days', 'infinity'",
            "select 5, true, 'erased', 'high', '14 days', 'infinity'",
            "select 5, true, 'ended', 'very_high', '14 days', 'infinity'",
            "select 5, true, 'ended', 'high', '15 days', 'infinity'",
            "select 5, true, 'ended', 'high', '14 days', '-infinity'",
        ]),
        ("parameter", "select :a::bigint, :b::text, :c::bigint", ["select :c::bigint, :b::text, :a::bigint"]),
        ("column", "insert into t (name) select t.name from u as x (name) where id = 1", [
            "insert into t (name) select t.bio from u as x (name) where id = 1",
            "insert into t (name) select t.name from u as x (name) where parent_profile_id = 1",
        ]),
        ("column", "with name as (select 1), id as materialized (select 2) select 3", []),
    ],
)  # fmt: skip
def test_statements(operator: str, source: str, expected: list[str]) -> None:
    assert mutants(source, operator) == expected
    assert all(map(is_valid, expected))


def of_header(code: Code) -> Iterator[Edit]:
    """Edits of a definition that is a header altogether."""
    return definitions.function_header_edits(code, len(code))


@pytest.mark.parametrize(
    ("edits", "source", "expected"),
    [
        (definitions.constraint_edits, "constraint a_b_fkey foreign key (b) references c (d) on delete cascade", [
            "",
            "constraint a_b_fkey_renamed foreign key (b) references c (d) on delete cascade",
            "constraint a_b_fkey foreign key (b) references c (d) on delete restrict",
        ]),
        (definitions.column_edits, "a integer not null default 1", ["a integer default 1", "a integer not null"]),
        (definitions.column_edits, "id bigint generated by default as identity", []),
        (definitions.index_edits, "create unique index i on t (a, b) where c", [
            "",
            "create index i on t (a, b) where c",
            "create unique index i on t (a, b)",
            "create unique index i on t (b) where c",
            "create unique index i on t (a) where c",
        ]),
        (
            definitions.trigger_edits,
            f"create trigger t before insert or update of a, b on c for each row when (d) {CALL}",
            [
                "",
                f"create trigger t after insert or update of a, b on c for each row when (d) {CALL}",
                f"create trigger t before update of a, b on c for each row when (d) {CALL}",
                f"create trigger t before insert on c for each row when (d) {CALL}",
                f"create trigger t before insert or update of b on c for each row when (d) {CALL}",
                f"create trigger t before insert or update of a on c for each row when (d) {CALL}",
                f"create trigger t before insert or update on c for each row when (d) {CALL}",
                f"create trigger t before insert or update of a, b on c for each row {CALL}",
                f"create trigger t before insert or update of a, b on c for each statement when (d) {CALL}",
            ],
        ),
        (of_header, "create function f() returns trigger language plpgsql set search_path = public as 'a'", [
            "create function f() returns trigger security definer language plpgsql set search_path = public as 'a'",
            "create function f() returns trigger language plpgsql as 'a'",
        ]),
        (of_header, "create function f(a text) returns text language sql immutable strict return a", [
            "create function f(a text) returns text language sql immutable return a",
        ]),
        (definitions.lost_statements, "begin if a then delete from b; end if; return new; end;", [
            "begin if a then null; end if; return new; end;",
            "begin if a then delete from b; end if; return null; end;",
        ]),
    ],
)  # fmt: skip
def test_definitions(edits: object, source: str, expected: list[str]) -> None:
    assert callable(edits)
    assert flat(source, edits(Code(source))) == expected


def test_vocabulary() -> None:
    schema = """
CREATE TYPE public.level AS ENUM (
    'low',
    'high'
);

CREATE TABLE public.goals (
    id bigint NOT NULL,
    family_id bigint NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    note text,
    CONSTRAINT goals_title_check CHECK ((title <> ''::text))
);
"""
    vocabulary = read_vocabulary(schema)
    assert vocabulary.labels == {"low": "high", "high": "low"}
    assert vocabulary.siblings("select id from goals") == {
        "id": "family_id", "family_id": "id", "title": "note", "note": "title",
    }  # fmt: skip
    assert vocabulary.siblings("select id from users") == {}
