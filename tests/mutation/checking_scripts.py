"""Tries mutants of rollbacks and of `sql/roles.sql`, each in a database of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg

from api.checks.faults import Message
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
_USER: Final = "insert into users (username, email, password) values ('noor', 'noor@example.org', '$argon2id$x')"


class ScriptChecks:
    """Databases as they are after each migration, which are made when one is first asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids = [migration.id for migration in read_migrations()]
        self.schema_of = cache(self._schema_of)

    def verdict(self, mutant: Mutant) -> Verdict:
        return self._of_rollback(mutant) if mutant.kind == "rollback" else self._of_roles(mutant)

    def _of_rollback(self, mutant: Mutant) -> Verdict:
        """What the tests that take each migration back would say: another schema, or rows that are gone."""
        path = ROOT / mutant.file
        position = self._ids.index(path.name.removesuffix(".rollback.sql"))
        if position == 0:
            return Verdict("stillborn", "nothing is before the first migration")
        wanted, _ = self.schema_of(position - 1)
        _, template = self.schema_of(position)
        with self._database(template) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            has_users = _count_users(connection) is not None
            if has_users:
                connection.execute(_USER.encode())
            try:
                run_script(connection, path, mutant.text)
            except CommandError as error:
                return Verdict("tests", str(error))
            if has_users and _count_users(connection) == 0:
                return Verdict("tests", "tests/migrations/test_rollbacks.py: rows of users are gone")
            connection.close()
            return Verdict("survived", "") if dump_schema(dsn) == wanted else Verdict("tests", "another schema")

    def _schema_of(self, position: int) -> tuple[str, str]:
        """Schema after a migration, and the name of a database that has it."""
        name = f"after_{position}"
        self._world.maintenance.execute(f"create database {name}".encode())
        dsn = self._dsn(name)
        migrate(dsn, to=self._ids[position])
        return dump_schema(dsn), name

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
            make_roles(dsn, path)
            with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
                return check_roles_file(connection, STATEMENTS.values())
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


def _count_users(connection: psycopg.Connection[Any]) -> int | None:
    """How many users there are; None if there's no table of them."""
    if connection.execute("select to_regclass('users')").fetchone() == (None,):
        return None
    [(count,)] = connection.execute("select count(*) from users").fetchall()
    return int(count)
