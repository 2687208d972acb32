"""A server that others manage: there is no superuser, only an owner of the database who may make roles."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest

from api.checks.grants.database_grants import check_database_grants
from api.checks.grants.granted import read_grants
from api.checks.grants.roles import left_to_superusers
from api.commands.check import print_check
from api.migrations import MigrationError, check_current, migrate, rollback
from api.paths import ROLES
from api.postgres.embedded import EmbeddedServer
from api.postgres.programs import find_binary
from api.settings import Settings
from tests.conftest import running_service

# Each has a server of its own to make.
pytestmark = pytest.mark.long
LEFT = "advisory locks, code with `do`, large objects, replication messages"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """A server of its own, as roles are of all databases."""
    with TemporaryDirectory(prefix="nestwerk-") as folder, EmbeddedServer(Path(folder)) as made:
        with psycopg.connect(made.dsn, autocommit=True) as connection:
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
            connection.execute("create role app_owner login createrole createdb")
            connection.execute("alter database nestwerk owner to app_owner")
        yield made


def owner_of(server: EmbeddedServer) -> str:
    return server.dsn.replace("postgres@", "app_owner@")


def run_roles(dsn: str) -> str:
    """Run sql/roles.sql as a DBA does; returns the notices."""
    command = [str(find_binary("psql")), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", str(ROLES), dsn]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "WARNING" not in ran.stderr
    return ran.stderr


@pytest.fixture(scope="module")
def managed(server: EmbeddedServer) -> str:
    """The database, migrated and with its roles, for its owner."""
    dsn = owner_of(server)
    with pytest.raises(
        MigrationError,
        match=r'^0001_shared_functions\.sql:6: permission denied to create extension "vector"; where the user may not'
        r" make it, it has to be in the database before: `create extension vector` as a superuser, or in the way of",
    ):
        migrate(dsn)
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create extension vector")
    migrate(dsn)
    run_roles(dsn)
    return dsn


def test_the_owner_makes_the_roles_again_and_again(managed: str, dsn: str) -> None:
    notices = run_roles(managed)
    assert f"left to everybody, as only a superuser can take it away: {LEFT}\n" in notices
    assert "not set for the roles, as only a superuser can: auto_explain.log_parameter_max_length, log_error" in notices
    assert "debug_print" not in notices
    with psycopg.connect(dsn) as connection:
        wanted = read_grants(connection)
        assert left_to_superusers(connection) == []
    with psycopg.connect(managed) as connection:
        assert check_database_grants(connection, wanted) == []
        left = left_to_superusers(connection)
        assert any("nestwerk_service can run code with `do`" in each for each in left)
        # What the owner can change is a fault nevertheless.
        connection.execute("grant temporary on database nestwerk to public")
        connection.execute("alter role nestwerk_reader reset debug_print_plan")
        assert [fault.partition(":")[0] for fault in check_database_grants(connection, wanted)] == ["sql/roles.sql"] * 3


def test_the_owner_goes_on_migrating(managed: str) -> None:
    while rollback(managed).id != "0016_username_keys":
        pass
    migrate(managed)
    run_roles(managed)
    assert check_current(managed) == []
    with psycopg.connect(managed) as connection:
        owners = connection.execute("select distinct tableowner from pg_tables where schemaname = 'public'").fetchall()
    assert owners == [("nestwerk_owner",)]


def test_a_superuser_finishes_it(server: EmbeddedServer, managed: str) -> None:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("create database finished owner app_owner")
    finished = server.dsn.replace("/nestwerk?", "/finished?")
    migrate(finished)
    with psycopg.connect(finished, autocommit=True) as connection:
        # The superuser's own tables, which it finds first, are no business of the file.
        connection.execute("create schema postgres; create table postgres.users (id bigint)")
        assert "superuser" not in run_roles(finished)
        assert left_to_superusers(connection) == []
        rights = connection.execute(
            "select schemaname, tableowner, has_any_column_privilege('nestwerk_service', c.oid, 'insert')"
            " from pg_tables join pg_class as c on relname = tablename and relnamespace = schemaname::regnamespace"
            " where tablename = 'users' order by 1"
        ).fetchall()
    assert rights == [("postgres", "postgres", False), ("public", "nestwerk_owner", True)]


def test_the_service_runs_on_it_and_all_is_in_order(
    server: EmbeddedServer, managed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_check(Settings(database_url=managed)) == 0, capsys.readouterr().out
    assert "left to superusers: nestwerk_service can run code with `do`" in capsys.readouterr().out
    with running_service(server.service_dsn, log_level="warning", workers=1) as address:
        account = {"username": "noor", "email": "noor@example.org", "password": "een lang geheim woord"}
        assert httpx.post(f"{address}/api/register", json=account).status_code == 201
