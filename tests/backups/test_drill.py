"""The drill of backups: families write, a disk is lost, and a moment comes back with exactly the rows before it."""

import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from api.backups.checksums import TableSum, differences, table_sums
from api.backups.wal import branch, check_archived
from api.migrations import migrate
from api.postgres.archiving import system_identifier, wal_folder
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from api.seed.seeding import seed
from tests.backups.restoring import Archived, wait_until

pytestmark = pytest.mark.drill

FAMILIES = 2_000


def sums(dsn: str) -> dict[str, TableSum]:
    """Sums of all tables but sessions, which a restore ends."""
    with psycopg.connect(dsn) as connection:
        return {name: table for name, table in table_sums(connection).items() if name != "sessions"}


def test_a_moment_comes_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archived = Archived(folder)
    with archived.server as server:
        migrate(server.dsn)
        make_roles(server.dsn)
        seed(server.dsn, families=FAMILIES, sessions=100, token_path=folder / "sessions.tsv")
        begin = time.monotonic()
        full = archived.backup()
        full_seconds = time.monotonic() - begin
        seed(server.dsn, families=FAMILIES // 10, sessions=0, token_path=folder / "sessions.tsv")
        begin = time.monotonic()
        incremental = archived.backup()
        incremental_seconds = time.monotonic() - begin
        assert (full.kind, incremental.kind) == ("full", "incremental")
        wait_until(incremental.finished)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("update child_profiles set name = 'before the moment' where parent_profile_id % 10 = 0")
            connection.execute("delete from users where id % 100 = 7")
        expected = sums(server.dsn)
        moment = archived.mark("before the moment")
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("update child_profiles set name = 'after the moment'")
            connection.execute("delete from parenting_goals")
            # As after a minute, or when a segment is full.
            connection.execute("select pg_switch_wal()")
        expected["marks"] = sums(server.dsn)["marks"]
        archived.mark("after the moment")
    begin = time.monotonic()
    restored = archived.restore(incremental, folder / "new disk", moment)
    seconds = time.monotonic() - begin
    with EmbeddedServer(folder / "new disk") as server:
        found = sums(server.dsn)
        assert differences(expected, found) == []
        assert found.keys() == expected.keys()
        with psycopg.connect(server.dsn) as connection:
            assert connection.execute("select from sessions").rowcount == 0
            assert connection.execute("select name from marks").fetchall() == [("before the moment",)]
    assert restored.last
    assert moment - restored.last < timedelta(seconds=10)
    archive = wal_folder(archived.backups, system_identifier(folder / "new disk" / "postgres"))
    check_archived(archive, full, branch(archive, full, moment))
    rows = sum(table.rows for table in found.values())
    with capsys.disabled():
        print(  # noqa: T201
            f"\nbackup of {FAMILIES:,} families in {full_seconds:.1f} s, incremental one in {incremental_seconds:.1f} s"
            f"\nrestored to {moment:%H:%M:%S.%f} UTC on an empty disk in {seconds:.1f} s: {rows:,} rows of"
            f" {len(found)} tables, their checksums those of that moment, none from after it; no session"
        )
