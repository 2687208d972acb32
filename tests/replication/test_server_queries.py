"""What servers say of themselves: one that leads, and one that follows, lags, loses its leader and takes over."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from api.database.queries import STATEMENTS
from api.postgres.embedded import EmbeddedServer
from tests.standbys.following import following
from tests.waiting import until

# A block of the log, and more.
LONG = "select pg_logical_emit_message(false, 'nestwerk', repeat('x', 20000))"
FLUSHED = "select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"
WRITTEN = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
REPLAYED = "select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"
RECEIVED = "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint"


@pytest.fixture(scope="module")
def leader() -> Iterator[EmbeddedServer]:
    # The log isn't flushed before a commit asks for it.
    with (
        tempfile.TemporaryDirectory(prefix="nestwerk-") as folder,
        EmbeddedServer(Path(folder), more={"wal_writer_delay": "10s", "fsync": "off"}) as server,
    ):
        yield server


def connect(server: EmbeddedServer) -> psycopg.Connection[Any]:
    return psycopg.connect(server.dsn, autocommit=True, row_factory=namedtuple_row)


def ask(connection: psycopg.Connection[Any], name: str) -> Any:
    [row] = connection.execute(STATEMENTS[name].text.encode())
    return row


def number(connection: psycopg.Connection[Any], query: str) -> Any:
    [row] = connection.execute(query.encode())
    return row[0]


def tells_what_is_flushed(connection: psycopg.Connection[Any]) -> bool:
    """Whether there was some log that wasn't flushed, as the server flushes it now and then by itself."""
    connection.execute(LONG.encode())
    before, written = number(connection, FLUSHED), number(connection, WRITTEN)
    place = ask(connection, "get_position")
    after = number(connection, FLUSHED)
    assert before <= place.replayed <= after
    assert before <= place.received <= after
    return bool(place.replayed == place.received < written)


def tells_what_is_written(connection: psycopg.Connection[Any]) -> bool:
    """The same where commits don't wait for the log."""
    connection.execute(LONG.encode())
    before, written = number(connection, FLUSHED), number(connection, WRITTEN)
    place = ask(connection, "get_position")
    assert place.replayed >= written
    assert before <= place.received <= number(connection, FLUSHED)
    return bool(written > place.received)


def test_a_server_that_leads(leader: EmbeddedServer) -> None:
    with connect(leader) as connection:
        connection.execute("set application_name = 'no standby'")
        place = ask(connection, "get_position")
        assert (place.follows, place.timeline, place.name, place.waits_for) == (False, 1, None, "")
        xmin, xmax, _ = place.snapshot.split(":")
        assert 0 < int(xmin) <= int(xmax)

        until(lambda: tells_what_is_flushed(connection))
        connection.execute("set synchronous_commit = off")
        until(lambda: tells_what_is_written(connection))

        connection.execute("alter system set synchronous_standby_names = 'ANY 1 (one)'")
        try:
            connection.execute("select pg_reload_conf()")
            until(lambda: ask(connection, "get_position").waits_for == "ANY 1 (one)")
        finally:
            connection.execute("alter system reset synchronous_standby_names")
            connection.execute("select pg_reload_conf()")


def has_replayed_all(connection: psycopg.Connection[Any]) -> bool:
    """Whether a server that receives nothing says that it has what it has replayed, and where that is."""
    before, place = number(connection, REPLAYED), ask(connection, "get_position")
    return bool(place.received == place.replayed == before == number(connection, REPLAYED))


def test_a_server_that_follows(leader: EmbeddedServer) -> None:
    with following(leader, "one") as standby:
        with connect(standby) as connection, connect(leader) as leading:
            until(lambda: ask(connection, "get_position").name == "one")
            place = ask(connection, "get_position")
            assert (place.follows, place.timeline) == (True, 1)
            assert ask(connection, "identify_session").timeline is None

            connection.execute("select pg_wal_replay_pause()")
            until(lambda: number(connection, "select pg_get_wal_replay_pause_state()") == "paused")
            leading.execute("select pg_logical_emit_message(true, 'nestwerk', repeat('x', 20000))")
            until(lambda: ask(connection, "get_position").received >= number(leading, FLUSHED))
            # The leader writes to its log by itself now and then.
            before, place, after = (
                number(connection, RECEIVED),
                ask(connection, "get_position"),
                number(connection, RECEIVED),
            )
            assert place.replayed == number(connection, REPLAYED) < before <= place.received <= after

            connection.execute("select pg_wal_replay_resume()")
            connection.execute("alter system set primary_conninfo = ''")
        standby._more = {}
        standby.stop()
        standby.start()
        with connect(standby) as connection:
            # It received nothing since its start, and has replayed what it had.
            assert number(connection, RECEIVED) is None
            place = ask(connection, "get_position")
            assert (place.follows, place.timeline, place.name) == (True, None, None)
            # It takes connections before it has replayed all.
            until(lambda: has_replayed_all(connection))

            assert number(connection, "select pg_promote(true, 300)")
            place = ask(connection, "get_position")
            assert (place.follows, place.timeline) == (False, 2)
            assert ask(connection, "identify_session").timeline == 2


def test_a_session(leader: EmbeddedServer) -> None:
    with connect(leader) as connection, connect(leader) as other:
        session, of_other = (ask(each, "identify_session") for each in (connection, other))
        assert session.pid == connection.info.backend_pid != of_other.pid
        for each in (session, of_other):
            [started] = connection.execute("select backend_start from pg_stat_activity where pid = %s", [each.pid])
            assert each.started == started[0]
        system = number(connection, "select system_identifier from pg_control_system()")
        assert session.database == of_other.database == f"{system} nestwerk"
        assert session.server_started == number(connection, "select pg_postmaster_start_time()")
        assert session.timeline == 1
        with psycopg.connect(leader.dsn, dbname="postgres", row_factory=namedtuple_row) as elsewhere:
            assert ask(elsewhere, "identify_session").database == f"{system} postgres"
