"""`just migrate`: a database that is ahead, and an interruption."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from api.__main__ import main
from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from tests.commands.running import wait_for_session


def test_an_interruption_is_a_line_and_leaves_nothing(empty: str) -> None:
    environment = os.environ | {"DATABASE_URL": empty}
    command = [sys.executable, "-m", "api", "migrate"]
    with psycopg.connect(empty) as other, psycopg.connect(empty, autocommit=True) as watcher:
        # The first migration creates this function, after an extension.
        other.execute("create function fold(text) returns text return ''")
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        wait_for_session(watcher, "datname = current_database() and wait_event_type = 'Lock'")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert errors == "interrupted\n"
        assert process.returncode == 130
        assert watcher.execute("select from pg_extension where extname = 'vector'").fetchone() is None


def test_a_database_that_is_ahead(
    empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing to apply: the schema is current"
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(
            "insert into _yoyo_migration (migration_hash, migration_id) values ('a', '8000_wings'), ('b', '8001_fins')"
        )
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == (
        "the database has migrations that this tree doesn't know: 8000_wings, 8001_fins\n"
    )


@pytest.mark.long
def test_the_embedded_database_gets_the_grants_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with tempfile.TemporaryDirectory(prefix="nestwerk-migrate-") as folder:
        monkeypatch.setenv("DATA_DIR", folder)
        with EmbeddedServer(Path(folder)) as server:
            assert main(["migrate", "--to", "0045"]) == 0
            assert main(["migrate"]) == 0
            # As the release that `just reload` brings logs in.
            with psycopg.connect(server.service_dsn) as connection:
                added = "insert into audit_events (actor_kind, event, user_id, network) values ('user', 'a', 1, 'b')"
                connection.execute(added)
