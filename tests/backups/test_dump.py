"""Dumps of any database: verified, restored by an owner who is no superuser, and refused."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from api.__main__ import main
from api.backups.checksums import TableSum, differences, table_sums
from api.backups.dumping import DUMP, dump, read_contents, take_dump
from api.backups.folder import BackupError, read_backups
from api.backups.loading import FILLED, restore_dump
from api.checks.schema import drift
from api.migrations import migrate
from api.migrations.backend import RECORDS
from api.postgres.embedded import DATABASE, EmbeddedServer
from api.seed.seeding import seed

NewDatabase = Callable[[], str]
_names = count()


@pytest.fixture(scope="module")
def new_database(cluster: EmbeddedServer, maintenance: psycopg.Connection) -> Iterator[NewDatabase]:
    """Makes databases of a role that is no superuser, with the extension that only a superuser can make."""
    made = []
    maintenance.execute("create role dumper login")

    def make() -> str:
        name = f"dumped_{next(_names)}"
        maintenance.execute(f"create database {name} owner dumper".encode())
        made.append(name)
        dsn = cluster.dsn.replace(f"/{DATABASE}?", f"/{name}?")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("create extension vector")
        return dsn.replace("//postgres@", "//dumper@")

    yield make
    for name in made:
        maintenance.execute(f"drop database {name} with (force)".encode())
    maintenance.execute("drop role dumper")


def test_rows_that_differ_are_told_by_table(new_database: NewDatabase) -> None:
    with psycopg.connect(new_database(), autocommit=True) as connection:
        connection.execute(
            "create table a (id bigint, name text); create table b (id bigint);"
            "insert into a values (1, 'x'), (2, null); insert into b values (1)"
        )
        before = table_sums(connection)
        assert differences(before, table_sums(connection)) == []
        # The order in which rows lie makes no difference, and neither does a column that came later.
        connection.execute("update a set name = name where id = 1; alter table a add note text default ''")
        assert differences(before, table_sums(connection, before)) == []
        connection.execute("update a set name = 'y' where id = 1; delete from b")
        assert differences(before, table_sums(connection, before)) == [
            "a: 2 rows, expected 2 others",
            "b: 0 rows, expected 1",
        ]


def test_a_dump_that_can_not_be_read_is_none(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk lost a part of it while it was written."""
    dsn = new_database()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table kept as select md5(number::text) from generate_series(1, 5000) as number")

    def damaged(dsn: str, file: Path) -> tuple[list[str], dict[str, TableSum]]:
        found = dump(dsn, file)
        content = file.read_bytes()
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes(1000) + content[middle + 1000 :])
        return found

    monkeypatch.setattr("api.backups.dumping.dump", damaged)
    with pytest.raises(BackupError, match="pg_restore: could not uncompress data"):
        take_dump(dsn, tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_dump_of_any_schema(new_database: NewDatabase, tmp_path: Path) -> None:
    """It's restored into an empty database only, and only as it was written."""
    dsn = new_database()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "create type mood as enum ('good'); create table kept (id bigint generated always as identity, mood mood);"
            "insert into kept (mood) select 'good' from generate_series(1, 500)"
        )
    backup = take_dump(dsn, tmp_path)
    assert backup.kind == "dump"
    assert "PASSWORD" not in (backup.path / "roles.sql").read_text()
    assert "CREATE ROLE dumper" in (backup.path / "roles.sql").read_text()
    with pytest.raises(BackupError, match="not empty: it has kept; --data-only fills a migrated one"):
        restore_dump(backup, dsn, data_only=False)
    with pytest.raises(BackupError, match="the database has rows already: in kept"):
        restore_dump(backup, dsn, data_only=True)
    other = new_database()
    assert restore_dump(backup, other, data_only=False) == read_contents(backup).tables
    with psycopg.connect(other) as connection:
        assert connection.execute("insert into kept (mood) values ('good') returning id").fetchall() == [(501,)]
    dump = backup.path / DUMP
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with pytest.raises(BackupError, match=f"{backup.path.name} is damaged: {DUMP} is not what was written"):
        restore_dump(backup, other, data_only=False)
    (backup.path / "contents.json").unlink()
    with pytest.raises(BackupError, match=r"is damaged: .*contents.json"):
        restore_dump(backup, other, data_only=False)


