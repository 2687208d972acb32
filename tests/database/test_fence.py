"""A leader that was replaced and doesn't know it is left, and not gone back to."""

from datetime import UTC, datetime, timedelta

import pytest

from api.database import fence as fence_module
from api.database.connections import connect
from api.database.fence import Fence, ReplacedLeaderError
from api.database.sessions import Session, session_of

STARTED = datetime.now(UTC)
LATER = STARTED + timedelta(seconds=1)


class Connection:
    """Stands in for a connection to a server on a timeline; None of one that follows another."""

    def __init__(self, timeline: int | None, database: str = "7 nestwerk", started: datetime = STARTED) -> None:
        self.session = Session(1, STARTED, database, started, timeline)
        self.closed = False

    def terminate(self) -> None:
        self.closed = True

    def is_closed(self) -> bool:
        return self.closed


def test_a_replaced_leader_is_left_as_soon_as_another_is_known() -> None:
    # One was opened before its server was promoted.
    fence, before, after = Fence(), [Connection(1), Connection(None), Connection(1)], Connection(2, started=LATER)
    standby = Connection(None, started=LATER + timedelta(seconds=1))
    for connection in (*before, standby):
        fence.enter(connection)
    assert not any(connection.closed for connection in before)
    fence.enter(after)
    assert all(connection.closed for connection in before)
    assert not after.closed
    assert not standby.closed
    with pytest.raises(ReplacedLeaderError):
        fence.enter(Connection(1))
    fence.enter(Connection(1, "8 nestwerk"))
    # Also while nothing is connected to the other.
    after.terminate()
    with pytest.raises(ReplacedLeaderError):
        fence.enter(Connection(1))


def test_the_server_that_leads_now_keeps_what_was_opened_before() -> None:
    fence, early, after = Fence(), Connection(None), Connection(2)
    fence.enter(early)
    fence.see("7 nestwerk", 1)
    fence.enter(after)
    fence.see("7 nestwerk", 2)
    assert not early.closed
    assert not after.closed


def test_connections_from_before_a_promotion_end_once_it_is_known_by_one_that_is_refused() -> None:
    fence, early, standby = Fence(), Connection(None), Connection(None, started=LATER)
    for connection in (early, standby, Connection(2, started=LATER + timedelta(seconds=1))):
        fence.enter(connection)
    assert not early.closed
    with pytest.raises(ReplacedLeaderError):
        fence.enter(Connection(1))
    assert early.closed
    assert not standby.closed


def test_a_server_that_was_restored_may_have_an_earlier_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence_module, "_REMEMBERED", 0.0)
    fence, before, after = Fence(), Connection(3), Connection(2)
    fence.enter(before)
    with pytest.raises(ReplacedLeaderError):
        fence.enter(after)
    before.terminate()
    fence.enter(after)
    fence.enter(Connection(2))


def test_a_replaced_leader_is_left_as_soon_as_any_server_is_seen_on_a_later_timeline() -> None:
    fence, before, elsewhere = Fence(), [Connection(1), Connection(1)], Connection(1, "8 nestwerk")
    follower = Connection(None, started=LATER)
    # It was opened before its server was promoted to be the one that is replaced now.
    early = Connection(None)
    for connection in (*before, elsewhere, follower, early):
        fence.enter(connection)
    fence.see("7 nestwerk", 1)
    assert not any(connection.closed for connection in (*before, early))
    fence.see("7 nestwerk", 2)
    assert all(connection.closed for connection in (*before, early))
    assert not elsewhere.closed
    assert not follower.closed
    with pytest.raises(ReplacedLeaderError):
        fence.enter(Connection(1))
    # That one still says where it is.
    fence.see("7 nestwerk", 1)
    with pytest.raises(ReplacedLeaderError):
        fence.enter(Connection(1))
    after = Connection(2)
    fence.enter(after)
    fence.see("7 nestwerk", 2)
    assert not after.closed


async def test_each_connection_knows_its_server(dsn: str) -> None:
    one, other = await connect(dsn), await connect(dsn)
    assert session_of(one).timeline == session_of(other).timeline == 1
    assert session_of(one).server == session_of(other).server
    assert session_of(other) != session_of(one)
    for connection in (one, other):
        connection.terminate()
