"""`just check --release`: whether the statements of a release still work."""

import pytest

from api.__main__ import main
from api.commands.check import print_release_check
from api.migrations import read_migrations
from tests.checks.working_tree import LAST, Tree


def test_counts_statements(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.tag("v1")
    tree.add("renamed", "alter type stress_level rename value 'low' to 'lowest';")
    assert print_release_check("v1", tree.root) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "6 of them break"


def test_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    last = read_migrations()[-1].id
    assert main(["check", "--release", f"{LAST}"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(f" statements of {last}, before and after no migration")


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_an_unknown_release(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--release", name]) == 1
    said = capsys.readouterr().err
    assert said == f"{name} is neither a migration in sql/migrations nor a revision that git knows\n"
