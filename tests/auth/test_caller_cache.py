"""The cache of callers: which ones it keeps, and when it forgets them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from api.auth import caller_cache
from api.auth.caller_cache import CallerCache
from api.auth.schemas import Caller
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from tests.accounts import Accounts
from tests.database.proxy import Proxy

DIGEST = b"d" * 32


async def nobody(digests: list[bytes]) -> list[Caller | None]:
    return [None for _ in digests]


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
    return cache.remembered(digest, nobody) or await cache.looked_up(digest, look_up)


def keeper(connect: Callable[[], Awaitable[Connection]]) -> Keeper:
    return Keeper("callers", connect, GivenUp(connect))


@pytest.fixture
async def cache(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CallerCache]:
    """A cache that listens, forgets nobody by itself, and doesn't take its connection for dead if that is slow."""
    monkeypatch.setattr(caller_cache, "LIFETIME", 600.0)
    monkeypatch.setattr(caller_cache, "HEARTBEAT", 600.0)
    made = CallerCache()
    async with made.listening(keeper(lambda: connect(dsn))):
        async with asyncio.timeout(30):
            while not made._listening:
                await asyncio.sleep(0.01)
        yield made


async def test_other_channels_are_heard_on_the_same_connection(dsn: str, database: Connection) -> None:
    heard = asyncio.Semaphore(0)
    async with CallerCache().listening(keeper(lambda: connect(dsn)), {"tested": heard.release}), asyncio.timeout(30):
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
    deaf, look_up = CallerCache(), LookUp(caller(-1))
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

    made = CallerCache()
    async with made.listening(keeper(recorded)), asyncio.timeout(60):
        for count in (1, 2):
            while len(opened) < count or not made._listening:
                await asyncio.sleep(0.005)
            await find(made, look_up)
            asked = look_up.asked
            await database.execute("select pg_terminate_backend($1)", opened[-1])
            while look_up.asked == asked:
                await asyncio.sleep(0.005)
                await find(made, look_up)


async def test_a_connection_that_falls_silent_counts_no_more(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_cache, "HEARTBEAT", 0.1)
    look_up, made = LookUp(caller(-1)), CallerCache()
    async with Proxy(dsn) as proxy, asyncio.timeout(60), made.listening(keeper(lambda: connect(proxy.dsn))):
        while not made._listening:
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
        while not made._listening:
            await asyncio.sleep(0.005)


@pytest.fixture
def stale(cache: CallerCache, monkeypatch: pytest.MonkeyPatch) -> CallerCache:
    """A cache in which callers are looked up ahead from the first request on."""
    monkeypatch.setattr(caller_cache, "FRESH", (0.0, 0.0))
    monkeypatch.setattr(caller_cache, "GATHERING", 0.001)
    return cache


async def test_who_goes_on_asking_is_looked_up_before_they_are_forgotten(stale: CallerCache) -> None:
    before, after = caller(-1), caller(-1, seconds_left=30.0)
    asked: list[list[bytes]] = []
    may_answer = asyncio.Event()

    async def look_ahead(digests: list[bytes]) -> list[Caller | None]:
        asked.append(digests)
        await may_answer.wait()
        return [after]

    await find(stale, LookUp(before))
    async with asyncio.timeout(30):
        while not asked:
            assert stale.remembered(DIGEST, look_ahead) == before
            await asyncio.sleep(0.001)
        # Nobody waits for it, and it's done once.
        assert [stale.remembered(DIGEST, look_ahead) for _ in range(3)] == [before] * 3
        may_answer.set()
        while stale.remembered(DIGEST, nobody) != after:
            await asyncio.sleep(0.001)
    assert asked == [[DIGEST]]


async def test_callers_are_looked_up_together(stale: CallerCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_cache, "TOGETHER", 2)
    asked: list[list[bytes]] = []

    async def look_ahead(digests: list[bytes]) -> list[Caller | None]:
        asked.append(digests)
        return [caller(-1) for _ in digests]

    digests = [bytes([number]) for number in range(5)]
    for digest in digests:
        await stale.looked_up(digest, lambda _: LookUp(caller(-1))(DIGEST))
    monkeypatch.setattr(caller_cache, "FRESH", (1.0, 1.0))
    for digest in digests:
        assert stale.remembered(digest, look_ahead) == caller(-1)
    async with asyncio.timeout(30):
        while len(asked) < 3:
            await asyncio.sleep(0.001)
    assert asked == [digests[:2], digests[2:4], digests[4:]]
    # They are fresh now.
    assert [stale.remembered(digest, look_ahead) for digest in digests] == [caller(-1)] * 5
    assert stale._due == []


async def failing(_: list[bytes]) -> list[Caller | None]:
    raise ConnectionError("the database is away")


@pytest.mark.parametrize("look_ahead", [failing, nobody])
async def test_who_is_not_found_ahead_is_remembered_to_the_end(
    stale: CallerCache, look_ahead: caller_cache.LookAhead
) -> None:
    look_up = LookUp(caller(-1, seconds_left=0.2))
    await find(stale, look_up)
    assert stale.remembered(DIGEST, look_ahead) == look_up.caller
    async with asyncio.timeout(30):
        while stale._looking is not None:
            await asyncio.sleep(0.001)
        while stale.remembered(DIGEST, look_ahead) is not None:
            await asyncio.sleep(0.001)
    await find(stale, look_up)
    assert look_up.asked == 2


async def test_a_caller_that_changes_while_looked_up_ahead_is_forgotten(stale: CallerCache) -> None:
    async def ends_meanwhile(_: list[bytes]) -> list[Caller | None]:
        stale.forget(-1)
        return [caller(-1)]

    await find(stale, LookUp(caller(-1)))
    stale.remembered(DIGEST, ends_meanwhile)
    async with asyncio.timeout(30):
        while stale._looking is not None:
            await asyncio.sleep(0.001)
    assert stale.remembered(DIGEST, nobody) is None


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
