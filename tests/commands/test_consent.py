"""Recipes that lose or keep something for good say what, and ask before they do it on the database of DATABASE_URL."""

import io
import sys

import psycopg
import pytest

from api.__main__ import main
from api.migrations import migrate, status
from tests.commands.running import Terminal, run


def applied(dsn: str) -> int:
    return [entry.state for entry in status(dsn)].count("applied")


def test_a_rollback_says_what_is_lost_and_asks(
    empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(empty, to="3")
    name = psycopg.conninfo.conninfo_to_dict(empty)["dbname"]
    loss = "Takes back 0003_sessions. Loses every session: everybody logs in again"
    assert run(monkeypatch, empty, "rollback") == 1
    said = capsys.readouterr().err
    assert said.startswith(f"in the database {name} on /")
    assert said.endswith(f": {loss}; there is no terminal to ask on: agree with --yes\n")
    for answer in ("", "no\n", "y\n"):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        assert main(["rollback"]) == 1
        out, err = capsys.readouterr()
        assert (loss in out, err) == (True, "nothing was done\n")
    assert applied(empty) == 3
    monkeypatch.setattr(sys, "stdin", Terminal("Yes\n"))
    assert main(["rollback"]) == 0
    assert applied(empty) == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["rollback", "--yes"]) == 0
    assert applied(empty) == 1


def test_what_was_agreed_to_is_what_is_taken_back(
    empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another run may have migrated while somebody thought about it."""
    migrate(empty, to="3")

    def late(_question: str) -> str:
        migrate(empty, to="4")
        return "yes"

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", late)
    assert run(monkeypatch, empty, "rollback") == 1
    assert capsys.readouterr().err.startswith("0004_login_throttles is the last one by now, and not 0003_sessions: ")
    assert applied(empty) == 4


def test_seeding_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    address = "postgresql://noor:secret@db.example.org,other:5433/families?sslmode=require"
    assert run(monkeypatch, address, "seed", "5") == 1
    assert capsys.readouterr().err == (
        "this adds made-up families to the database families on db.example.org,other: if that is meant, add --yes\n"
    )
