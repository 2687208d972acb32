"""Tries mutants of rollbacks and of `sql/roles.sql`, each in a database of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg

from api.checks.faults import Message
from api.checks.grants.other_server import check_on_other_server
from api.checks.grants.roles_file import check_roles_file
from api.checks.schema import dump_schema
from api.command_error import CommandError
from api.database.queries import STATEMENTS
from api.migrations import migrate, read_migrations
from api.migrations.scripts import run_script
from api.paths import ROLES, ROOT
from api.postgres.roles import make_roles
from tests.mutation.mutants import Mutant
from tests.mutation.tasks import Verdict
from tests.mutation.world import World

_COPY: Final = "mutant"
_USER: Final = """
insert into users (username, email, password, profile_picture)
values ('noor', 'noor@example.org', '$argon2id$x', %s)
"""
_CONSENT: Final = """
insert into consents (user_id, purpose, version, agreed_at)
select users.id, purpose, version, now()
  from users, consent_texts
"""
_FAMILY_THAT_DECLINES: Final = """
insert into users (username, email, password)
values ('sem', 'sem@example.org', '$argon2id$x');
insert into consents (user_id, purpose, version, withdrawn_at)
select users.id, purpose, version, now()
  from users, consent_texts
 where username = 'sem';
insert into parent_profiles (user_id, name)
select id, 'Sem'
  from users
 where username = 'sem';
insert into child_profiles (parent_profile_id, name, age)
select id, 'Bo', 4
  from parent_profiles;
"""
# The first one that a schema takes: later ones take what earlier ones have to do without.
_PICTURES: Final = ("/uploads/0123456789abcdef0123456789abcdef.webp", "HTTPS://example.org/a", None)


class ScriptChecks:
    """Databases as they are after each migration, which are made when one is first asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids = [migration.id for migration in read_migrations()]
        self.database_after = cache(self._database_after)
        self.left_by = cache(self._left_by_original)

    def verdict(self, mutant: Mutant) -> Verdict:
        return self._of_rollback(mutant) if mutant.kind == "rollback" else self._of_roles(mutant)

    def _of_rollback(self, mutant: Mutant) -> Verdict:
        """What tests/migrations/test_rollbacks.py would say: another schema, or other rows are left."""
        path = ROOT / mutant.file
        position = self._ids.index(path.name.removesuffix(".rollback.sql"))
        if position == 0:
            return Verdict("stillborn", "nothing is before the first migration")
        try:
            left = self._left_by(mutant.text, path, position)
        except CommandError as error:
            return Verdict("tests", str(error))
        return Verdict("survived", "") if left == self.left_by(path, position) else Verdict("tests", "another schema")

    def _left_by_original(self, path: Path, position: int) -> tuple[str, dict[str, int]]:
        return self._left_by(path.read_text("utf-8"), path, position)

    def _left_by(self, text: str, path: Path, position: int) -> tuple[str, dict[str, int]]:
        """The schema, and what `count_rows` finds, after a rollback in a database that has users."""
        with self._database(self.database_after(position)) as dsn:
            with psycopg.connect(dsn, autocommit=True) as connection:
                _add_users(connection)
                run_script(connection, path, text)
                rows = count_rows(connection)
            return dump_schema(dsn), rows

    def _database_after(self, position: int) -> str:
        """Name of a database as it is after a migration."""
        name = f"after_{position}"
        self._world.maintenance.execute(f"create database {name}".encode())
        migrate(self._dsn(name), to=self._ids[position])
        return name

    def _of_roles(self, mutant: Mutant) -> Verdict:
        with TemporaryDirectory() as folder, self._database("migrated") as dsn:
            path = Path(folder) / "roles.sql"
            path.write_text(mutant.text, "utf-8")
            try:
                faults = self._roles_faults(dsn, path)
            finally:
                # Roles are the cluster's, and the service has to go on.
                make_roles(self._world.service_dsn, ROLES)
        return Verdict("check", faults[0]) if faults else Verdict("survived", "")

    def _roles_faults(self, dsn: str, path: Path) -> list[Message]:
        try:
            with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
                elsewhere = check_on_other_server(connection, path)
                make_roles(dsn, path)
                return [*check_roles_file(connection, STATEMENTS.values()), *elsewhere]
        except (CommandError, psycopg.Error) as error:
            return [re.sub(r"\s+", " ", str(error))]

    @contextmanager
    def _database(self, template: str) -> Iterator[str]:
        self._world.maintenance.execute(f"create database {_COPY} template {template}".encode())
        try:
            yield self._dsn(_COPY)
        finally:
            self._world.maintenance.execute(f"drop database {_COPY} with (force)".encode())

    def _dsn(self, name: str) -> str:
        return self._world.service_dsn.replace("/nestwerk?", f"/{name}?")


def _add_users(connection: psycopg.Connection[Any]) -> None:
    """Add a user who agrees to all texts, and a family that declines them, if there are tables for that."""
    for picture in _PICTURES:
        with suppress(psycopg.errors.CheckViolation, psycopg.errors.UndefinedTable):
            connection.execute(_USER.encode(), [picture])
            break
    for answers in (_CONSENT, _FAMILY_THAT_DECLINES):
        with suppress(psycopg.errors.UndefinedTable):
            connection.execute(answers.encode())


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has, and how many of them each of its marks, but for those that record migrations."""
    tables = connection.execute(
        "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(_?yoyo_|migration_)'"
    ).fetchall()
    marks = connection.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and data_type = 'boolean' and table_name !~ '^(_?yoyo_|migration_)'"
    ).fetchall()
    counted = {
        **{table: table for (table,) in tables},
        **{f"{table}.{column}": f"{table} where {column}" for table, column in marks},
    }
    return {
        name: connection.execute(f"select count(*) from {rows}".encode()).fetchall()[0][0]
        for name, rows in counted.items()
    }
