"""`just rehearse`: how migrations affect clients of the previous release."""

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout

import psycopg
import pytest

from api.__main__ import main
from api.app import load_routers
from api.commands.rehearse import print_rehearsal, print_rehearsal_on
from api.database.connections import OPTIONS
from api.migrations import read_migrations
from api.postgres.embedded import EmbeddedServer
from tests.checks.rehearsal.prepared import prepared
from tests.checks.working_tree import LAST, Tree

load_routers()  # binds the statements

FAMILIES = 30

# Slow enough to be noticed on any machine.
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
PICTURES = "alter table users drop column profile_picture cascade;"
PICTURES_BACK = "alter table users add column profile_picture text;"


def paragraphs(output: str) -> dict[str, str]:
    """Output for each migration."""
    found: dict[str, str] = {}
    for line in output.partition("\ntaken back:")[0].splitlines():
        if line[:4].isdigit() and not line.startswith(f"{LAST:04}"):
            name = line.split()[0][5:]
            found[name] = ""
        if found and (line.startswith("  ") or line[:4].isdigit()):
            found[name] += f"{line}\n"
    return found


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """Exit status and output of the whole command, with harmless migrations."""
    tree = Tree(tmp_path_factory.mktemp("well"))
    tree.add("shoes", SHOES, SHOES_BACK)
    tree.add("index", INDEX, INDEX_BACK)
    with redirect_stdout(io.StringIO()) as output:
        status = print_rehearsal(f"{LAST}", families=FAMILIES, seconds=0, root=tree.root)
    return status, output.getvalue()


@pytest.fixture(scope="module")
def badly(
    cluster: EmbeddedServer, maintenance: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, str]]:
    """The same with migrations that have clients wait, then serve them errors, then fail."""
    tree = Tree(tmp_path_factory.mktemp("badly"))
    tree.add("ages", AGES, AGES_BACK)
    tree.add("pictures", PICTURES, PICTURES_BACK)
    tree.add("fails", "alter table sessions add column one integer;\nselect 1 / 0;")
    tree.add("never", "select 1;")
    maintenance.execute("create database rehearsed_badly")
    dsn = prepared(cluster.dsn.replace("/nestwerk?", "/rehearsed_badly?"), tree.release(), tree.root / "stage")
    with redirect_stdout(io.StringIO()) as output:
        status = print_rehearsal_on(dsn, tree.release(), families=FAMILIES, seconds=0, root=tree.root)
    yield status, output.getvalue()
    maintenance.execute("drop database rehearsed_badly with (force)")


@pytest.mark.long
def test_a_harmless_migration(well: tuple[int, str]) -> None:
    status, output = well
    assert (status, output.splitlines()[-1]) == (0, "errors served: none")
    assert f"\ntaken back:\n  {LAST + 2:04}_index\n  {LAST + 1:04}_shoes\n\nerrors served" in output
    first, *locks = paragraphs(output)["shoes"].splitlines()
    assert locks == ["  ACCESS EXCLUSIVE users"]
    assert int(first.split()[-2].replace(",", "")) > 0
    assert first.split()[-1] == "0"


@pytest.mark.long
def test_every_statement_is_called(well: tuple[int, str]) -> None:
    """One with a new parameter needs a value for it in api/checks/rehearsal/requests.py."""
    # These would end the families that are called for, or what can be written of them, or are for new accounts alone.
    said = [line.strip() for line in well[1].splitlines() if line.strip().startswith("without ")]
    assert said == ["without answer_consent_texts, withdraw_consent, erase_account: its share of the traffic is 0"]


@pytest.mark.long
def test_an_index_made_concurrently(well: tuple[int, str]) -> None:
    assert paragraphs(well[1])["index"].splitlines()[1:] == ["  SHARE UPDATE EXCLUSIVE users"]


@pytest.mark.long
def test_a_migration_that_rewrites_a_table(badly: tuple[int, str]) -> None:
    """Clients wait for its lock, but a changed column type causes no error."""
    first, *rest = paragraphs(badly[1])["ages"].splitlines()
    assert rest[0] == "  ACCESS EXCLUSIVE child_profiles, rewritten"
    assert "still" not in "".join(rest)
    assert "longest lock wait ms" in badly[1]
    took, longest, waited, *_ = (int(cell.replace(",", "")) for cell in first.split()[1:])
    assert min(took, longest, waited) > 100


