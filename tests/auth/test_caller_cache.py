"""The cache of callers: which ones it keeps, and when it forgets them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest

from api.auth import caller_cache, caller_changes
from api.auth.caller import _look_ahead
from api.auth.caller_cache import CallerCache
from api.auth.caller_changes import listening
from api.auth.schemas import Caller
from api.auth.tokens import token_digest
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from api.problems.problem import Problem
from api.problems.types import DATABASE_UNAVAILABLE
from tests.accounts import Accounts
from tests.auth.test_rolling_sessions import DAY, HOUR, age, seconds_left
from tests.database.proxy import Proxy
from tests.waiting import until_so

DIGEST = b"d" * 32


async def nobody(_: bytes) -> None:
    """Find no caller."""


class LookUp:
    """A replacement for get_caller that counts its calls."""

    def __init__(self, caller: Caller | None) -> None:
        self.caller = caller
        self.asked = 0

    async def __call__(self, digest: bytes) -> Caller | None:
        assert digest == DIGEST
        self.asked += 1
        return self.caller


def caller(user_id: int, *, parent_profile_id: int = 1, seconds_left: float = 60.0) -> Caller:
    return Caller(user_id, 1, parent_profile_id, "nl", seconds_left)


async def find(cache: CallerCache, look_up: caller_cache.LookUp, digest: bytes = DIGEST) -> Caller | None:
    """Caller as a request finds them."""
    return cache.remembered(digest) or await cache.looked_up(digest, look_up)


def keeper(connect: Callable[[], Awaitable[Connection]]) -> Keeper:
    return Keeper("callers", connect, GivenUp(connect))


@pytest.fixture
async def cache(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CallerCache]:
    """A cache that listens, forgets nobody by itself, and doesn't take its connection for dead if that is slow."""
    monkeypatch.setattr(caller_cache, "LIFETIME", 600.0)
    monkeypatch.setattr(caller_changes, "HEARTBEAT", 600.0)
    made = CallerCache(nobody)
    async with listening(made, keeper(lambda: connect(dsn))):
        async with asyncio.timeout(30):
            while not made._is_told:
                await asyncio.sleep(0.01)
        yield made


async def test_other_channels_are_heard_on_the_same_connection(dsn: str, database: Connection) -> None:
    heard = asyncio.Semaphore(0)
    async with (
        listening(CallerCache(nobody), keeper(lambda: connect(dsn)), {"tested": heard.release}),
        asyncio.timeout(30),
    ):
        # Once it listens, as it may have missed something.
        await heard.acquire()
        await database.execute("notify tested")
        await heard.acquire()


async def test_a_caller_is_looked_up_once(cache: CallerCache) -> None:
    look_up = LookUp(caller(-1))
    assert [await find(cache, look_up) for _ in range(3)] == [look_up.caller] * 3
    assert look_up.asked == 1


@pytest.mark.parametrize("found", [None, caller(-1, parent_profile_id=-1), caller(-1, seconds_left=0.0)])
async def test_callers_that_are_never_cached(cache: CallerCache, found: Caller | None) -> None:
    look_up = LookUp(found)
    await find(cache, look_up)
    assert await find(cache, look_up) == found
    assert look_up.asked == 2


async def test_nobody_is_cached_without_listening() -> None:
    deaf, look_up = CallerCache(nobody), LookUp(caller(-1))
    await find(deaf, look_up)
    await find(deaf, look_up)
    assert look_up.asked == 2


