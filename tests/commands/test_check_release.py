"""`just check --release`: whether the statements of a release still work."""

import pytest

from api.__main__ import main
from api.checks.grants.release_grants import BEGIN
from api.commands.check import print_release_check
from api.migrations import read_migrations
from tests.checks.working_tree import LAST, Tree


@pytest.mark.long
def test_counts_statements(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.tag("v1")
    tree.add("renamed", "alter type stress_level rename value 'low' to 'lowest';")
    assert print_release_check("v1", tree.root) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 14
    assert lines[-1] == "9 of them break"


@pytest.mark.long
def test_a_release_keeps_its_grants(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    """A statement that is gone needs its grants until the release before is."""
    users, roles = tree.root / "sql" / "queries" / "users.sql", tree.root / "sql" / "roles.sql"
    text = users.read_text("utf-8")
    users.write_text(f"{text}\n-- name: see_sizes :many\n-- Sizes.\nselect number from family_sizes;\n")
    tree.tag("v1")
    users.write_text(text)
    assert print_release_check("v1", tree.root) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == [
        "none breaks",
        (
            "sql/roles.sql: nestwerk_service may not run see_sizes: permission denied for table family_sizes; "
            "`just generate` writes the grants"
        ),
        "with `just generate --release v1`, sql/roles.sql has what it needs",
    ]
    kept = f"{BEGIN}grant select (number) on family_sizes to nestwerk_service;\n"
    roles.write_text(roles.read_text("utf-8").replace(BEGIN, kept))
    assert print_release_check("v1", tree.root) == 0
    # Nobody needs it any more after the next release.
    tree.tag("v2")
    assert print_release_check("v2", tree.root) == 1
    assert "nestwerk_service may select (number) on family_sizes: no statement needs it" in capsys.readouterr().out


@pytest.mark.long
def test_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    last = read_migrations()[-1].id
    assert main(["check", "--release", f"{LAST}"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(f" statements of {last}, before and after no migration")


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_an_unknown_release(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--release", name]) == 1
    said = capsys.readouterr().err
    assert said == f"{name} is neither a migration in sql/migrations nor a revision that git knows\n"
