"""sql/roles.sql: the service may do what its statements do and nothing else, the reader sees no secret."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psycopg
import pytest

from api.database.migrations.runner import HISTORY
from api.database.queries import QUERIES
from api.database.query_files import Statement, read_statements
from api.database.target import throwaway

ROLES = Path(__file__).parents[2] / "sql" / "roles.sql"
Connection = psycopg.Connection[Any]


class Grant(NamedTuple):
    privilege: str
    table: str
    column: str | None

    def __str__(self) -> str:
        return f"{self.privilege}{f' ({self.column})' if self.column else ''} on {self.table}"


@pytest.fixture(scope="module")
def granted() -> Iterator[Connection]:
    """A database with its roles; they are made twice, as after each migration."""
    with throwaway() as dsn, psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        for _ in range(2):
            connection.execute(ROLES.read_text().encode())
        yield connection


def everything_run() -> list[Statement]:
    """All statements of the service, and the one that it looks at the history of migrations with at its start."""
    statements = list(read_statements(QUERIES).values())
    history = msgspec.structs.replace(statements[0], name="history", source=HISTORY, text=HISTORY)
    return [*statements, history]


def grants(connection: Connection, role: str) -> list[Grant]:
    columns = connection.execute(
        "select lower(privilege_type), table_name, column_name from information_schema.column_privileges"
        " where grantee = %s and table_schema = 'public'",
        (role,),
    ).fetchall()
    tables = connection.execute(
        "select lower(privilege_type), table_name, null from information_schema.table_privileges"
        " where grantee = %s and table_schema = 'public'",
        (role,),
    ).fetchall()
    return [Grant(*row) for row in columns + tables]


def refused(connection: Connection, statements: list[Statement]) -> list[str]:
    """Statements that the service role may not run."""
    names = []
    with connection.transaction(force_rollback=True):
        connection.execute("set role nestwerk_service")
        for statement in statements:
            try:
                with connection.transaction():
                    connection.execute(f"explain (generic_plan) {statement.text}".encode())
            except psycopg.errors.InsufficientPrivilege:
                names.append(statement.name)
    return names


def test_the_service_may_run_every_statement(granted: Connection) -> None:
    assert refused(granted, everything_run()) == []


def test_the_service_may_do_nothing_else(granted: Connection) -> None:
    statements = everything_run()
    idle = []
    for grant in grants(granted, "nestwerk_service"):
        concerned = [statement for statement in statements if grant.table in statement.source]
        with granted.transaction(force_rollback=True):
            granted.execute(f"revoke {grant} from nestwerk_service".encode())
            if not refused(granted, concerned):
                idle.append(str(grant))
    assert idle == []


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id bigint)",
        "drop table users",
        "alter table users add column x text",
        "truncate users",
        "select profile_embedding from parent_profiles",
        "delete from users",
        "update users set username = 'x'",
        "create role other",
    ],
)
def test_what_the_service_may_not(granted: Connection, statement: str) -> None:
    with granted.transaction(force_rollback=True):
        granted.execute("set role nestwerk_service")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            granted.execute(statement.encode())


def test_the_reader_reads_what_is_neither_secret_nor_about_health(granted: Connection) -> None:
    rows = granted.execute(
        "select c.relname::text, a.attname::text,"
        "   coalesce(substring(col_description(c.oid, a.attnum) from '^\\[(.*?)\\]'), 'operational')"
        " from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
        "   and c.relname !~ '^(_yoyo_(log|version)|yoyo)'"
    ).fetchall()
    wanted = {(table, column) for table, column, kind in rows if kind in {"personal", "operational"}}
    found = {
        (grant.table, grant.column)
        for grant in grants(granted, "nestwerk_reader")
        if grant.privilege == "select" and grant.column
    }
    assert found == wanted
    assert {grant.privilege for grant in grants(granted, "nestwerk_reader")} == {"select"}


def test_the_owner_owns_every_table(granted: Connection) -> None:
    owners = granted.execute("select distinct tableowner::text from pg_tables where schemaname = 'public'").fetchall()
    assert owners == [("nestwerk_owner",)]
