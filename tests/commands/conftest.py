"""Databases for the tests of recipes."""

from pathlib import Path

import pytest

from api.seed.seeding import analyze, seed
from tests.conftest import NewDatabase


@pytest.fixture(scope="session")
def seeded(migrated_copy: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with two families."""
    dsn = migrated_copy("seeded")
    tokens: Path = tmp_path_factory.mktemp("seeded") / "sessions.tsv"
    assert seed(dsn, families=2, sessions=2, token_path=tokens) == range(1, 3)
    analyze(dsn)
    return dsn


@pytest.fixture(scope="session")
def unseeded(migrated_copy: NewDatabase) -> str:
    """A migrated database without any family."""
    return migrated_copy("unseeded")
