"""Compares the grants of a database with those of sql/roles.sql."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
import pytest

from api.checks.grants.database_grants import check_database_grants
from api.checks.grants.granted import Grant, read_grants
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from tests.conftest import NewDatabase

Connection = psycopg.Connection[Any]

# Changes to a database, and the faults that result.
PLANTED: Final = [
    ("grant select on child_profiles to nestwerk_owner", []),
    (
        "revoke select on child_profiles from nestwerk_service",
        [
            (
                "nestwerk_service may not select (id, parent_profile_id, name, age, special_needs, routines, "
                "development_notes, last_assessment, created_at, updated_at) on child_profiles here: run the file again"
            )
        ],
    ),
    (
        "revoke update (age, name) on child_profiles from nestwerk_service",
        [
            "nestwerk_service may not update (name, age) on child_profiles here: run the file again",
        ],
    ),
    (
        "revoke delete on sessions from nestwerk_service",
        ["nestwerk_service may not delete on sessions here: run the file again"],
    ),
    (
        "grant select on users to nestwerk_reader",
        ["nestwerk_reader may select on users here, and not by sql/roles.sql: run the file again"],
    ),
    (
        "grant select (routines) on child_profiles to public",
        ["PUBLIC may select (routines) on child_profiles here, and not by sql/roles.sql: run the file again"],
    ),
    (
        "grant insert, truncate on users to nestwerk_service",
        [
            "nestwerk_service may insert on users here, and not by sql/roles.sql: run the file again",
            "nestwerk_service may truncate on users here, and not by sql/roles.sql: run the file again",
        ],
    ),
    (
        "grant delete on sessions to nestwerk_service with grant option",
        ["nestwerk_service may grant delete on sessions here, and not by sql/roles.sql: run the file again"],
    ),
    # A grant on a table covers grants on its columns, in either database.
    ("grant select (subject) on rate_limits to nestwerk_reader", []),
    (
        (
            "revoke select (age) on child_profiles from nestwerk_service;"
            "grant select on child_profiles to nestwerk_service"
        ),
        ["nestwerk_service may select on child_profiles here, and not by sql/roles.sql: run the file again"],
    ),
    (
        ("revoke select on rate_limits from nestwerk_reader;grant select (subject) on rate_limits to nestwerk_reader"),
        ["nestwerk_reader may not select on rate_limits here: run the file again"],
    ),
    (
        "revoke usage on schema public from nestwerk_service",
        ["nestwerk_service may not have usage on schema public here: run the file again"],
    ),
    (
        "create table toys (id bigint); grant select on toys to public",
        [
            "toys is owned by postgres: give it to nestwerk_owner, which is to own everything",
            "PUBLIC may select on toys here, and not by sql/roles.sql: run the file again",
        ],
    ),
    (
        "alter role nestwerk_reader createrole",
        [
            "nestwerk_reader can make roles: take that from it, it is to do what its grants say",
        ],
    ),
    (
        "alter role nestwerk_service connection limit -1",
        [
            "nestwerk_service may take all connections: take that from it, it is to do what its grants say",
        ],
    ),
    ("alter role nestwerk_service connection limit 20", []),
    (
        (
            "grant execute on function set_updated_at() to nestwerk_service;"
            "grant usage on sequence mails_id_seq to public"
        ),
        [
            "PUBLIC may have usage on sequence mails_id_seq here, and not by sql/roles.sql: run the file again",
            (
                "nestwerk_service may execute on function set_updated_at() here, and not by sql/roles.sql: "
                "run the file again"
            ),
        ],
    ),
    (
        "revoke execute on function fold(text) from nestwerk_service",
        ["nestwerk_service may not execute on function fold(text) here: run the file again"],
    ),
    # What others do in their own schemas for everybody, or in ours for themselves.
    ("create schema app; grant usage on schema app to public; grant select on users to pg_monitor", []),
    # Objects of extensions are left out.
    ("create extension pg_stat_statements schema public", []),
]


@pytest.fixture(scope="module")
def wanted(dsn: str) -> list[Grant]:
    with psycopg.connect(dsn) as connection:
        return read_grants(connection)


@pytest.fixture
def owned(migrated: str) -> Iterator[Connection]:
    """A migrated database without roles."""
    with psycopg.connect(migrated, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def granted(migrated_copy: NewDatabase) -> Iterator[Connection]:
    """A migrated database with roles."""
    dsn = migrated_copy("granted")
    make_roles(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(("planted", "said"), PLANTED, ids=[planted for planted, _ in PLANTED])
def test_grants_that_differ(granted: Connection, wanted: list[Grant], planted: str, said: list[str]) -> None:
    assert check_database_grants(granted, wanted) == []
    with granted.transaction(force_rollback=True):
        granted.execute(planted.encode())
        assert check_database_grants(granted, wanted) == [f"sql/roles.sql: {each}" for each in said]


def test_a_lower_limit_of_connections_stays_and_none_is_replaced(owned: Connection) -> None:
    limit = b"select rolconnlimit from pg_roles where rolname = 'nestwerk_service'"
    for set_to, left in ((20, 20), (-1, 177), (190, 177)):
        owned.execute(f"alter role nestwerk_service connection limit {set_to}".encode())
        make_roles(owned.info.dsn)
        # Of 200 connections 3 are a superuser's.
        assert owned.execute(limit).fetchone() == (left,)


def test_a_database_without_the_roles(owned: Connection, wanted: list[Grant]) -> None:
    [line] = check_database_grants(owned, wanted)
    assert "nothing is granted to nestwerk_service or nestwerk_reader here" in line
    assert line.endswith('psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f sql/roles.sql')


def test_the_service_can_run_the_check(cluster: EmbeddedServer, owned: Connection, wanted: list[Grant]) -> None:
    make_roles(owned.info.dsn)
    owned.execute("grant select on users to nestwerk_reader")
    dsn = cluster.service_dsn.replace("/nestwerk?", f"/{owned.info.dbname}?")
    with psycopg.connect(dsn) as connection:
        [line] = check_database_grants(connection, wanted)
    assert (
        line == "sql/roles.sql: nestwerk_reader may select on users here, and not by sql/roles.sql: run the file again"
    )
