"""What counts as confirmed, and on which standbys it's there to be read."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import astuple

from api.database.fence import Fence
from api.database.keeper import Keeper
from api.database.sessions import Server, Session
from api.database.standbys import asking
from api.database.standbys import confirmed as confirming
from api.database.standbys import standby as states
from api.database.standbys.absence import absence
from api.database.standbys.asking import Watched
from api.database.standbys.confirmed import Confirmed, Elsewhere
from api.database.standbys.positions import NOWHERE, Place, Position
from api.database.standbys.standby import Behind, Standby

OURS = Server("1 nestwerk", datetime(2026, 1, 1, tzinfo=UTC))
RESTARTED = Server("1 nestwerk", datetime(2026, 1, 2, tzinfo=UTC))
FOREIGN = Server("2 nestwerk", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def known_absence() -> Iterator[None]:
    yield
    absence.end()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test waits for comes after so many answers, however long they take."""
    monkeypatch.setattr(confirming, "SETTLE", 60.0)
    monkeypatch.setattr(confirming, "_SETTLE_PATIENCE", 60.0)


def place(*, timeline: int = 1, lsn: int = 100, name: str = "a", follows: bool = True, snapshot: str = "1:1:") -> Place:
    return Place(follows, timeline, lsn, lsn, name if follows else None, "ANY 1 (a, b)", snapshot)


class Answers(Watched):
    """A server that says one thing after another, the last one again and again, or fails."""

    def __init__(self, *places: Place | None, server: Server = OURS) -> None:
        super().__init__(cast("Keeper", SimpleNamespace(away=False, replace=lambda _: None)))
        self.left = list(places)
        self.always = server

    async def ask(self) -> Place:
        found = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if found is None:
            raise ConnectionError
        self.server, self.place, self._timeline, self.called = self.always, found, found.timeline, found.name or ""
        return found


class Link:
    """Stands in for a connection to a server that says where it is; `timeline` is where it was when that began."""

    def __init__(self, found: Place, timeline: int | None, server: Server = OURS) -> None:
        self.session = Session(1, server.started, server.database, server.started, timeline)
        self.found = found
        self.asked = 0
        self.closed = False

    async def fetch(self, *_: object, **__: object) -> list[tuple[Any, ...]]:
        self.asked += 1
        return [astuple(self.found)]

    def terminate(self) -> None:
        self.closed = True

    def is_closed(self) -> bool:
        return self.closed


def watched(link: Link, *, leads: bool = False) -> Watched:
    keeper = SimpleNamespace(replace=lambda _: None, refusal=ConnectionError)
    found = Watched(cast("Keeper", keeper), leads=leads)
    found._take(cast("Any", link))
    return found


def a_standby(answers: Watched, reads_from: Server = OURS) -> Standby:
    standby = Standby("here", cast("Any", None), [])
    standby.watched, standby._server = answers, reads_from
    standby._loop = asyncio.get_running_loop()
    return standby


def confirmed(leader: Watched, *standbys: Watched) -> Confirmed:
    found = Confirmed(cast("Keeper", None), lambda: True, [a_standby(each) for each in standbys], 1.0)
    found._leader, found._loop = leader, asyncio.get_running_loop()
    return found


def away(*places: Place) -> Answers:
    """A leader that answers so often, and is then away."""
    return Answers(*places, None)


async def test_a_transaction_that_the_leader_does_not_name_yet_is_waited_for() -> None:
    # Transaction 7 waits for its standby while 8, which began later, is done.
    leader = Answers(*(place(follows=False, snapshot=text) for text in ("7:7:", "7:7:", "7:9:7", "9:9:")))
    await confirmed(leader, Answers(place(snapshot="7:8:"))).settled()
    assert [left.snapshot for left in leader.left if left] == ["9:9:"]


async def test_a_transaction_that_goes_on_for_long_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "SETTLE", 0.005)
    asked = confirmed(Answers(place(follows=False, snapshot="7:9:7")), Answers(place(snapshot="9:9:")))
    await asked.settled()
    monkeypatch.setattr(confirming, "SETTLE", 60.0)
    async with asyncio.timeout(30):
        await asked.settled()
    # Another one, such as a commit, is waited for all the same.
    asked._leader = Answers(*(place(follows=False, snapshot=text) for text in ("7:9:7,8", "7:9:7,8", "7:9:7")))
    await asked.settled()
    assert len(asked._leader.left) == 1


@pytest.mark.parametrize("follows", [True, False])
async def test_connections_to_a_leader_that_was_replaced_end_when_another_server_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, *, follows: bool
) -> None:
    fence = Fence()
    monkeypatch.setattr(asking, "fence", fence)
    before, idle = Link(place(follows=False), 1), Link(place(follows=False), 1)
    other = Link(place(timeline=2, lsn=200, follows=follows), None, RESTARTED)
    for link in (before, idle, other):
        fence.enter(link)
    asked = confirmed(watched(before, leads=True), watched(other))
    asked._standbys[0]._server = RESTARTED
    await asked.settled()
    assert before.closed
    assert idle.closed
    assert not other.closed
    if follows:
        with pytest.raises(Behind):
            await asked._standbys[0].reach(Position(1, 100), OURS.database)
    else:
        assert await asked.position() == Position(2, 200)
    assert absence.since is not None or follows