async def test_a_changed_caller_is_forgotten(cache: CallerCache, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    look_up = LookUp(caller(parent.user_id))
    for change in (
        "update parent_profiles set preferred_language = 'en' where user_id = $1",
        "update sessions set expires_at = expires_at + interval '1 day' where user_id = $1",
        "delete from sessions where user_id = $1",
        "delete from parent_profiles where user_id = $1",
    ):
        await find(cache, look_up)
        asked = look_up.asked
        await database.execute(change, parent.user_id)
        async with asyncio.timeout(30):
            while look_up.asked == asked:
                await asyncio.sleep(0.005)
                await find(cache, look_up)


async def test_a_caller_that_changes_during_the_look_up_is_not_cached(cache: CallerCache) -> None:
    look_up = LookUp(caller(-1))

    async def ends_meanwhile(digest: bytes) -> Caller | None:
        found = await look_up(digest)
        cache.forget(-1)
        return found

    await find(cache, ends_meanwhile)
    await find(cache, look_up)
    assert look_up.asked == 2


async def test_a_lost_connection_clears_the_cache_and_is_replaced(
    dsn: str, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_cache, "LIFETIME", 600.0)
    look_up = LookUp(caller(-1))
    opened: list[int] = []

    async def recorded() -> Connection:
        connection = await connect(dsn)
        opened.append(connection.get_server_pid())
        return connection

    made = CallerCache(nobody)
    async with listening(made, keeper(recorded)), asyncio.timeout(60):
        for count in (1, 2):
            while len(opened) < count or not made._is_told:
                await asyncio.sleep(0.005)
            await find(made, look_up)
            asked = look_up.asked
            await database.execute("select pg_terminate_backend($1)", opened[-1])
            while look_up.asked == asked:
                await asyncio.sleep(0.005)
                await find(made, look_up)


async def test_a_connection_that_falls_silent_counts_no_more(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_changes, "HEARTBEAT", 0.1)
    look_up, made = LookUp(caller(-1)), CallerCache(nobody)
    async with Proxy(dsn) as proxy, asyncio.timeout(60), listening(made, keeper(lambda: connect(proxy.dsn))):
        while not made._is_told:
            await asyncio.sleep(0.005)
        for _ in range(2):
            await find(made, look_up)
        assert look_up.asked == 1
        # It stays open, and nothing more comes.
        proxy.go_silent()
        while look_up.asked == 1:
            await find(made, look_up)
            await asyncio.sleep(0.005)
        # Another one is opened, which is heard.
        while not made._is_told:
            await asyncio.sleep(0.005)


class Stale(NamedTuple):
    """A cache in which callers are looked up ahead from the first request on."""

    cache: CallerCache

    async def find(self, *users: int, ahead: caller_cache.LookUp) -> None:
        """Look up callers, whose digest is their number, and ask for each again, so that all are looked up ahead."""

        async def found(digest: bytes) -> Caller:
            return caller(digest[0])

        for user in users:
            await self.cache.looked_up(bytes([user]), found)
        self.cache._look_up_ahead = ahead
        assert self.remembered(*users) == list(users)

    def remembered(self, *users: int) -> list[int]:
        found = [self.cache.remembered(bytes([user])) for user in users]
        return [each.user_id for each in found if each is not None]

    async def looked_ahead(self) -> None:
        await until_so(lambda: self.cache._looking_ahead is not None and self.cache._looking_ahead.done())
        assert self.cache._due == {}


@pytest.fixture
def stale(cache: CallerCache, monkeypatch: pytest.MonkeyPatch) -> Stale:
    monkeypatch.setattr(caller_cache, "FRESH", (0.0, 0.0))
    monkeypatch.setattr(caller_cache, "GATHERING", 0.001)
    return Stale(cache)


async def test_who_goes_on_asking_is_looked_up_before_they_are_forgotten(
    stale: Stale, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = caller(1, seconds_left=30.0)
    asked: list[bytes] = []
    may_answer = asyncio.Event()

    async def ahead(digest: bytes) -> Caller:
        asked.append(digest)
        await may_answer.wait()
        return found

    await stale.find(1, ahead=ahead)
    await until_so(lambda: asked)
    # Nobody waits for it, and it's done once.
    assert [stale.cache.remembered(b"\1") for _ in range(3)] == [caller(1)] * 3
    monkeypatch.setattr(caller_cache, "FRESH", (1.0, 1.0))
    may_answer.set()
    await stale.looked_ahead()
    assert stale.cache.remembered(b"\1") == found
    assert asked == [b"\1"]


async def test_only_some_callers_are_looked_up_ahead_at_once(stale: Stale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_cache, "TOGETHER", 2)
    asked: list[int] = []
    under_way = most = 0

    async def ahead(digest: bytes) -> Caller:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        asked.append(digest[0])
        return caller(digest[0])

    await stale.find(*range(5), ahead=ahead)
    monkeypatch.setattr(caller_cache, "FRESH", (1.0, 1.0))
    await stale.looked_ahead()
    assert (asked, most) == ([0, 1, 2, 3, 4], 2)
    # They are fresh now.
    assert stale.remembered(*range(5)) == [0, 1, 2, 3, 4]
    assert stale.cache._due == {}


async def test_a_caller_who_cannot_be_looked_up_ahead_is_remembered_to_the_end(
    stale: Stale, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(_: bytes) -> Caller:
        raise Problem(DATABASE_UNAVAILABLE)

    async def broken(_: bytes) -> Caller:
        raise LookupError("secret")

    await stale.find(1, ahead=away)
    await stale.looked_ahead()
    assert caplog.messages == []
    await stale.find(2, ahead=broken)
    await stale.looked_ahead()
    assert caplog.messages == ["a caller isn't looked up ahead: LookupError"]
    assert stale.remembered(1, 2) == [1, 2]


async def test_a_caller_whose_session_is_gone_is_forgotten(stale: Stale) -> None:
    await stale.find(1, 2, ahead=nobody)
    await stale.looked_ahead()
    assert stale.remembered(1, 2) == []
    assert stale.cache._digests == {}


async def test_who_changes_while_looked_up_ahead_is_forgotten_and_nobody_else(stale: Stale) -> None:
    async def ahead(digest: bytes) -> Caller:
        await asyncio.sleep(0)
        stale.cache.forget(2)
        return caller(digest[0])

    await stale.find(1, 2, 3, ahead=ahead)
    await stale.looked_ahead()
    assert stale.remembered(1, 2, 3) == [1, 3]


async def test_who_is_looked_up_ahead_while_it_stops_listening_is_forgotten(stale: Stale) -> None:
    async def ahead(digest: bytes) -> Caller:
        await asyncio.sleep(0)
        stale.cache.stop()
        return caller(digest[0])

    await stale.find(1, 2, ahead=ahead)
    await stale.looked_ahead()
    assert stale.remembered(1, 2) == []


async def test_a_caller_who_was_asked_for_before_it_listened_is_not_cached(dsn: str) -> None:
    made = CallerCache(nobody)
    may_answer = asyncio.Event()

    async def slow(_: bytes) -> Caller:
        await may_answer.wait()
        return caller(-1)

    looking = asyncio.create_task(made.looked_up(DIGEST, slow))
    await asyncio.sleep(0)
    async with listening(made, keeper(lambda: connect(dsn))), asyncio.timeout(30):
        while not made._is_told:
            await asyncio.sleep(0.005)
        may_answer.set()
        assert await looking == caller(-1)
        assert made.remembered(DIGEST) is None


async def test_who_is_forgotten_or_comes_to_an_end_before_is_not_looked_up_ahead(
    stale: Stale, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def ahead(digest: bytes) -> Caller:
        asked.append(digest[0])
        return caller(digest[0])

    monkeypatch.setattr(caller_cache, "GATHERING", 0.8)
    await stale.cache.looked_up(b"\0", lambda _: LookUp(caller(0, seconds_left=0.5))(DIGEST))
    assert stale.remembered(0) == [0]
    await stale.find(1, 2, ahead=ahead)
    stale.cache.forget(1)
    await stale.looked_ahead()
    assert asked == [2]


async def test_a_session_that_is_due_is_not_renewed_ahead(pool: None, accounts: Accounts, database: Connection) -> None:
    """The answers that would tell its browser were sent before."""
    parent = await accounts.parent()
    digest = token_digest(parent.token)
    assert digest is not None
    found = await _look_ahead(digest)
    assert found is not None
    assert found.user_id == parent.user_id
    await age(database, parent.token, DAY - HOUR)
    before = await seconds_left(database, parent.token)
    assert await _look_ahead(digest) is None
    assert await _look_ahead(b"nobody's") is None
    assert await seconds_left(database, parent.token) == pytest.approx(before, abs=60)


async def test_callers_who_came_together_are_not_looked_up_together(cache: CallerCache) -> None:
    for number in range(100):
        await cache.looked_up(bytes([number]), lambda _: LookUp(caller(-1))(DIGEST))
    lives = [(fresh - end + 60.0) / 60.0 for _, fresh, end in cache._callers.values()]
    assert 0.49 < min(lives) < 0.6
    assert 0.8 < max(lives) < 0.91


async def test_capacity(cache: CallerCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_cache, "CAPACITY", 2)
    asked: list[bytes] = []

    async def look_up(digest: bytes) -> Caller | None:
        asked.append(digest)
        return caller(int.from_bytes(digest))

    for digest in (b"\1", b"\2", b"\3", b"\3", b"\2", b"\1"):
        await find(cache, look_up, digest)
    assert asked == [b"\1", b"\2", b"\3", b"\1"]
