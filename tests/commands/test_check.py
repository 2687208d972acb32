"""`just check`, on the tree and on databases that differ from it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from api.checks import all_checks
from api.checks.all_checks import READ_ONLY_CHECKS, TREE_CHECKS, Outcome
from api.commands.check import _print_checks, print_check
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statements
from api.paths import ROOT
from api.postgres.roles import make_roles
from api.postgres.server_checks import PreflightError
from api.settings import Settings
from tests.checks.working_tree import LAST, Tree


@pytest.mark.long
def test_the_tree_is_in_order() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, "-m", "api", "check"], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    lines = [line for line in ran.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == [*{**READ_ONLY_CHECKS, **TREE_CHECKS}], ran.stdout
    assert all(line.endswith("ms  fine") and int(line.split()[1]) > 0 for line in lines)
    assert "get_login: none, because who logs in isn't known before." in ran.stdout
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("sql", "wrong", "named"),
    [
        (
            """alter table child_profiles alter column age drop not null;
               drop index sessions_expires_at_idx;
               alter table users add column nickname text""",
            {"contract", "conventions", "exports", "drift"},
            [
                "\nsql/queries/child_profiles.sql:21: get_child_profile: column age may be null, and its type says int",
                "\n-CREATE INDEX sessions_expires_at_idx",
                "\nusers.nickname: needs a check of its length\n",
                "\nusers.nickname: export_account doesn't give it: add it there, and a field in ",
            ],
        ),
        (
            "revoke select on child_profiles from nestwerk_service; grant select on users to nestwerk_reader",
            {"grants"},
            [
                (
                    "\nsql/roles.sql: nestwerk_reader may select on users here, and not by sql/roles.sql: "
                    "run the file again\n"
                ),
            ],
        ),
        (
            "alter type stress_level rename value 'low' to 'none'; alter function fold(text) rename to folded",
            {"contract", "drift", "grants"},
            [
                "one of none, moderate, high, very_high",
                "get_login: PostgreSQL says: function fold(text) does not exist\n",
            ],
        ),
    ],
)
@pytest.mark.long
def test_a_database_that_differs(
    migrated: str, sql: str, wrong: set[str], named: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    make_roles(migrated)
    with psycopg.connect(migrated) as connection:
        connection.execute(sql.encode())
    assert print_check(Settings(database_url=migrated)) == 1
    said = capsys.readouterr().out
    assert {line.split()[0] for line in said.splitlines() if line.endswith(" wrong")} == wrong
    assert [each for each in named if each not in said] == []
    # A fault is one line, without PostgreSQL's hints.
    assert "HINT" not in said


@pytest.mark.long
def test_a_statement_that_reaches_all_families(
    migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "leaks.sql"
    path.write_text("-- Leaks.\n\n-- name: list_users :many\n-- Users.\nselect id\n  from users;\n")
    monkeypatch.setattr(all_checks, "STATEMENTS", STATEMENTS | read_statements(tmp_path))
    assert print_check(Settings(database_url=migrated)) == 1
    assert (
        f"{path}:6: list_users: users is not restricted to the caller: demand id = :user_id\n"
        in capsys.readouterr().out
    )


def test_a_fault_that_two_checks_find_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    def check(dsn: str) -> Outcome:
        return Outcome(1, "statements", ["queries.sql:1: query: a natural join", dsn])

    assert _print_checks({"contract": check, "ownership": check}, "another") == 1
    _, _, *faults = capsys.readouterr().out.splitlines()
    assert faults == ["queries.sql:1: query: a natural join", "another"]


@pytest.mark.long
def test_a_database_that_is_given_is_only_read(migrated: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_roles(migrated)
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("alter role postgres set default_transaction_read_only = on")
        try:
            assert print_check(Settings(database_url=migrated)) == 0, capsys.readouterr().out
        finally:
            connection.execute("set default_transaction_read_only = off")
            connection.execute("alter role postgres reset default_transaction_read_only")
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert names == [*READ_ONLY_CHECKS, "routes", "facts", "payloads", "rollbacks", "plans", "generated"]


@pytest.mark.long
def test_a_migration_that_fails_hides_no_fault_of_a_given_database(migrated: str, tree: Tree) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute("drop index sessions_expires_at_idx")
    tree.add("pets", "create table pets (id away);")
    said = check(tree, migrated).stdout
    assert "\n-CREATE INDEX sessions_expires_at_idx" in said
    assert '_pets.sql:1: type "away" does not exist\n' in said


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A copy of the tree, to plant faults in."""
    for folder in ("api", "tests/plans"):
        # Including compiled Python files, as each command would compile everything again.
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return Tree(tmp_path)


def check(tree: Tree, dsn: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run `just check` in a tree with a fault."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if dsn is not None:
        environment["DATABASE_URL"] = dsn
    command = [sys.executable, "-m", "api", "check"]
    ran = subprocess.run(command, cwd=tree.root, env=environment, check=False, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    return ran


@pytest.mark.long
def test_a_fault_hides_no_other(tree: Tree) -> None:
    users = tree.root / "sql" / "queries" / "users.sql"
    users.write_text(users.read_text("utf-8").replace("select password\n", "select passphrase\n"), "utf-8")
    tree.add("fewer_indexes", "drop index sessions_expires_at_idx;")
    said = check(tree).stdout
    assert 'get_password: PostgreSQL says: column "passphrase" does not exist\n' in said
    assert "\n-CREATE INDEX sessions_expires_at_idx" in said
    assert '\nplans: PostgreSQL says: column "passphrase" does not exist\n' in said


@pytest.mark.long
def test_an_index_that_is_missed(tree: Tree) -> None:
    tree.add("fewer_indexes", "drop index sessions_expires_at_idx;")
    said = check(tree).stdout
    slow = "restrict sessions by what an index begins with, or note `-- plan: REASON`: it reads all of it"
    assert f": remove_expired_sessions: {slow}\n" in said
    assert "\ntests/plans/cleaning.txt is not what the rest of the tree makes: run `just generate`\n" in said


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "sql", "named"),
    [
        (
            "queries/pets.sql",
            "-- name: get_pet :maybe\n-- One.\nselect from from;",
            "pets.sql:5: get_pet: syntax",
        ),
        ("queries/pets.sql", "-- name: get_user :one\n-- One.\nselect 1;", "get_user: the name is taken in "),
        (f"migrations/{LAST + 1:04}_pets.sql", "create tabel pets ();", '_pets.sql:3: syntax error at or near "tabel"'),
        # Behind any other file of that number.
        (f"migrations/{LAST:04}_zzz.sql", "select;", f"_zzz.sql: number {LAST + 1:04} was expected"),
    ],
)
def test_a_file_that_cannot_be_read(tree: Tree, path: str, sql: str, named: str) -> None:
    file = tree.root / "sql" / path
    file.write_text(f"-- Pets.\n\n{sql}\n")
    if "migrations" in path:
        file.with_suffix(".rollback.sql").write_text("-- Nothing.\n\nselect;\n")
    ran = check(tree)
    assert ran.stdout == ""
    assert named in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_database_that_is_away() -> None:
    with pytest.raises(PreflightError) as refused:
        print_check(Settings(database_url="postgresql://noor:secret@127.0.0.1:1/nestwerk"))
    assert "secret" not in str(refused.value)
