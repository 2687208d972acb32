"""The newest migrations are taken back and applied again, in a database of their own."""

import psycopg
import pytest

from api.checks.all_checks import TREE_CHECKS, run_check
from api.checks.newest_rollbacks import newest, wrong_rollbacks
from api.migrations import read_migrations
from tests.migrations.migration_files import Folder

# What the first migrations make.
PETS = """
create table pets (id bigint, name text not null);
create unique index pets_name_idx on pets (name);
insert into pets values (1, 'Bo');
"""
TOYS = """
create table toys (id bigint);
create function refuse() returns trigger language plpgsql as $$ begin return null; end; $$;
create trigger toys_refuse before insert on toys for each row execute function refuse();
"""
NAPS = "create table naps (id bigint);\ncreate index toys_naps_idx on toys (id);\n"
DROP_NAPS = "drop index toys_naps_idx;\ndrop table naps;\n"
NOTHING = "select;\n"


@pytest.fixture
def folder(folder: Folder) -> Folder:
    folder.add("0001_pets", PETS)
    folder.add("0002_toys", TOYS, "drop table toys;\ndrop function refuse();\n")
    return folder


def wrong(dsn: str, folder: Folder, rollback: str, apply: str = NAPS) -> list[str]:
    folder.add("0003_naps", apply, f"-- Takes back it. Loses the naps.\n\n{rollback}")
    return wrong_rollbacks(dsn, read_migrations(folder.path), folder.path)


def test_those_of_the_tree_are_right(dsn: str) -> None:
    outcome = run_check("rollbacks", TREE_CHECKS["rollbacks"], dsn)
    assert (outcome.faults, outcome.looked_at) == ([], 5)
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select count(*) from pg_database where datname = 'rollbacks'")
        assert found.fetchone() == (0,)


def test_a_fault_comes_behind_its_folder(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.checks.all_checks.wrong_rollbacks", lambda *_: ["0055_it.rollback.sql is planted"])
    outcome = run_check("rollbacks", TREE_CHECKS["rollbacks"], dsn)
    assert outcome.faults == ["sql/migrations/0055_it.rollback.sql is planted"]


def test_a_right_one(dsn: str, folder: Folder) -> None:
    assert wrong(dsn, folder, DROP_NAPS) == []


@pytest.mark.parametrize(
    ("rollback", "said", "shown"),
    [
        (
            "drop index toys_naps_idx;\ndrop table nap;\n",
            ':4: table "nap" does not exist: correct it, for it has to run on what its migration leaves',
            None,
        ),
        (
            "drop table naps;\n",
            " doesn't make the schema what it was before: correct it",
            "+CREATE INDEX toys_naps_idx ON public.toys USING btree (id);",
        ),
        # What earlier migrations made.
        (
            f"{DROP_NAPS}drop index pets_name_idx;\n",
            " doesn't make the schema what it was before: correct it",
            "-CREATE UNIQUE INDEX pets_name_idx ON public.pets USING btree (name);",
        ),
        (
            f"{DROP_NAPS}drop trigger toys_refuse on toys;\n",
            " doesn't make the schema what it was before: correct it",
            "-CREATE TRIGGER toys_refuse BEFORE INSERT ON public.toys FOR EACH ROW EXECUTE FUNCTION public.refuse();",
        ),
        (
            f"{DROP_NAPS}drop function refuse;\n",
            (
                ":5: cannot drop function refuse() because other objects depend on it: trigger toys_refuse on table "
                "toys depends on function refuse(): correct it, for it has to run on what its migration leaves"
            ),
            None,
        ),
        (
            f"{DROP_NAPS}delete from pets;\n",
            " changes or loses values of id, name in pets, which 0003_naps.sql has nothing to do with: leave them",
            None,
        ),
    ],
)
def test_a_wrong_one(dsn: str, folder: Folder, rollback: str, said: str, shown: str | None) -> None:
    [fault] = wrong(dsn, folder, rollback)
    first, *lines = fault.splitlines()
    assert first == f"0003_naps.rollback.sql{said}"
    assert lines == [] if shown is None else shown in lines


def test_of_two_wrong_ones_the_newest_is_told(dsn: str, folder: Folder) -> None:
    folder.add("0004_shoes", None, NOTHING)
    [fault] = wrong(dsn, folder, NOTHING)
    assert fault.startswith("0004_shoes.rollback.sql doesn't make"), fault


def test_a_long_difference_is_cut(dsn: str, folder: Folder) -> None:
    apply = "".join(f"create table naps_{number} (id bigint);\n" for number in range(20))
    [fault] = wrong(dsn, folder, NOTHING, apply)
    lines = fault.splitlines()
    assert (len(lines), lines[-1]) == (42, "…")


def test_one_that_leaves_rows_in_the_way(dsn: str, folder: Folder) -> None:
    [fault] = wrong(dsn, folder, NOTHING, "insert into pets values (2, 'Mies');\n")
    reason, _, remedy = fault.partition(", ")
    assert reason == '0003_naps.sql:1: duplicate key value violates unique constraint "pets_name_idx"'
    assert remedy == "as its rollback or a later one left something: have that take everything back"


def test_one_whose_rows_change_what_is_made(dsn: str, folder: Folder) -> None:
    apply = """
        lock table pets;
        do $$
        begin
          if exists (select from pets where id = 2) then
            create table siestas (id bigint);
          else
            create table naps (id bigint);
          end if;
        end;
        $$;
        """
    [fault] = wrong(dsn, folder, "drop table naps;\ninsert into pets values (2, 'Mies');\n", apply)
    first, *lines = fault.splitlines()
    assert first == "0003_naps.sql makes another schema once the last ones were taken back: correct the rollbacks"
    assert {"-CREATE TABLE public.naps (", "+CREATE TABLE public.siestas ("} <= {*lines}


def test_the_first_and_those_of_releases_are_left(dsn: str, folder: Folder) -> None:
    for number in range(3, 8):
        folder.add(f"{number:04}_made_{number}")
    files = read_migrations(folder.path)
    assert [file.id[:4] for file in newest(files)] == ["0003", "0004", "0005", "0006", "0007"]
    assert [file.id[:4] for file in newest(files[:3])] == ["0002", "0003"]
    folder.add("0002_toys", TOYS, "drop table nothing;\n")
    assert wrong_rollbacks(dsn, read_migrations(folder.path), folder.path) == []
