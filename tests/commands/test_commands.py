"""Commands on databases that they can't work on, and with arguments that they don't know: a line that says so."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest

from api.__main__ import main
from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer

NOWHERE = "postgresql://noor:secret@127.0.0.1:1/none"
ON_A_DATABASE = [
    *[["status"], ["migrate"], ["rollback"], ["check"], ["drift"], ["slow"], ["plans"], ["plans", "--statistics"]],
    *[["explain", "get_caller"], ["seed", "1"], ["serve"]],
]


def words(arguments: list[str]) -> str:
    return " ".join(arguments)


@pytest.mark.parametrize("arguments", ON_A_DATABASE, ids=words)
def test_a_server_that_is_not_there(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    assert main(arguments) == 1
    out, err = capfd.readouterr()
    assert "Connection refused" in out + err
    assert "Traceback" not in err
    assert "secret" not in out + err


@pytest.mark.parametrize("arguments", [["plans"], ["explain", "get_caller"], ["seed", "1"], ["serve"]], ids=words)
def test_a_database_with_nothing_in_it(
    arguments: list[str], empty: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    assert main(arguments) == 1
    out, err = capfd.readouterr()
    assert "run `just migrate`" in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["status"], ["plans"], ["explain", "get_caller"], ["seed", "1"]], ids=words)
def test_a_role_that_may_nothing(
    arguments: list[str],
    cluster: EmbeddedServer,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create role newcomer login")
        try:
            monkeypatch.setenv("DATABASE_URL", cluster.dsn.replace("postgres@", "newcomer@"))
            assert main(arguments) == 1
        finally:
            connection.execute("drop role newcomer")
    out, err = capfd.readouterr()
    assert "permission denied" in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["seed"], ["seed", "-1"], ["seed", "1.5"], ["rehearse", "--families", "ten"], ["explain"]],
    ids=words,
)
def test_arguments_that_mean_nothing(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_psql_gets_its_arguments(dsn: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    assert main(["psql", "-A", "-t", "-c", "select 6 * 7", "--no-psqlrc"]) == 0
    assert capfd.readouterr().out == "42\n"
    assert main(["psql", "-c", "select nothing"]) == 1


def wait_for(connection: psycopg.Connection[Any], condition: str) -> None:
    """Wait until a session is seen."""
    deadline = time.monotonic() + 20
    query = f"select exists (select from pg_stat_activity where {condition})".encode()
    while connection.execute(query).fetchone() != (True,):
        assert time.monotonic() < deadline, f"never saw {condition}"
        time.sleep(0.02)


def test_an_interruption_in_psql_cancels_the_statement(dsn: str) -> None:
    terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    command = [sys.executable, "-c", terminal, sys.executable, "-m", "api", "psql", "--no-psqlrc"]
    process = subprocess.Popen(
        command,
        env=os.environ | {"DATABASE_URL": dsn, "PAGER": "cat"},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdin is not None
    process.stdin.write(b"select /* of_a_terminal */ pg_sleep(60);\n")
    with psycopg.connect(dsn, autocommit=True) as watcher:
        wait_for(watcher, "query like 'select /* of_a_terminal%' and state = 'active'")
        process.stdin.write(b"\x03")
        wait_for(watcher, "query like 'select /* of_a_terminal%' and state = 'idle'")
    process.stdin.write(b"select 6 * 7 as answer;\n\\q\n")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"canceling statement due to user request" in out
    assert b"42" in out
    assert b"Traceback" not in out


def test_an_interruption_is_a_line_and_leaves_nothing(empty: str) -> None:
    environment = os.environ | {"DATABASE_URL": empty}
    command = [sys.executable, "-m", "api", "migrate"]
    with psycopg.connect(empty) as other, psycopg.connect(empty, autocommit=True) as watcher:
        # The first migration makes this function, behind an extension.
        other.execute("create function fold(text) returns text return ''")
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        wait_for(watcher, "datname = current_database() and wait_event_type = 'Lock'")
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


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough(dsn: str, unbuffered: str) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    environment = os.environ | {"DATABASE_URL": dsn, "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "api", "status"]
    with os.fdopen(writes) as closed:
        ran = subprocess.run(command, env=environment, cwd=ROOT, check=False, stdout=closed, stderr=subprocess.PIPE)
    assert ran.stderr == b""
    assert ran.returncode == 128 + signal.SIGPIPE
