"""Migrations that are applied, rolled back, fail, or meet a database that they can't use."""

import re
from collections.abc import Callable

import psycopg
import pytest

from api.migrations import Applied, MigrationError, check_current, migrate, rollback, status
from api.migrations.patience import Patience
from api.postgres.embedded import EmbeddedServer
from tests.migrations.migration_files import Folder, dump


def states(dsn: str, folder: Folder) -> dict[str, str]:
    return {entry.id: entry.state for entry in status(dsn, directory=folder.path)}


def fails(run: Callable[..., object], dsn: str, folder: Folder, message: str, **options: str) -> None:
    """Assert that a command fails with a message of one line, and leaves the database as it was."""
    before = dump(dsn)
    with pytest.raises(MigrationError, match=message) as raised:
        run(dsn, directory=folder.path, **options)
    assert "\n" not in str(raised.value)
    assert dump(dsn) == before


def test_up_and_down(empty: str, folder: Folder) -> None:
    assert states(empty, folder) == {"0001_pets": "pending", "0002_toys": "pending"}
    reported: list[Applied] = []
    applied = migrate(empty, directory=folder.path, report=reported.append)
    assert applied == reported
    assert [each.id for each in applied] == ["0001_pets", "0002_toys"]
    assert migrate(empty, directory=folder.path) == []
    assert check_current(empty, directory=folder.path) == []
    assert rollback(empty, directory=folder.path).id == "0002_toys"
    assert states(empty, folder) == {"0001_pets": "applied", "0002_toys": "pending"}
    with pytest.raises(MigrationError, match="the schema is behind: 0002_toys is not applied; run `just migrate`"):
        check_current(empty, directory=folder.path)
    assert rollback(empty, directory=folder.path).id == "0001_pets"
    fails(rollback, empty, folder, "no migration is applied")


def test_nothing_to_take_back_from_a_database_that_is_empty(empty: str, folder: Folder) -> None:
    fails(rollback, empty, folder, "no migration is applied")


@pytest.mark.parametrize("name", ["0001_pets.sql", "0001_pets.rollback.sql"])
def test_an_edited_file_stops_everything(empty: str, folder: Folder, name: str) -> None:
    migrate(empty, directory=folder.path)
    folder.add("0003_beds")
    folder.edit(name)
    for run in (migrate, rollback, check_current):
        fails(run, empty, folder, "edited after being applied: 0001_pets; write a new migration instead")
    assert states(empty, folder) == {"0001_pets": "edited", "0002_toys": "applied", "0003_beds": "pending"}


@pytest.mark.parametrize(
    ("apply", "message"),
    [
        ("create table beds (id bigint);\n\n-- é\nselect 1 / 0;\n", r"0003_beds\.sql:4: division by zero"),
        ("insert into pets values (1);\nselect 1,\n  missing from pets;", r'0003_beds\.sql:3: column "missing" does'),
        ("create table pets ();", r'0003_beds\.sql:1: relation "pets" already exists'),
        ("vacuum;", r"0003_beds\.sql:1: VACUUM cannot run inside a transaction block"),
        ("insert into pets values (1); select pg_sleep(30);", r"0003_beds\.sql:1: .* statement timeout"),
        ("select pg_terminate_backend(pg_backend_pid());", r"0003_beds\.sql:1: terminating connection"),
    ],
)
def test_a_statement_that_fails(empty: str, folder: Folder, apply: str, message: str) -> None:
    migrate(empty, directory=folder.path)
    folder.add("0003_beds", apply, "select 1;")
    fails(migrate, empty, folder, message, statement_timeout="200ms")
    folder.add("0003_beds")
    assert [each.id for each in migrate(empty, directory=folder.path)] == ["0003_beds"]


def test_dependent_objects_are_named(empty: str, folder: Folder) -> None:
    folder.add(
        "0003_checks",
        "create function is_odd(n bigint) returns boolean language sql immutable return n % 2 = 1;\n"
        "alter table pets add constraint odd_pets check (is_odd(id));\n"
        "alter table toys add constraint odd_toys check (is_odd(id));\n",
        "drop function is_odd(bigint);\n",
    )
    migrate(empty, directory=folder.path)
    message = (
        r"0003_checks\.rollback\.sql:1: cannot drop function is_odd\(bigint\) because other objects depend on it: "
        r"constraint odd_pets on table pets depends on function is_odd\(bigint\), "
        r"constraint odd_toys on table toys depends on function is_odd\(bigint\)$"
    )
    fails(rollback, empty, folder, message)