async def test_a_leader_is_asked_over_a_connection_that_began_while_it_led() -> None:
    link = Link(place(follows=False), None)
    assert not await confirmed(watched(link, leads=True), Answers(place()))._ask_leader()
    assert absence.since is not None


async def test_a_position_that_came_before_its_connection_was_closed_is_not_believed() -> None:
    link = Link(place(follows=False), 1)
    leader = watched(link, leads=True)
    link.closed = True
    assert not await confirmed(leader, Answers(place()))._ask_leader()


async def test_transactions_that_began_later_are_not_waited_for() -> None:
    leader = Answers(*(place(follows=False, snapshot=text) for text in ("7:8:7", "7:8:7", "9:10:9", "11:11:")))
    await confirmed(leader, Answers(place(snapshot="8:8:"))).settled()
    assert [left.snapshot for left in leader.left if left] == ["11:11:"]


async def test_without_a_leader_the_quorum_has_what_was_confirmed() -> None:
    found = confirmed(away(place(follows=False, lsn=150)), Answers(place(lsn=120)), Answers(place(lsn=140, name="b")))
    assert await found.position() == Position(1, 150)
    assert await found.position() == Position(1, 140)


async def test_a_quorum_that_has_not_followed_the_last_leader_is_none() -> None:
    leader = away(place(follows=False, timeline=2))
    found = confirmed(leader, Answers(place(lsn=120)), Answers(place(lsn=140, name="b")))
    await found.position()
    with pytest.raises(Elsewhere):
        await found.position()


@pytest.mark.parametrize("timeline", [1, 2])
async def test_one_that_leads_now_has_what_was_confirmed(timeline: int) -> None:
    found = confirmed(away(place(follows=False)), Answers(place(follows=False, timeline=timeline, lsn=110)))
    await found.position()
    assert await found.position() == Position(timeline, 110)


async def test_one_that_led_before_does_not_have_it() -> None:
    found = confirmed(away(place(follows=False, timeline=2)), Answers(place(follows=False, lsn=210)))
    await found.position()
    with pytest.raises(Elsewhere):
        await found.position()


async def test_without_a_quorum_standbys_are_believed_only_if_the_leader_is_away() -> None:
    found = confirmed(away(place(follows=False)), Answers(place(lsn=120)))
    await found.position()
    assert await found.position() == Position(1, 120)
    # A connection that is being renewed says nothing of the leader, which may have confirmed more.
    found._is_away = lambda: False
    with pytest.raises(Elsewhere):
        await found.position()


async def test_without_a_quorum_one_that_lacks_what_the_leader_last_said_is_not_believed() -> None:
    found = confirmed(away(place(follows=False, lsn=130)), Answers(place(lsn=120)))
    await found.position()
    with pytest.raises(Elsewhere):
        await found.position()


@pytest.mark.parametrize(
    ("watched", "reads_from", "state"),
    [
        (OURS, OURS, states.FOLLOWS),
        (FOREIGN, FOREIGN, states.FOREIGN),
        (RESTARTED, OURS, states.SEVERAL),
        (OURS, RESTARTED, states.SEVERAL),
    ],
)
async def test_a_standby_is_read_where_both_connections_lead_to_it(
    watched: Server, reads_from: Server, state: str
) -> None:
    found = confirmed(Answers(place(follows=False)), Answers(place(), server=watched))
    found._standbys[0]._server = reads_from
    await found.look_around()
    assert found._standbys[0].state == state
    if state == states.FOLLOWS:
        await found._standbys[0].reach(Position(1, 100), OURS.database)
        return
    with pytest.raises(Behind):
        await found._standbys[0].reach(Position(1, 100), OURS.database)


@pytest.mark.parametrize("there", [Position(1, 101), Position(2, 1), Position(0, 1)])
async def test_another_timeline_or_less_is_behind(there: Position) -> None:
    with pytest.raises(Behind):
        await a_standby(Answers(place())).reach(there, OURS.database)


async def test_a_server_is_asked_only_where_it_is() -> None:
    watching, reading = Link(place(), None), Link(place(), None)
    standby = a_standby(watched(watching), RESTARTED)
    standby._use = lambda: None
    standby._take(cast("Any", reading))
    await standby.reach(Position(1, 100), OURS.database)
    assert (watching.asked, reading.asked) == (1, 0)


@pytest.mark.parametrize(
    ("server", "seconds", "is_known"),
    [(OURS, 4.9, True), (OURS, 5.1, False), (RESTARTED, 0.0, False), (FOREIGN, 0.0, False)],
)
async def test_a_standby_is_still_where_it_was_over_another_connection(
    server: Server, seconds: float, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It receives nothing while there's no leader, and is asked anew after an answer that took too long."""
    now = [100.0]
    monkeypatch.setattr(asking, "monotonic", lambda: now[0])
    link = Link(place(timeline=3, lsn=100, name="a"), None)
    found = watched(link)
    await found.ask()
    found._replace(cast("Any", link))
    assert (found.server, found.place, found.replayed) == (None, None, NOWHERE)
    alone = Place(follows=True, timeline=None, replayed=120, received=120, name=None, waits_for="", snapshot="1:1:")
    found._take(cast("Any", Link(alone, None, server)))
    now[0] += seconds
    await found.ask()
    assert (found.called, found.replayed) == (("a", Position(3, 120)) if is_known else ("", NOWHERE))
