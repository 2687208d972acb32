"""`just rehearse`: what migrations do to the clients of the release before."""

import asyncio
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import psycopg
import pytest

from api.__main__ import main
from api.database.embedded import EmbeddedServer
from api.database.migrations import migrate, read_migrations
from api.database.rehearsal.families import calling_families, fill
from api.database.rehearsal.rehearse import add_to_stage, rehearse
from api.database.rehearsal.release import MIGRATIONS, RehearsalError, Release, find_release
from api.database.rehearsal_commands import print_rehearsal, print_rehearsal_on
from tests.conftest import ROOT
from tests.database.migration_files import Folder

FAMILIES = 30
LAST = len(read_migrations())

# Slow enough to be seen at it, whatever the machine.
SHOES = """
alter table users add column shoe_size integer;
create function size(id bigint) returns bigint language plpgsql immutable as $$
begin
  perform pg_sleep(0.002);
  return id;
end;
$$;
"""
SHOES_BACK = "alter table users drop column shoe_size; drop function size(bigint);"
INDEX = """-- transactional: false
drop index concurrently if exists users_size_idx;
create index concurrently users_size_idx on users (size(id));
"""
INDEX_BACK = "drop index concurrently if exists users_size_idx;"
AGES = "alter table child_profiles alter column age type smallint; select pg_sleep(0.2);"
AGES_BACK = "alter table child_profiles alter column age type integer;"
PICTURES = "alter table users drop column profile_picture;"
PICTURES_BACK = "alter table users add column profile_picture text;"


class Tree:
    """A working tree with the service's SQL, and more migrations behind it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT / "sql", root / "sql")
        self._folder = Folder(root / MIGRATIONS)
        self._count = LAST

    def add(self, name: str, apply: str, rollback: str = "select 1;") -> str:
        self._count += 1
        id = f"{self._count:04}_{name}"
        self._folder.add(id, apply, rollback)
        return id

    def edit(self, id: str) -> None:
        self._folder.edit(f"{id}.sql")

    def release(self, given: str | None = f"{LAST}") -> Release:
        return find_release(given, self.root)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def tag(self, name: str) -> None:
        if not (self.root / ".git").exists():
            self.git("init")
        self.git("add", ".")
        self.git("commit", "-m", name, "--allow-empty")
        self.git("tag", name)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def prepared(dsn: str, release: Release, stage: Path) -> str:
    """The database with the release's schema."""
    stage.mkdir()
    add_to_stage(stage, release.applied)
    migrate(dsn, directory=stage)
    return dsn


def paragraphs(output: str) -> dict[str, str]:
    """What is said of each migration."""
    found: dict[str, str] = {}
    for line in output.splitlines():
        if line[:4].isdigit() and not line.startswith(f"{LAST:04}"):
            name = line.split()[0][5:]
            found[name] = ""
        if found and (line.startswith("  ") or line[:4].isdigit()):
            found[name] += f"{line}\n"
    return found


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """Exit status and output where nobody is harmed, of all that the command does."""
    tree = Tree(tmp_path_factory.mktemp("well"))
    tree.add("shoes", SHOES, SHOES_BACK)
    tree.add("index", INDEX, INDEX_BACK)
    with redirect_stdout(io.StringIO()) as output:
        status = print_rehearsal(f"{LAST}", families=FAMILIES, seconds=0, root=tree.root)
    return status, output.getvalue()


