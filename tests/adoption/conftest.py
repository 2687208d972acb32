"""Old databases, and new ones that they are adopted into."""

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import psycopg
import pytest

from api.__main__ import main
from api.paths import ROOT
from api.postgres.embedded import DATABASE, EmbeddedServer
from api.postgres.roles import make_roles
from tests.adoption.old_system import make_old_database
from tests.conftest import NewDatabase

_names = count()


class Databases(NamedTuple):
    """Addresses of an old database and the new one."""

    old: str
    new: str


class Outcome(NamedTuple):
    """What `just adopt` ended with and printed."""

    status: int
    out: str
    err: str

    @property
    def findings(self) -> set[tuple[str, str]]:
        """Constraint and id of each finding."""
        return {(line.split("\t")[2], line.split("\t")[1]) for line in self.out.splitlines()[1:]}


Adopt = Callable[..., Outcome]
MakeDatabases = Callable[[int], Databases]


@pytest.fixture(scope="session")
def make_databases(
    cluster: EmbeddedServer, maintenance: psycopg.Connection, migrated_copy: NewDatabase
) -> MakeDatabases:
    """Makes an old database with so many families, and an empty, migrated one with roles."""

    def make(families: int) -> Databases:
        number = next(_names)
        maintenance.execute(f"create database old_{number}".encode())
        databases = Databases(cluster.dsn.replace(f"/{DATABASE}?", f"/old_{number}?"), migrated_copy(f"new_{number}"))
        make_old_database(databases.old, families)
        make_roles(databases.new)
        return databases

    return make


def environment(databases: Databases) -> dict[str, str]:
    """Environment of a process that adopts."""
    return os.environ | {"DATABASE_URL": databases.new, "OLD_DATABASE_URL": databases.old}


def run_recipe(databases: Databases, *arguments: str) -> Outcome:
    """Run the recipe in a process of its own."""
    command = [sys.executable, "-m", "api", "adopt", *arguments]
    ran = subprocess.run(command, cwd=ROOT, env=environment(databases), capture_output=True, text=True, check=False)
    return Outcome(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def adopt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Adopt:
    """Runs the recipe in this process, which is quicker."""

    def run(databases: Databases, *arguments: str) -> Outcome:
        monkeypatch.setenv("DATABASE_URL", databases.new)
        monkeypatch.setenv("OLD_DATABASE_URL", databases.old)
        capsys.readouterr()
        status = main(["adopt", *arguments])
        return Outcome(status, *capsys.readouterr())

    return run
