"""Runs recipes in this process, types for them, and waits for their sessions."""

import io
import time
from typing import Any

import psycopg
import pytest

from api.__main__ import main


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, dsn: str, *arguments: str) -> int:
    """Run a recipe on a database; returns its exit status."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    return main(arguments)


def wait_for_session(connection: psycopg.Connection[Any], condition: str) -> None:
    """Wait until there is a session that fulfils a condition."""
    deadline = time.monotonic() + 20
    query = f"select exists (select from pg_stat_activity where {condition})".encode()
    while connection.execute(query).fetchone() != (True,):
        assert time.monotonic() < deadline, f"never saw {condition}"
        time.sleep(0.02)
