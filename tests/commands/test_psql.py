"""`just psql` passes arguments and Ctrl-C on to psql."""

import os
import subprocess
import sys

import psycopg
import pytest

from api.__main__ import main
from api.paths import ROOT
from tests.commands.running import wait_for_session


def test_psql_gets_its_arguments(dsn: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    assert main(["psql", "-A", "-t", "-c", "select 6 * 7", "--no-psqlrc"]) == 0
    assert capfd.readouterr().out == "42\n"
    assert main(["psql", "-c", "select nothing"]) == 1


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
        wait_for_session(watcher, "query like 'select /* of_a_terminal%' and state = 'active'")
        process.stdin.write(b"\x03")
        wait_for_session(watcher, "query like 'select /* of_a_terminal%' and state = 'idle'")
    process.stdin.write(b"select 6 * 7 as answer;\n\\q\n")
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"canceling statement due to user request" in out
    assert b"42" in out
    assert b"Traceback" not in out