@pytest.mark.long
def test_families(new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole schema, by the recipes: into an empty database, and the rows alone into a migrated one."""
    source, migrated = new_migrated(new_database), new_migrated(new_database)
    empty, behind = new_database(), new_database()
    seed(source, families=200, sessions=50, token_path=tmp_path / "sessions.tsv")
    with psycopg.connect(source, autocommit=True) as connection:
        # A family that is larger than the limit, as one that was brought in from elsewhere.
        connection.execute(
            "alter table child_profiles disable trigger user;"
            "insert into child_profiles (parent_profile_id, name, age) select 1, 'x', 1 from generate_series(1, 60);"
            "alter table child_profiles enable trigger user"
        )
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", source)
    assert main(["backup"]) == 0
    [backup] = read_backups(tmp_path)
    for dsn, options in ((empty, []), (migrated, ["--data-only"])):
        monkeypatch.setenv("DATABASE_URL", dsn)
        assert main(["restore", backup.path.name, *options]) == 0
        with psycopg.connect(source) as old, psycopg.connect(dsn, autocommit=True) as new:
            expected = table_sums(old)
            for name in ("sessions", "schedules", *RECORDS):
                expected.pop(name)
            assert differences(expected, table_sums(new, expected)) == []
            assert new.execute("select from sessions").rowcount == 0
            assert drift(dsn) == []
            # Ids go on, and the triggers work again.
            [(last,)] = old.execute("select max(id) from users").fetchall()
            again = "insert into users (username, email, password) select 'n', 'n@b.c', password from users limit 1"
            assert new.execute(f"{again} returning id".encode()).fetchall() == [(last + 1,)]
            with pytest.raises(psycopg.errors.CheckViolation, match="a family has 50 rows"):
                new.execute("insert into child_profiles (parent_profile_id, name, age) values (1, 'x', 1)")
    with psycopg.connect(edited := new_migrated(new_database), autocommit=True) as connection:
        connection.execute("delete from library_suggestions where slug = (select min(slug) from library_suggestions)")
    with pytest.raises(BackupError, match=r"isn't as the dump's, whose last migration is .*: library_suggestions: "):
        restore_dump(backup, edited, data_only=True)
    monkeypatch.setenv("DATABASE_URL", behind)
    with pytest.raises(BackupError, match="lacks the migration 0001_shared_functions that the dump's has"):
        restore_dump(backup, behind, data_only=True)
    assert main(["restore", backup.path.name, "--to", "2026-01-01"]) == 1


def new_migrated(new_database: NewDatabase) -> str:
    """A new database that all migrations were applied to."""
    dsn = new_database()
    migrate(dsn)
    return dsn


def test_what_migrations_fill_is_known(migrated: str) -> None:
    """So that a dump's rows go into a migrated database."""
    with psycopg.connect(migrated) as connection:
        filled = {name for name, table in table_sums(connection).items() if table.rows}
    assert filled == FILLED | {"schedules", *RECORDS}


@pytest.mark.long
def test_a_row_that_does_not_fit_takes_all_back(new_database: NewDatabase, tmp_path: Path) -> None:
    source, target = new_database(), new_database()
    for dsn, check in ((source, 10), (target, 2)):
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                f"create table parents (id bigint primary key);"
                f"create table children (id bigint check (id < {check}), parent_id bigint references parents)".encode()
            )
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute("insert into parents values (1); insert into children values (1, 1), (2, 1)")
    backup = take_dump(source, tmp_path)
    with pytest.raises(BackupError, match=r'restored: .*"children" violates check constraint'):
        restore_dump(backup, target, data_only=True)
    with psycopg.connect(target) as connection:
        assert connection.execute("select from parents").rowcount == 0


def test_a_dump_that_is_copied_elsewhere(new_database: NewDatabase, tmp_path: Path) -> None:
    dsn = new_database()
    (tmp_path / "first").mkdir()
    backup = take_dump(dsn, tmp_path / "first")
    shutil.copytree(backup.path, tmp_path / "second" / backup.path.name)
    [copy] = read_backups(tmp_path / "second")
    assert restore_dump(copy, dsn, data_only=False) == {}