def test_no_value_of_a_row_is_quoted(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("insert into pets values (4711), (4711)")
    folder.add("0003_unique_pets", "alter table pets add constraint pets_key unique (id);", "select 1;")
    fails(migrate, empty, folder, r'0003_unique_pets\.sql:1: could not create unique index "pets_key"$')


def test_migrations_before_a_failing_one_are_applied(empty: str, folder: Folder) -> None:
    folder.add("0003_beds", "select 1 / 0;")
    with pytest.raises(MigrationError, match="0003_beds"):
        migrate(empty, directory=folder.path)
    assert list(states(empty, folder).values()) == ["applied", "applied", "pending"]


def test_a_commit_that_fails(empty: str, folder: Folder) -> None:
    deferred = "alter table pets add unique (id) deferrable initially deferred; insert into pets values (1), (1);"
    migrate(empty, directory=folder.path)
    folder.add("0003_unique_pets", deferred, "select 1;")
    fails(migrate, empty, folder, r"0003_unique_pets\.sql: duplicate key value violates unique constraint")


def test_a_rollback_that_fails(empty: str, folder: Folder) -> None:
    folder.add("0003_beds", rollback="drop table beds;\ndrop table missing;\n")
    migrate(empty, directory=folder.path)
    fails(rollback, empty, folder, r'0003_beds\.rollback\.sql:2: table "missing" does not exist')
    assert states(empty, folder)["0003_beds"] == "applied"


def test_a_migration_and_its_mark_are_one(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    folder.add("0003_beds")
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("alter table migration_checksums add constraint no_more check (migration_id < '0003')")
        fails(migrate, empty, folder, r"0003_beds\.sql: .*no_more")
        connection.execute("alter table migration_checksums drop constraint no_more")
        assert migrate(empty, directory=folder.path)
        connection.execute("create table uses (id text references migration_checksums)")
        connection.execute("insert into uses values ('0003_beds')")
        fails(rollback, empty, folder, r"0003_beds\.rollback\.sql: .*foreign key")


def test_a_table_that_is_locked(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    folder.add("0003_longer_pets", "alter table pets add name text;", "alter table pets drop name;")
    with psycopg.connect(empty) as other:
        other.execute("lock table pets in access share mode")
        with pytest.raises(MigrationError, match=r"0003_longer_pets\.sql:1: .* due to lock timeout"):
            migrate(empty, directory=folder.path, lock_timeout="100ms")
    assert migrate(empty, directory=folder.path)
    with psycopg.connect(empty) as other:
        other.execute("lock table pets in access share mode")
        with pytest.raises(MigrationError, match=r"0003_longer_pets\.rollback\.sql:1: .* due to lock timeout"):
            rollback(empty, directory=folder.path, lock_timeout="100ms")
    assert rollback(empty, directory=folder.path).id == "0003_longer_pets"


@pytest.mark.long
def test_a_locked_table_is_tried_again_and_who_holds_it_is_told(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    folder.add("0003_longer_pets", "alter table pets add name text;", "alter table pets drop name;")
    said: list[str] = []
    with psycopg.connect(empty, application_name="a report") as other:
        other.execute("lock table pets in access share mode")
        held = rf"it's held by pid {other.info.backend_pid} \(postgres, a report, idle in transaction for \d+ s, lock\)"
        patience = Patience((0.01,), said.append)
        with pytest.raises(MigrationError, match=rf"^0003_longer_pets\.sql:1: .* due to lock timeout: {held}$"):
            migrate(empty, directory=folder.path, lock_timeout="500ms", patience=patience)
        [told] = said
        assert re.fullmatch(
            rf"0003_longer_pets\.sql met a lock, and was taken back: {held}; trying again in 0.01 s", told
        )
        patience = Patience((0.01, 0.01), lambda _: other.rollback())
        assert migrate(empty, directory=folder.path, lock_timeout="500ms", patience=patience)


@pytest.mark.parametrize(
    "setting",
    [
        "set lock_timeout = '0'; set search_path = ''",
        "select set_config('search_path', '', false), set_config('lock_timeout', '0', false)",
        "set local search_path = ''; set local lock_timeout = '0'",
        "set role keeper",
        "set session authorization keeper",
    ],
)
def test_settings_end_with_their_file(empty: str, folder: Folder, setting: str) -> None:
    """They affect neither its mark nor the next file, in either direction."""
    seen = "select array[current_setting('search_path'), current_setting('lock_timeout'), current_user]"
    folder.add("0003_beds", f"{setting};\nselect;", f"{setting};\nselect;")
    folder.add("0004_seen", f"create table seen as {seen};", "drop table seen;")
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create role keeper")
        try:
            migrate(empty, directory=folder.path)
            assert connection.execute("select * from seen").fetchone() == (["public, pg_temp", "5s", "postgres"],)
            rollback(empty, directory=folder.path)
            assert rollback(empty, directory=folder.path).id == "0003_beds"
        finally:
            connection.execute("drop role keeper")


def test_a_file_that_came_late(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    with psycopg.connect(empty) as connection:
        connection.execute("delete from _yoyo_migration where migration_id = '0001_pets'")
    fails(migrate, empty, folder, "0001_pets came late: 0002_toys is applied already; give it the next number")


@pytest.mark.parametrize("name", ["0002_beds", "0002_wings"])
def test_a_number_that_another_branch_gave(empty: str, folder: Folder, name: str) -> None:
    """Whichever of the two names comes first."""
    migrate(empty, directory=folder.path)
    for path in folder.path.glob("0002*"):
        path.unlink()
    folder.add(name)
    folder.add("0003_bowls")
    for run in (migrate, check_current):
        fails(run, empty, folder, f"^0002_toys is applied, and here {name} has its number: give {name} the next number")


def test_a_database_that_is_newer_than_the_files(empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    for path in folder.path.glob("0002*"):
        path.unlink()
    assert check_current(empty, directory=folder.path) == ["0002_toys"]
    assert migrate(empty, directory=folder.path) == []
    assert states(empty, folder) == {"0001_pets": "applied", "0002_toys": "missing"}
    fails(rollback, empty, folder, "0002_toys is applied, but this release doesn't have it")


@pytest.mark.parametrize("foreign", ["customers", "_yoyo_migration"])
def test_a_database_of_others(empty: str, folder: Folder, foreign: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute(f"create table {foreign} (migration_id text, applied_at_utc timestamp)")
    reason = f"the database is not empty and was not made by these migrations: table {foreign}"
    fails(migrate, empty, folder, reason)
    fails(status, empty, folder, reason)
    fails(check_current, empty, folder, reason)


def test_a_first_run_that_was_cut_off_at_its_start(empty: str, folder: Folder) -> None:
    """Only the first of the tables that record migrations is there."""
    other = Folder(folder.path / "none")
    other.path.mkdir()
    other.add("0001_nothing", "select 1 / 0;")
    with pytest.raises(MigrationError, match="0001_nothing"):
        migrate(empty, directory=other.path)
    with psycopg.connect(empty) as connection:
        connection.execute("drop table _yoyo_migration, _yoyo_log, _yoyo_version")
    assert set(states(empty, folder).values()) == {"pending"}
    fails(rollback, empty, folder, "no migration is applied")
    assert len(migrate(empty, directory=folder.path)) == 2


@pytest.mark.parametrize("run", [migrate, rollback, status, check_current])
def test_a_server_that_is_away(run: Callable[..., object], folder: Folder) -> None:
    with pytest.raises(MigrationError) as raised:
        run("postgresql://someone:hidden-word@127.0.0.1:1/nestwerk", directory=folder.path)
    assert "refused" in str(raised.value)
    assert "hidden-word" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_role_that_may_not(cluster: EmbeddedServer, empty: str, folder: Folder) -> None:
    migrate(empty, directory=folder.path)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create role powerless login")
        connection.execute("revoke all on all tables in schema public from public")
        powerless = empty.replace("postgres@", "powerless@")
        for run in (migrate, rollback, check_current):
            with pytest.raises(MigrationError, match=r"permission denied|must be owner"):
                run(powerless, directory=folder.path)
        connection.execute("drop role powerless")
