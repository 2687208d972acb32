"""Folders for the tests of backups."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backups.restoring import place


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user may pass, with one for backups."""
    with place() as made:
        yield made