@pytest.fixture(scope="module")
def badly(cluster: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """The same where clients wait, then are served errors, and then a migration fails."""
    tree = Tree(tmp_path_factory.mktemp("badly"))
    tree.add("ages", AGES, AGES_BACK)
    tree.add("pictures", PICTURES, PICTURES_BACK)
    tree.add("fails", "alter table sessions add column one integer;\nselect 1 / 0;")
    tree.add("never", "select 1;")
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("create database rehearsed_badly")
        dsn = prepared(cluster.dsn.replace("/nestwerk?", "/rehearsed_badly?"), tree.release(), tree.root / "stage")
        with redirect_stdout(io.StringIO()) as output:
            status = print_rehearsal_on(dsn, tree.release(), families=FAMILIES, seconds=0, root=tree.root)
        yield status, output.getvalue()
        connection.execute("drop database rehearsed_badly with (force)")


def test_a_harmless_migration(well: tuple[int, str]) -> None:
    status, output = well
    assert (status, output.splitlines()[-1]) == (0, "errors served: none")
    first, *locks = paragraphs(output)["shoes"].splitlines()
    assert locks == ["  ACCESS EXCLUSIVE users"]
    assert int(first.split()[-2].replace(",", "")) > 0
    assert first.split()[-1] == "0"


def test_every_statement_is_called(well: tuple[int, str]) -> None:
    """One with a new parameter needs a value for it in api/database/rehearsal/requests.py."""
    assert "without" not in well[1]


def test_an_index_made_concurrently(well: tuple[int, str]) -> None:
    assert paragraphs(well[1])["index"].splitlines()[1:] == ["  SHARE UPDATE EXCLUSIVE users"]


def test_a_migration_that_rewrites_a_table(badly: tuple[int, str]) -> None:
    """Clients wait while it has its lock; that a column's type changes under their statements goes unnoticed."""
    first, *rest = paragraphs(badly[1])["ages"].splitlines()
    assert rest[0] == "  ACCESS EXCLUSIVE child_profiles, rewritten"
    assert "still" not in "".join(rest)
    took, longest, waited, *_ = (int(cell.replace(",", "")) for cell in first.split()[1:])
    assert min(took, longest, waited) > 100


def test_a_migration_that_breaks_statements(badly: tuple[int, str]) -> None:
    status, output = badly
    assert status == 1
    said = paragraphs(output)["pictures"]
    for name in ("get_user", "get_login", "get_family", "add_user", "update_user"):
        assert re.search(
            rf"^  \d+ x {name}: column \S*profile_picture\S* does not exist, and still$", said, re.MULTILINE
        )
    assert re.fullmatch(r"errors served: [1-9]\d*", output.splitlines()[-1])


def test_what_is_broken_is_blamed_on_no_later_migration(badly: tuple[int, str]) -> None:
    assert "profile_picture" not in paragraphs(badly[1])["fails"]


def test_a_migration_that_fails_is_the_last(badly: tuple[int, str]) -> None:
    said = paragraphs(badly[1])["fails"]
    assert said.split()[1] == "failed"
    assert f"  {LAST + 3:04}_fails.sql:2: division by zero\n" in said
    assert f"\nnot rehearsed: {LAST + 4:04}_never\n" in badly[1]


async def test_interrupted(empty: str, tree: Tree) -> None:
    """The migration under way ends with the rehearsal."""
    tree.add("slow", "select pg_sleep(60);")
    release = tree.release()
    fill(prepared(empty, release, tree.root / "stage"), release, tree.root / MIGRATIONS, FAMILIES)
    work = asyncio.create_task(
        rehearse(empty, release, seconds=0, begun=lambda _: None, report=lambda _: pytest.fail("was applied"))
    )
    sleeping = "select from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%'"
    with psycopg.connect(empty, autocommit=True) as connection:
        while connection.execute(sleeping).fetchone() is None:
            assert not work.done()
            await asyncio.sleep(0.02)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert connection.execute(sleeping).fetchone() is None


def test_a_seed_that_fits_the_newest_schema_only(empty: str, tree: Tree) -> None:
    release = tree.release("6")
    misfit = fill(prepared(empty, release, tree.root / "stage"), release, tree.root / MIGRATIONS, FAMILIES)
    assert misfit == 'relation "parenting_goals" does not exist'
    families = calling_families(empty)
    assert len(families) == FAMILIES
    assert any(family.children for family in families)
    assert not any(family.goals for family in families)


def test_a_seed_that_fits_no_schema(empty: str, tree: Tree) -> None:
    tree.add("later", "select 1;")
    release = tree.release()
    dsn = prepared(empty, release, tree.root / "stage")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("alter table users rename column username to name")
    with pytest.raises(RehearsalError, match=r'fits neither .* column "username" does not exist, nor the newest'):
        fill(dsn, release, tree.root / MIGRATIONS, FAMILIES)


def test_a_release_is_what_git_has(tree: Tree) -> None:
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
    with pytest.raises(RehearsalError, match=f"{edited} was edited since v1"):
        tree.release("v1")


def test_a_release_with_a_migration_of_its_own(tree: Tree) -> None:
    own = tree.add("shoes", SHOES, SHOES_BACK)
    tree.tag("v1")
    for path in (tree.root / MIGRATIONS).glob(f"{own}*"):
        path.unlink()
    with pytest.raises(RehearsalError, match=f"{own} is a migration of v1, but not of the working tree"):
        tree.release("v1")


def test_a_release_with_a_statement_that_is_none(tree: Tree) -> None:
    queries = tree.root / "sql" / "queries" / "users.sql"
    queries.write_text("-- name: get_user :one\nselect from where;\n")
    tree.tag("v1")
    with pytest.raises(RehearsalError, match=r"^of v1: sql/queries/users\.sql:2: get_user: syntax error"):
        tree.release("v1")


def test_a_revision_without_sql(tree: Tree) -> None:
    shutil.move(tree.root / "sql", tree.root / "kept")
    tree.tag("v0")
    shutil.move(tree.root / "kept", tree.root / "sql")
    with pytest.raises(RehearsalError, match="v0 has no sql/migrations or no sql/queries"):
        tree.release("v0")


@pytest.mark.parametrize("given", ["nowhere", "9999", "--all"])
def test_an_unknown_release_is_named(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--", given]) == 1
    said = capsys.readouterr().err
    assert said == f"{given} is neither a migration in sql/migrations nor a revision that git knows\n"


def test_nothing_to_rehearse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(LAST)]) == 0
    assert capsys.readouterr().out == f"nothing to rehearse: {read_migrations()[-1].id} has all migrations\n"
