"""`just migrate --dry-run`: psql makes of what it prints the database that `just migrate` makes."""

import subprocess
from typing import Any

import psycopg
import pytest

from api.__main__ import main
from api.checks.schema import dump_schema
from api.migrations import migrate, print_migrations, rollback, status
from api.postgres.programs import find_binary
from tests.commands.running import run
from tests.migrations.migration_files import Folder, dump

RECORDED = [
    "select migration_hash, migration_id from _yoyo_migration order by 2",
    "select migration_id, checksum from migration_checksums order by 1",
    "select version from _yoyo_version",
    "select migration_id, operation, username, hostname, comment from _yoyo_log order by created_at_utc",
]


def psql(dsn: str, script: str) -> "subprocess.CompletedProcess[str]":
    command = [str(find_binary("psql")), "--no-psqlrc", "--quiet", dsn]
    return subprocess.run(command, input=script, check=False, capture_output=True, text=True)


def recorded(dsn: str) -> list[list[tuple[Any, ...]]]:
    with psycopg.connect(dsn) as connection:
        return [connection.execute(query.encode()).fetchall() for query in RECORDED]


def test_psql_makes_the_same_of_it(
    empty: str, dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dump(empty)
    assert run(monkeypatch, empty, "migrate", "--dry-run", "--to", "7") == 0
    first = capsys.readouterr().out
    assert dump(empty) == before
    assert psql(empty, first).stderr == ""
    assert [entry.state for entry in status(empty)][6:8] == ["applied", "pending"]
    assert main(["migrate", "--dry-run"]) == 0
    rest = capsys.readouterr().out
    assert "-- 0007" not in rest
    ran = psql(empty, rest)
    assert (ran.returncode, [line for line in ran.stderr.splitlines() if "NOTICE" not in line]) == (0, [])
    assert {entry.state for entry in status(empty)} == {"applied"}
    assert dump_schema(empty) == dump_schema(dsn)
    assert recorded(empty) == recorded(dsn)
    assert main(["migrate", "--dry-run"]) == 0
    assert capsys.readouterr().out == "-- nothing to apply: the schema is current\n"


def test_psql_stops_at_an_error_and_at_another_run(empty: str, folder: Folder) -> None:
    folder.add("0003_beds", "create table beds (id bigint);\nselect 1 / 0 -- no semicolon;", "drop table beds;")
    printed: list[str] = []
    assert print_migrations(empty, printed.append, directory=folder.path) == 3
    with psycopg.connect(empty, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [int.from_bytes(b"nestwerk")])
        ran = psql(empty, "\n".join(printed))
        assert (ran.returncode, "another run is migrating this database" in ran.stderr) == (3, True)
    ran = psql(empty, "\n".join(printed))
    assert (ran.returncode, "division by zero" in ran.stderr) == (3, True)
    assert [entry.state for entry in status(empty, directory=folder.path)] == ["applied", "applied", "pending"]


@pytest.mark.parametrize("other", ["fewer", "more", "foreign"])
def test_what_is_printed_for_one_database_changes_nothing_in_another(other: str, empty: str, folder: Folder) -> None:
    """Neither where fewer or more migrations are applied, nor in somebody else's."""
    printed: list[str] = []
    if other == "fewer":
        migrate(empty, directory=folder.path)
        folder.add("0003_beds")
    print_migrations(empty, printed.append, directory=folder.path)
    match other:
        case "fewer":
            rollback(empty, directory=folder.path)
        case "more":
            migrate(empty, directory=folder.path)
        case _:
            with psycopg.connect(empty) as connection:
                connection.execute("create table posts (id bigint)")
    before = dump(empty)
    ran = psql(empty, "\n".join(printed))
    assert (ran.returncode, "printed for a database with other migrations or tables" in ran.stderr) == (3, True)
    assert dump(empty) == before


@pytest.mark.parametrize(
    ("arguments", "applied"),
    [(["--to", "2"], 2), (["--to", "0003_sessions"], 3), (["--to", "0001", "--to", "2"], 2)],
)
def test_migrations_up_to_one(
    empty: str, arguments: list[str], applied: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, empty, "migrate", *arguments) == 0
    assert [entry.state for entry in status(empty)].count("applied") == applied
    capsys.readouterr()
    assert main(["migrate", *arguments]) == 0
    assert capsys.readouterr().out == f"nothing to apply: {arguments[-1]} is reached\n"


@pytest.mark.parametrize("to", ["0", "99", "nowhere", "", "-1"])
def test_a_migration_that_is_not_there(
    to: str, empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, empty, "migrate", f"--to={to}") == 1
    assert capsys.readouterr().err.startswith(f"{to} is no migration: give a number from 1 to ")


def test_a_dry_run_refuses_what_a_run_does(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    folder.edit("0001_pets.sql")
    with pytest.raises(Exception, match="edited after being applied: 0001_pets"):
        print_migrations(empty, print, directory=folder.path)
