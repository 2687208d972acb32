"""Checks of the schema that refuse nothing are named, and those that refuse something are not."""

import re
from typing import Final

import psycopg
import pytest

from api.checks.idle_conditions import idle_conditions
from tests.conftest import NewDatabase

LONG: Final = "takes texts longer than its checks say: limit its length in each branch of an `or`"
# Checks of a table's columns, and the part of each that refuses nothing, if there's one.
IDLE: Final = {
    "length(name) between 1 and 100 or true": "((length(name) >= 1) AND (length(name) <= 100)) OR true",
    "length(name) <= 100 and (length(name) >= 1 or name is not null)": "(length(name) >= 1) OR (name IS NOT NULL)",
    "length(name) <= 100 and name = name": "name = name",
    "length(name) <= 100 and not (name is null)": "NOT (name IS NULL)",
    "length(name) <= 100 and char_length(name) >= 0": "char_length(name) >= 0",
    "length(name) <= 100 and coalesce(name <> '', true) is not null": "COALESCE((name <> ''::text), true) IS NOT NULL",
    "age >= 0 or age < 18": "(age >= 0) OR (age < 18)",
    "age in (1, 2) or age not in (1, 2)": "(age = ANY (ARRAY[1, 2])) OR (age <> ALL (ARRAY[1, 2]))",
    "age between 0 and 18 or not false": "((age >= 0) AND (age <= 18)) OR (NOT false)",
    "case when age > 18 then true else true end": "CASE WHEN (age > 18) THEN true ELSE true END",
    "until > since or since is not null or until is null": "(until > since) OR (since IS NOT NULL) OR (until IS NULL)",
    "octet_length(digest) = 32 or octet_length(digest) <> 32": (
        "(octet_length(digest) = 32) OR (octet_length(digest) <> 32)"
    ),
    "jsonb_typeof(routines) = 'object' or true": "(jsonb_typeof(routines) = 'object'::text) OR true",
    "is_text_list(words, 5, 50) or 1 = 1": "is_text_list(words, 5, 50) OR (1 = 1)",
    "level in ('low', 'high') or level not in ('low', 'high')": (
        "(level = ANY (ARRAY['low'::stress_level, 'high'::stress_level])) OR"
        " (level <> ALL (ARRAY['low'::stress_level, 'high'::stress_level]))"
    ),
    "place <@ box '((0,0),(1,1))' or true": "(place <@ '(1,1),(0,0)'::box) OR true",
    "length(name) <= 100 and (name <> 'admin' or name = 'admin')": "(name <> 'admin'::text) OR (name = 'admin'::text)",
    "weight <= 999.99 or weight > 99.5": "(weight <= 999.99) OR (weight > 99.5)",
    "since = date_trunc('hour', since) or (age < 3 or age >= 3)": (
        "(since = date_trunc('hour'::text, since)) OR ((age < 3) OR (age >= 3))"
    ),
    "true": "true",
    "null": "NULL::boolean",
}
RIGHT: Final = (
    "length(name) <= 100 and (name = '' or not is_blank(name))",
    "length(name) <= 100 and name ~ '^[a-z]{2,8}(-[a-z]{1,8})*$'",
    "age between 0 and 18",
    "age <> 7",
    "age % 2 = 0",
    "until > since",
    "(since is null) = (until is null)",
    "octet_length(digest) = 32",
    "octet_length(routines::text) <= 131072 and jsonb_typeof(routines) = 'object'",
    "is_text_list(words, 5, 50) and cardinality(words) > 0 and '' <> all(words)",
    "level <> 'low'",
    "(name = 'x') = (age is not null) and length(name) <= 10",
    "length(name) <= 100 and name <> 'admin'",
    "length(name) <= 100 and (name <> 'completed' or since is not null)",
    "length(name) <= 100 and (age is null or name in ('a', 'b'))",
    "length(name) <= 100 and not (length(name) = 2 and octet_length(name) = 3)",
    "length(name) <= 100 and name !~ '[<>]'",
    "length(name) <= 100 and name !~ '  ' and name is nfc normalized",
    "length(name) <= 100 and name < 'm'",
    "length(name) <= 100 and length(name) * 2 <> 14",
    "age + 3 <> 10",
    "(age < 10 or age > 12) is not false",
    "not 'x' = any(words)",
    "not routines ? 'secret'",
    "jsonb_typeof(routines) <> 'array' or jsonb_array_length(routines) <= 20",
    "level <> 'moderate'",
    "level <> 'very_high'",
    "weight <= 999.99",
    "weight <= 3 or weight >= 4",
    "weight <> -2.5",
    "size <= 9007199254740991",
    "since = date_trunc('hour', since)",
    "extract(second from woken) = 0",
    "since <> '2026-01-01Z'",
    "since >= '2026-01-01Z' or until < '2026-01-01Z'",
    "until - since <= interval '2 days'",
    "uuid_extract_version(token) = 7",
    "token is not null",
    "place <@ box '((0,0),(1,1))'",
    "place is null",
    "not (age = 7 and size = 8 and weight = 9 and since is null and digest is null and token is null)",
    "not (0 < age and age < size and size < 3)",
)
BOUNDS: Final = {
    "length(name) <= 100 or name like 'a%'": True,
    "length(name) <= 100 or name = upper(name)": True,
    "(length(name) <= 100) is not null": True,
    "length(name) <= 100 or age > 3": False,
    "length(name) <= 100 or length(name) = 7": False,
    "name ~ '^[a-z]{1,50}$'": False,
    "name in ('a', 'b')": False,
    "name <> 'admin'": True,
}


@pytest.fixture(scope="module")
def faults(migrated_copy: NewDatabase) -> dict[str, list[str]]:
    """What is said of each check, and of the schema's own by an empty text; each check is of a table of its own."""
    tables = {f"naps_{number}": check for number, check in enumerate([*IDLE, *RIGHT, *BOUNDS])}
    with psycopg.connect(migrated_copy("idle_conditions")) as connection:
        for table, check in tables.items():
            connection.execute(
                f"create table {table} (name text not null, age integer, since timestamptz, until timestamptz,"
                " digest bytea, routines jsonb, words text[], level stress_level, place point,"
                " weight numeric(7, 2), size bigint, woken time, token uuid,"
                f" constraint naps_check check ({check}))".encode()
            )
        found: dict[str, list[str]] = {}
        for fault in idle_conditions(connection):
            table, _, said = re.split(r"([:.] ?)", fault, maxsplit=1)
            found.setdefault(tables.get(table, ""), []).append(said)
        return found


@pytest.mark.parametrize(("check", "part"), IDLE.items())
def test_a_part_that_refuses_nothing_is_named(faults: dict[str, list[str]], check: str, part: str) -> None:
    said = f"naps_check refuses no value by `{part}`: correct that part, or leave it out"
    assert [fault for fault in faults[check] if LONG not in fault] == [said]


@pytest.mark.parametrize("check", RIGHT)
def test_a_check_that_refuses_something_is_right(faults: dict[str, list[str]], check: str) -> None:
    assert check not in faults


@pytest.mark.parametrize(("check", "is_long"), BOUNDS.items())
def test_a_text_is_bounded_in_each_branch(faults: dict[str, list[str]], check: str, is_long: bool) -> None:
    assert (f"name {LONG}" in faults.get(check, [])) == is_long


def test_the_schemas_own_checks_are_right(faults: dict[str, list[str]]) -> None:
    assert "" not in faults
