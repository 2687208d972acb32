"""The plans in tests/plans, and the check for plans that get slower with every family."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from api.checks.kept_files import outdated
from api.checks.plans.check import check_plans
from api.checks.plans.files import plan_files
from api.checks.plans.plans import GROWING, explain, plans_by_statistics
from api.checks.plans.statistics import pretend_statistics, read_statistics
from api.database.statements.files import Statement, read_statements
from api.paths import QUERIES, STATISTICS
from tests.conftest import NewDatabase

HOW_TO_UPDATE = "run `just generate` and look at the diff of tests/plans"


@pytest.fixture(scope="module")
def planned(migrated_copy: NewDatabase) -> str:
    """An empty database that plans like one with 100,000 families."""
    dsn = migrated_copy("planned")
    plans_by_statistics(dsn, {})
    return dsn


@pytest.fixture
def connection(planned: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(planned) as connection:
        yield connection
        connection.rollback()


def statement(folder: Path, text: str) -> dict[str, Statement]:
    (folder / "queries.sql").write_text(f"-- Queries.\n\n-- name: query :many\n-- A query.\n{text};\n")
    return read_statements(folder)


def test_plans_are_those_that_are_kept(connection: psycopg.Connection[Any]) -> None:
    made = plan_files(explain(connection, read_statements(QUERIES)))
    assert outdated(made) == [], HOW_TO_UPDATE


def test_plans_are_the_same_once_autovacuum_was_there(connection: psycopg.Connection[Any]) -> None:
    """Which it may be or not, on a machine that is slow: of these tables, as the others have no rows here."""
    connection.execute("analyze concerns, library_suggestions")
    made = plan_files(explain(connection, read_statements(QUERIES)))
    assert outdated(made) == [], HOW_TO_UPDATE


def test_no_plan_gets_slower_with_every_family(connection: psycopg.Connection[Any]) -> None:
    assert check_plans(explain(connection, read_statements(QUERIES))) == []


def test_the_database_has_the_statistics_that_are_kept(connection: psycopg.Connection[Any]) -> None:
    kept = STATISTICS.read_text().splitlines()
    # For tables newer than the statistics, sizes are assumed.
    assert [line for line in read_statistics(connection).splitlines() if relation(line) in map(relation, kept)] == kept
    rows = connection.execute("select min(reltuples) from pg_class where relname = any (%s)", [sorted(GROWING)])
    assert rows.fetchone() == (99_000,)


def relation(line: str) -> str:
    """Table or index of a line of statistics."""
    return line.split("'")[7]


def test_a_table_without_statistics_is_assumed_to_be_large(planned: str, tmp_path: Path) -> None:
    with psycopg.connect(planned, autocommit=True) as connection:
        connection.execute(
            "create table toys (parent_profile_id bigint, id bigint, name text, primary key (parent_profile_id, id))"
        )
        try:
            pretend_statistics(connection, "", ["toys", "users"])
            [sizes] = connection.execute("select reltuples, relpages from pg_class where relname = 'toys'").fetchall()
            assert sizes == (200_000, 4000)
            of_family = "select name from toys where parent_profile_id = :id order by id limit 5"
            [plan] = explain(connection, statement(tmp_path, of_family))
            assert "Index Scan using toys_pkey" in plan.text
            [plan] = explain(connection, statement(tmp_path, "select id from toys where name = :name"))
            assert "Seq Scan on toys" in plan.text
            users = connection.execute("select reltuples from pg_class where relname = 'users'")
            assert users.fetchone() != (200_000,)
        finally:
            connection.execute("drop table toys")


NOTE = "or note `-- plan: REASON`"
BY_INDEX = f"by what an index begins with, {NOTE}: it reads all of"
ASSUMED = "the 200,000 rows that are assumed, until `just plans --statistics` keeps how many there are"
WALKS = f"{NOTE}: it walks all of it"
SORTS = f"{NOTE}: it sorts its rows"
SLOW = {
    "select id from users where email = :email": f"restrict users {BY_INDEX} it",
    "select max(age) from child_profiles": f"restrict child_profiles {BY_INDEX} it",
    "select id from mails where recipient = :recipient": f"restrict mails {BY_INDEX} {ASSUMED}",
    "select id from parent_profiles order by user_id": (
        f"compare the first column of parent_profiles_user_id_key, {WALKS}"
    ),
    "select id from child_profiles where parent_profile_id = :parent_profile_id order by id": None,
    "select id from child_profiles where parent_profile_id = :parent_profile_id order by age, id": (
        f"have an index give child_profiles by age, id, {SORTS}"
    ),
    "select id from child_profiles where parent_profile_id = :parent_profile_id order by lower(name)": (
        f"have an index give child_profiles by (lower(name)), {SORTS}"
    ),
    """select c.id from parent_profiles as p join child_profiles as c on c.parent_profile_id = p.id
        where p.user_id = :user_id order by c.age""": f"have an index give child_profiles by c.age, {SORTS}",
    "select id from child_profiles where parent_profile_id = :parent_profile_id and age > :age": (
        f"put (age > $2) into the index, {NOTE}: it filters rows of child_profiles that the index gives"
    ),
    "delete from parenting_goals where id = :id": f"compare the first column of parenting_goals_pkey, {WALKS}",
    "select user_id from parent_profiles where id > :id order by id limit 5": None,
    "select id from (values (1), (2)) as numbers (id) order by id": None,
}


@pytest.mark.parametrize(("text", "what"), SLOW.items())
def test_finds_plans_that_get_slower(
    connection: psycopg.Connection[Any], tmp_path: Path, text: str, what: str | None
) -> None:
    faults = check_plans(explain(connection, statement(tmp_path, text)))
    assert [fault.what for fault in faults] == ([what] if what else [])
    assert all(str(fault).startswith(f"{tmp_path}/queries.sql:3: query: ") for fault in faults)


def test_a_note_excuses_a_plan(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    noted = statement(tmp_path, "-- plan: it counts all users once a day.\nselect count(*) from users where email = ''")
    assert check_plans(explain(connection, noted)) == []


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("select id from child_profiles where parent_profile_id = :id order by age", None),
        ("select id from users where email = :email", "users"),
        (
            "delete from rate_limits using users where users.id = :id and starts_with(subject, users.username)",
            "rate_limits",
        ),
        ("select id from parent_profiles order by user_id", "parent_profiles"),
        ("select p.id from users as u join parent_profiles as p on p.user_id = u.id where u.email = :email", "users"),
    ],
)
def test_a_note_does_not_excuse_that_a_table_is_read_which_it_does_not_name(
    connection: psycopg.Connection[Any], tmp_path: Path, text: str, table: str | None
) -> None:
    faults = check_plans(explain(connection, statement(tmp_path, f"-- plan: they are few.\n{text}")))
    said = [f"restrict {table} by what an index begins with, or name it in the note: it's read whole"] if table else []
    assert [fault.what for fault in faults] == said
    named = statement(tmp_path, f"-- plan: of {table or 'them'} there are few.\n{text}")
    assert check_plans(explain(connection, named)) == []


def test_a_needless_note_is_a_fault(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    noted = statement(tmp_path, "-- plan: it was slow once.\nselect id from users where id = :id")
    [fault] = check_plans(explain(connection, noted))
    assert fault.what == "has nothing that its note `plan` could be about: take the note out"


@pytest.mark.parametrize(
    ("index", "changed"),
    [
        ("parenting_goals_parent_profile_id_status_id_idx", {"parenting_goals.txt", "suggestions.txt"}),
        ("sessions_expires_at_idx", {"cleaning.txt"}),
        ("users_username_idx", {"users.txt"}),
        ("rate_limits_drained_at_idx", {"cleaning.txt"}),
    ],
)
def test_a_dropped_index_is_a_difference_and_a_fault(
    connection: psycopg.Connection[Any], index: str, changed: set[str]
) -> None:
    connection.execute(sql.SQL("drop index {}").format(sql.Identifier(index)))
    plans = explain(connection, read_statements(QUERIES))
    assert {path.name for path in outdated(plan_files(plans))} == changed
    assert check_plans(plans)