@pytest.mark.long
def test_a_migration_that_breaks_statements(badly: tuple[int, str]) -> None:
    status, output = badly
    assert status == 1
    said = paragraphs(output)["pictures"]
    for name in ("get_user", "get_login", "get_family", "add_user", "set_profile_picture"):
        assert re.search(
            rf"^  \d+ x {name}: column \S*profile_picture\S* does not exist, and still$", said, re.MULTILINE
        )
    assert re.fullmatch(r"errors served: [1-9]\d*", output.splitlines()[-1])


@pytest.mark.long
def test_what_is_broken_is_blamed_on_no_later_migration(badly: tuple[int, str]) -> None:
    assert "profile_picture" not in paragraphs(badly[1])["fails"]


@pytest.mark.long
def test_a_migration_that_fails_is_the_last(badly: tuple[int, str]) -> None:
    said = paragraphs(badly[1])["fails"]
    assert said.split()[1] == "failed"
    assert f"  {LAST + 3:04}_fails.sql:2: division by zero\n" in said
    assert f"\nnot rehearsed: {LAST + 4:04}_never\n" in badly[1]


@pytest.mark.long
def test_statements_without_an_answer(
    empty: str, tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reads and writes without an answer are named."""
    monkeypatch.setattr("api.commands.rehearse._SHOWN", 100)
    monkeypatch.setitem(OPTIONS, "command_timeout", 0.3)
    tree.add("holds", "lock table users; select pg_sleep(1);")
    dsn = prepared(empty, tree.release(), tree.root / "stage")
    assert print_rehearsal_on(dsn, tree.release(), families=FAMILIES, seconds=0, root=tree.root) == 1
    output = capsys.readouterr().out
    assert re.search(r"^  \d+ x \w+: no answer in time$", output, re.MULTILINE)
    assert "TimeoutError" not in output


@pytest.mark.long
def test_a_trigger_that_reads_what_the_release_may_not(
    empty: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until the grants of roles.sql are made anew, the service of the release has those of before."""
    tree.tag("v1")
    tree.add(
        "sizes",
        """
        alter table users add column shoe_size integer;
        create function look() returns trigger language plpgsql as $$
        begin
          perform shoe_size from public.users where id = new.user_id;
          return new;
        end;
        $$;
        create trigger sessions_look before insert on sessions for each row execute function look();
        """,
    )
    release = tree.release("v1")
    dsn = prepared(empty, release, tree.root / "stage")
    assert print_rehearsal_on(dsn, release, families=FAMILIES, seconds=0, root=tree.root) == 1
    assert re.search(r"\d+ x add_session: permission denied for table users, and still", capsys.readouterr().out)


@pytest.mark.long
def test_grants_that_the_release_lacks_and_statements_that_disturb_it(
    empty: str, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tree's roles.sql takes a right away that only the release needs, and one of its statements has no right."""
    tree.tag("v1")
    tree.add("harmless", "alter table users add column shoe_size integer;")
    roles, users = tree.root / "sql" / "roles.sql", tree.root / "sql" / "queries" / "users.sql"
    roles.write_text(
        roles.read_text("utf-8").replace("\ncommit;", "revoke insert on sessions from nestwerk_service;\ncommit;")
    )
    users.write_text(
        f"{users.read_text('utf-8')}\n-- name: see_sizes :many\n-- Sizes.\nselect number from family_sizes;\n"
    )
    release = tree.release("v1")
    dsn = prepared(empty, release, tree.root / "stage")
    assert print_rehearsal_on(dsn, release, families=FAMILIES, seconds=0, root=tree.root) == 1
    said = capsys.readouterr().out.partition("\nsql/roles.sql ")[2]
    assert re.search(r"^  \d+ x add_session: permission denied for table sessions, and still$", said, re.MULTILINE)
    assert re.search(r"^  \d+ x see_sizes of the tree: permission denied for table family_sizes", said, re.MULTILINE)


@pytest.mark.parametrize("given", ["nowhere", "9999", "--all"])
def test_an_unknown_release_is_named(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--", given]) == 1
    said = capsys.readouterr().err
    assert said == f"{given} is neither a migration in sql/migrations nor a revision that git knows\n"


def test_nothing_to_rehearse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(LAST)]) == 0
    assert capsys.readouterr().out == f"nothing to rehearse: {read_migrations()[-1].id} has all migrations\n"
