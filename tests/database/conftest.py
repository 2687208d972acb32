"""A database with nothing in it, and a folder of migrations to fill it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from api.database.embedded import EmbeddedServer
from tests.database.migration_files import Folder
from tests.database.working_tree import Tree

_names = count()


@pytest.fixture
def empty(cluster: EmbeddedServer) -> Iterator[str]:
    """A database of the test's own."""
    name = f"empty_{next(_names)}"
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        yield cluster.dsn.replace("/nestwerk?", f"/{name}?")
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two migrations."""
    made = Folder(tmp_path)
    made.add("0001_pets")
    made.add("0002_toys")
    return made


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)
