"""Releases are found by migration or git revision."""

import shutil
from pathlib import Path

import pytest

from api.checks.releases.release import MIGRATIONS, ReleaseError
from api.migrations import read_migrations
from tests.checks.working_tree import Tree

SHOES = "alter table users add column shoe_size integer;"
SHOES_BACK = "alter table users drop column shoe_size;"


def test_a_release_is_read_from_git(tree: Tree) -> None:
    tree.tag("v1")
    pending = tree.add("shoes", SHOES, SHOES_BACK)
    (tree.root / "sql" / "queries" / "users.sql").unlink()
    tree.git("add", ".")
    for given in ("v1", None):
        release = tree.release(given)
        assert (release.name, [file.id for file in release.pending]) == ("v1", [pending])
        assert "get_user" in release.statements
    assert "get_user" not in tree.release(pending).statements


def test_without_tags_it_is_the_last_migration_but_one(tree: Tree) -> None:
    last = tree.add("shoes", SHOES, SHOES_BACK)
    assert [file.id for file in tree.release(None).pending] == [last]


def test_a_migration_goes_by_id_or_number(tree: Tree) -> None:
    first = read_migrations()[0].id
    assert {tree.release(given).name for given in (first, "1", "01", "0001")} == {first}


def test_a_release_whose_migrations_were_edited_since(tree: Tree) -> None:
    edited = read_migrations()[2].id
    tree.tag("v1")
    tree.edit(edited)
    with pytest.raises(ReleaseError, match=f"{edited} was edited since v1"):
        tree.release("v1")


def test_a_release_with_a_migration_of_its_own(tree: Tree) -> None:
    own = tree.add("shoes", SHOES, SHOES_BACK)
    tree.tag("v1")
    for path in (tree.root / MIGRATIONS).glob(f"{own}*"):
        path.unlink()
    with pytest.raises(ReleaseError, match=f"{own} is a migration of v1, but not of the working tree"):
        tree.release("v1")


def test_a_release_with_an_invalid_statement(tree: Tree) -> None:
    queries = tree.root / "sql" / "queries" / "users.sql"
    queries.write_text("-- name: get_user :one\nselect from where;\n")
    tree.tag("v1")
    with pytest.raises(ReleaseError, match=r"^of v1: sql/queries/users\.sql:2: get_user: syntax error"):
        tree.release("v1")


def test_a_revision_without_sql(tree: Tree) -> None:
    shutil.move(tree.root / "sql", tree.root / "kept")
    tree.tag("v0")
    shutil.move(tree.root / "kept", tree.root / "sql")
    with pytest.raises(ReleaseError, match="v0 has no sql/migrations or no sql/queries"):
        tree.release("v0")


def test_not_a_repository(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    with pytest.raises(ReleaseError, match="v1 is neither a migration"):
        tree.release("v1")
