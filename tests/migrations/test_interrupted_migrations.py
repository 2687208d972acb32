"""Concurrent runs and killed runs: the next run succeeds, and nobody has to unlock anything."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from api.migrations import MigrationError, migrate, rollback, status
from tests.commands.running import wait_for_session
from tests.migrations.migration_files import Folder, dump, migrating

INDEX = (
    "-- transactional: false\ndrop index concurrently if exists pets_idx;\n"
    "create unique index concurrently pets_idx on pets (id);\n"
)
BATCHES = (
    "-- transactional: false\ndo $$ begin for number in 1..5 loop"
    " update pets set id = -number where id = number; commit; end loop; end $$;\n"
)
DROP_INDEX = "drop index concurrently if exists pets_idx;\n"


@pytest.fixture
def watcher(empty: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(empty, autocommit=True) as connection:
        yield connection


def wait_for_migration(connection: psycopg.Connection[Any], condition: str) -> None:
    """Wait until there is a session of a migration that fulfils a condition."""
    wait_for_session(
        connection,
        f"application_name = 'nestwerk migrations' and datname = current_database() and {condition}",
    )


def wait_for_its_end(connection: psycopg.Connection[Any]) -> None:
    """Wait until PostgreSQL has noticed that a migration's process is gone."""
    migrates = "application_name = 'nestwerk migrations' and datname = current_database()"
    wait_for_session(connection, f"not exists (select from pg_stat_activity where {migrates})")


def ends_well(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    return out.strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=30)


@contextmanager
def open_writer(dsn: str) -> Iterator[None]:
    """Keep a transaction open that has written to pets, which `create index concurrently` waits for."""
    with psycopg.connect(dsn) as connection:
        connection.execute("insert into pets values (0)")
        yield
        connection.rollback()


