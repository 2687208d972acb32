"""Databases for the tests of recipes."""

from pathlib import Path

import psycopg
import pytest

from api.migrations import migrate
from api.postgres.embedded import DATABASE, EmbeddedServer
from api.seed.seeding import analyze, seed


@pytest.fixture(scope="session")
def seeded(cluster: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with two families."""
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("create database seeded")
    dsn = cluster.dsn.replace(f"/{DATABASE}?", "/seeded?")
    migrate(dsn)
    tokens: Path = tmp_path_factory.mktemp("seeded") / "sessions.tsv"
    assert seed(dsn, families=2, sessions=2, token_path=tokens) == range(1, 3)
    analyze(dsn)
    return dsn


@pytest.fixture(scope="session")
def unseeded(cluster: EmbeddedServer) -> str:
    """A migrated database without any family."""
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("create database unseeded")
    dsn = cluster.dsn.replace(f"/{DATABASE}?", "/unseeded?")
    migrate(dsn)
    return dsn
