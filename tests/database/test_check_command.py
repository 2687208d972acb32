"""`just check`, on the tree and on databases that aren't what the tree says."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from api.database import check_commands
from api.database.check_commands import GIVEN, NEW, print_check
from api.database.migrations import migrate
from api.database.queries import STATEMENTS
from api.database.query_files import read_statements
from api.settings import Settings
from tests.conftest import ROOT


def test_the_tree_is_in_order() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, "-m", "api", "check"], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    lines = [line for line in ran.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == [*GIVEN, *NEW], ran.stdout
    assert all(line.endswith("ms  fine") and int(line.split()[1]) > 0 for line in lines)
    assert "get_login: none, because who logs in isn't known before." in ran.stdout
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("sql", "wrong", "named"),
    [
        (
            "alter table child_profiles alter column age drop not null",
            {"contract", "drift"},
            "sql/queries/child_profiles.sql:21: get_child_profile: column age may be null, and its type says int (api/",
        ),
        ("drop index sessions_expires_at_idx", {"drift"}, "-CREATE INDEX sessions_expires_at_idx"),
        (
            "alter table users add column nickname text",
            {"conventions", "drift"},
            "users.nickname: needs a check of its length",
        ),
        (
            "alter type stress_level rename value 'low' to 'none'",
            {"contract", "drift"},
            "one of none, moderate, high, very_high",
        ),
        (
            "alter function fold(text) rename to folded",
            {"contract", "drift"},
            "count_login_attempt: PostgreSQL says: function fold(unknown) does not exist\n",
        ),
    ],
)
def test_a_database_that_differs(
    empty: str, sql: str, wrong: set[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(empty)
    with psycopg.connect(empty) as connection:
        connection.execute(sql.encode())
    assert print_check(Settings(database_url=empty)) == 1
    said = capsys.readouterr().out
    assert {line.split()[0] for line in said.splitlines() if line.endswith(" wrong")} == wrong
    assert named in said
    # PostgreSQL's hints stay out: a fault of a statement is a line.
    assert "HINT" not in said


def test_a_statement_that_reaches_all_families(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(empty)
    path = tmp_path / "leaks.sql"
    path.write_text("-- Leaks.\n\n-- name: list_users :many\n-- Users.\nselect id\n  from users;\n")
    monkeypatch.setattr(check_commands, "STATEMENTS", STATEMENTS | read_statements(tmp_path))
    assert print_check(Settings(database_url=empty)) == 1
    assert f"{path}:6: list_users: users is not restricted to the caller\n" in capsys.readouterr().out


def test_a_database_that_is_given_is_only_read(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    migrate(empty)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("alter role postgres set default_transaction_read_only = on")
        try:
            assert print_check(Settings(database_url=empty)) == 0, capsys.readouterr().out
        finally:
            connection.execute("set default_transaction_read_only = off")
            connection.execute("alter role postgres reset default_transaction_read_only")


def test_a_database_that_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_check(Settings(database_url="postgresql://noor:secret@127.0.0.1:1/nestwerk")) == 1
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "secret" not in said