def invalid_indexes(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select count(*) from pg_index where not indisvalid").fetchone()
    assert row is not None
    return int(row[0])


def test_two_at_once(empty: str, folder: Folder, watcher: psycopg.Connection[Any]) -> None:
    folder.add("0003_slow", "create table slow (id bigint); select pg_sleep(0.5);", "drop table slow;")
    outputs = [ends_well(process) for process in [migrating(empty, folder), migrating(empty, folder)]]
    assert sorted(outputs) == ["", "0001_pets 0002_toys 0003_slow"]


def test_two_at_once_with_an_index_made_concurrently(
    empty: str, folder: Folder, watcher: psycopg.Connection[Any]
) -> None:
    """The run that waits doesn't hold up the index of the other."""
    migrate(empty, directory=folder.path)
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    with open_writer(empty):
        first = migrating(empty, folder)
        wait_for_migration(watcher, "query like '%create unique%' and wait_event_type = 'Lock'")
        second = migrating(empty, folder)
        wait_for_migration(watcher, "query like '%try_advisory%'")
    assert ends_well(first) == "0003_pets_idx"
    assert ends_well(second) == ""


@pytest.mark.long
def test_says_that_it_waits(empty: str, folder: Folder, watcher: psycopg.Connection[Any]) -> None:
    folder.add("0003_slow", "select pg_sleep(0.5);", "select 1;")
    process = migrating(empty, folder)
    wait_for_migration(watcher, "query like '%pg_sleep%'")
    said: list[str] = []
    assert migrate(empty, directory=folder.path, waiting=lambda: said.append("waiting")) == []
    assert said == ["waiting"]
    ends_well(process)


def test_killed_in_a_migration(empty: str, folder: Folder, watcher: psycopg.Connection[Any]) -> None:
    migrate(empty, directory=folder.path)
    before = dump(empty)
    folder.add("0003_slow", "create table slow (id bigint);\nselect pg_sleep(60);", "drop table slow;")
    process = migrating(empty, folder)
    wait_for_migration(watcher, "query like '%pg_sleep%'")
    kill(process)
    folder.add("0003_slow")
    assert [each.id for each in migrate(empty, directory=folder.path)] == ["0003_slow"]
    rollback(empty, directory=folder.path)
    without_log = [line for line in dump(empty).splitlines() if "0003_slow" not in line]
    assert without_log == before.splitlines()


def test_killed_while_an_index_is_made_concurrently(
    empty: str, folder: Folder, watcher: psycopg.Connection[Any]
) -> None:
    migrate(empty, directory=folder.path)
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    with open_writer(empty):
        process = migrating(empty, folder)
        wait_for_migration(watcher, "query like '%create unique%' and wait_event_type = 'Lock'")
        kill(process)
    assert [each.id for each in migrate(empty, directory=folder.path)] == ["0003_pets_idx"]
    assert invalid_indexes(watcher) == 0
    assert watcher.execute("select to_regclass('pets_idx') is not null").fetchone() == (True,)


def test_an_index_that_can_not_be_made_leaves_nothing(
    empty: str, folder: Folder, watcher: psycopg.Connection[Any]
) -> None:
    migrate(empty, directory=folder.path)
    watcher.execute("insert into pets values (1), (1)")
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    before = dump(empty)
    with pytest.raises(MigrationError, match=r"0003_pets_idx\.sql:3: could not create unique index"):
        migrate(empty, directory=folder.path)
    assert dump(empty) == before
    watcher.execute("truncate pets")
    migrate(empty, directory=folder.path)
    assert rollback(empty, directory=folder.path).id == "0003_pets_idx"
    assert status(empty, directory=folder.path)[-1].state == "pending"


@pytest.mark.long
def test_an_index_waits_for_older_transactions_as_long_as_they_last(
    empty: str, folder: Folder, watcher: psycopg.Connection[Any]
) -> None:
    """No timeout ends creating or dropping it, as nobody else waits."""
    migrate(empty, directory=folder.path)
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    for run, statement in ((migrate, "create unique"), (rollback, "drop index")):
        with ThreadPoolExecutor() as threads, open_writer(empty):
            work = threads.submit(run, empty, directory=folder.path, lock_timeout="100ms", statement_timeout="100ms")
            wait_for_migration(watcher, f"query like '%{statement}%' and now() - query_start > '500ms'")
        work.result(timeout=30)
    assert status(empty, directory=folder.path)[-1].state == "pending"


def test_an_invalid_index_that_is_left_is_named(empty: str, folder: Folder, watcher: psycopg.Connection[Any]) -> None:
    migrate(empty, directory=folder.path)
    watcher.execute("insert into pets values (1), (1)")
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    with psycopg.connect(empty) as reader:
        reader.execute("select from pets")
        with pytest.raises(
            MigrationError,
            match=r"^0003_pets_idx\.sql:3: could not create .*; it left the index pets_idx invalid: run again$",
        ):
            migrate(empty, directory=folder.path, lock_timeout="100ms")
    assert invalid_indexes(watcher) == 1
    watcher.execute("truncate pets")
    migrate(empty, directory=folder.path)
    assert invalid_indexes(watcher) == 0


def test_killed_between_an_index_and_its_mark(empty: str, folder: Folder, watcher: psycopg.Connection[Any]) -> None:
    """Outside a transaction the mark comes later, so migrating and rolling back can be repeated."""
    migrate(empty, directory=folder.path)
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    watcher.execute("create unique index pets_idx on pets (id)")
    assert migrate(empty, directory=folder.path)
    watcher.execute("drop index pets_idx")
    assert rollback(empty, directory=folder.path).id == "0003_pets_idx"


def test_batches_that_were_cut_off_go_on(folder: Folder, empty: str, watcher: psycopg.Connection[Any]) -> None:
    migrate(empty, directory=folder.path)
    watcher.execute("insert into pets select generate_series(1, 5)")
    folder.add("0003_batches", BATCHES, "select;\n")
    watcher.execute("alter table pets add constraint planted check (id <> -4)")
    with pytest.raises(MigrationError, match="planted"):
        migrate(empty, directory=folder.path)
    # Committed batches stay, and the migration is still pending.
    assert pets(watcher) == [-3, -2, -1, 4, 5]
    assert [each.state for each in status(empty, directory=folder.path)] == ["applied", "applied", "pending"]
    watcher.execute("alter table pets drop constraint planted")
    assert [each.id for each in migrate(empty, directory=folder.path)] == ["0003_batches"]
    assert pets(watcher) == [-5, -4, -3, -2, -1]
    rollback(empty, directory=folder.path)


def test_batches_have_all_the_time_they_need(folder: Folder, empty: str) -> None:
    """Each is short, and all of them are one statement."""
    folder.add("0003_batches", BATCHES.replace("commit;", "commit; perform pg_sleep(0.05);"), "select;\n")
    migrate(empty, directory=folder.path, statement_timeout="100ms")


@pytest.mark.long
def test_an_index_is_dropped_and_made_anew(folder: Folder, empty: str, watcher: psycopg.Connection[Any]) -> None:
    """As what is cut off leaves it, and however often."""
    folder.add("0003_pets_idx", INDEX, DROP_INDEX)
    migrate(empty, directory=folder.path)
    folder.add(
        "0004_again",
        "-- transactional: false\ndrop index concurrently if exists pets_idx_ccnew;\n"
        "drop index concurrently if exists pets_idx_ccold;\nreindex index concurrently pets_idx;\n",
        "select;\n",
    )
    folder.add("0005_dropped", f"-- transactional: false\n{DROP_INDEX}", INDEX)
    with open_writer(empty):
        process = migrating(empty, folder)
        wait_for_migration(watcher, "query like '%reindex%' and wait_event_type = 'Lock'")
        kill(process)
        wait_for_its_end(watcher)
    assert invalid_indexes(watcher) == 1
    assert [each.id for each in migrate(empty, directory=folder.path)] == ["0004_again", "0005_dropped"]
    assert watcher.execute("select from pg_indexes where indexname ~ 'pets_idx'").fetchone() is None
    rollback(empty, directory=folder.path)
    rollback(empty, directory=folder.path)
    assert invalid_indexes(watcher) == 0


@pytest.mark.long
def test_a_partition_is_taken_off(folder: Folder, empty: str, watcher: psycopg.Connection[Any]) -> None:
    """Also where that was begun, or done without its mark."""
    folder.add(
        "0003_naps",
        "create table naps (id bigint) partition by list (id);\ncreate table old partition of naps for values in (1);",
        "drop table naps;",
    )
    migrate(empty, directory=folder.path)
    detach, attach = "alter table naps detach partition old concurrently;", "alter table naps attach partition old"
    folder.add("0004_old", f"-- transactional: false\n{detach}", f"{attach} for values in (1);")
    with psycopg.connect(empty) as reader:
        reader.execute("select from naps")
        process = migrating(empty, folder)
        wait_for_migration(watcher, "query like '%detach%' and wait_event_type = 'Lock'")
        kill(process)
        wait_for_its_end(watcher)
    pending = "select inhdetachpending from pg_inherits where inhrelid = 'old'::regclass"
    assert watcher.execute(pending).fetchone() == (True,)
    for _ in range(2):
        assert migrate(empty, directory=folder.path)
        assert watcher.execute(pending).fetchone() is None
        rollback(empty, directory=folder.path)
        assert watcher.execute(pending).fetchone() == (False,)
    watcher.execute("alter table naps detach partition old")
    assert migrate(empty, directory=folder.path)
    watcher.execute(f"{attach} for values in (1)".encode())
    rollback(empty, directory=folder.path)


def pets(connection: psycopg.Connection[Any]) -> list[int]:
    return [id for (id,) in connection.execute("select id from pets order by id")]
