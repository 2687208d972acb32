"""Shares of owners: how many calls they have under way, whose turn it is, and what happens to the costly ones."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg
import pytest

from api.database import shares, turns
from api.database.call_queue import MAX_BATCH, CallQueue
from api.database.pool import open_pool
from api.database.shares import MOST_UNDER_WAY, ShareExceeded, Shares, owner_getter
from api.database.statements.files import Statement
from api.database.turns import MOST_AT_ONCE, Turns
from tests.database.merged_counters import TABLE, outcome

ATTACKERS = range(1, 9)
HONEST = 100


def test_the_owner_is_what_a_statement_binds() -> None:
    assert owner_getter(("id", "parent_profile_id", "patch"))([5, 7, {}]) == 7
    assert owner_getter(("user_id", "step"))([7, 1]) == -7
    assert owner_getter(("token_digest",))([b""]) is None


def test_an_owner_has_a_bounded_number_under_way() -> None:
    held = Shares()
    assert [held.enter(1) for _ in range(MOST_UNDER_WAY)] == [*range(MOST_UNDER_WAY)]
    with pytest.raises(ShareExceeded):
        held.enter(1)
    assert held.enter(2) == 0
    held.leave(1)
    assert held.enter(1) == MOST_UNDER_WAY - 1


async def test_what_an_owner_took_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Shares()
    held.charge(1, 10.0)
    held.charge(2, shares.BURST / 2)
    assert (held.is_costly(1), held.is_costly(2), held.is_costly(3)) == (True, False, False)
    monkeypatch.setattr(held, "_rate", 1000.0)
    await asyncio.sleep(0.01)
    assert not held.is_costly(1)


async def test_a_merged_execution_is_charged_to_whose_rows_were_large() -> None:
    held = Shares()
    large: Any = [["x" * 7_000_000]]
    small: Any = [["x" * 100]]
    assert held.charge_by_size([1, 2, 3, None], [small, large, small, []], 0.5) > 7_000_000
    assert [held.is_costly(owner) for owner in (1, 2, 3)] == [False, True, False]
    # Small rows that took long waited for something else, such as the disk.
    for _ in range(10):
        held.charge_by_size([1], [small], 2.0)
    assert not held.is_costly(1)


async def test_the_first_call_of_an_owner_goes_before_the_second_one_of_any(statements: dict[str, Statement]) -> None:
    queue = CallQueue()
    for turn in range(MOST_UNDER_WAY):
        for owner in ATTACKERS:
            queue.add(statements["read"], [owner], owner, turn)
    for turn in range(20):
        queue.add(statements["read"], [HONEST], HONEST, turn)
    _, first = queue.take()
    assert len(first) == MAX_BATCH
    owners = [call.owner or 0 for call in first]
    # As many of one as of another, in the order of their turns.
    assert {owner: owners.count(owner) for owner in (*ATTACKERS, HONEST)}[HONEST] >= MAX_BATCH // 9
    assert sorted(owners[:9]) == [*ATTACKERS, HONEST]
    queue.refuse_all(ConnectionError())


async def test_calls_with_large_rows_are_merged_less(statements: dict[str, Statement]) -> None:
    queue = CallQueue()
    for owner in range(64):
        queue.add(statements["read"], [owner], owner)
    queue.adapt(statements["read"], 1, 7_000_000)
    assert len(queue.take()[1]) == 1
    queue.adapt(statements["read"], 1, 200_000)
    assert len(queue.take()[1]) == 5
    queue.adapt(statements["read"], 5, 1000)
    assert len(queue.take()[1]) == 58


class Served:
    """Callers of places, in the order in which they were served."""

    def __init__(self, places: int) -> None:
        self.shares = Shares()
        self.turns = Turns(places, self.shares)
        self.order: list[int] = []
        self.now: list[int] = []
        self.most: dict[int, int] = {}

    async def call(self, owner: int, turn: int) -> None:
        place = await self.turns.take(owner, turn)
        self.order.append(owner)
        self.now.append(owner)
        self.most[owner] = max(self.most.get(owner, 0), self.now.count(owner))
        await asyncio.sleep(0.001)
        self.now.remove(owner)
        self.turns.give_back(place)


async def together(*calls: Coroutine[Any, Any, None]) -> None:
    await asyncio.gather(*[asyncio.ensure_future(call) for call in calls])


async def test_owners_take_turns_at_single_connections() -> None:
    served = Served(4)
    await together(
        *(served.call(owner, turn) for turn in range(10) for owner in ATTACKERS),
        *(served.call(HONEST, turn) for turn in range(3)),
    )
    places = [place for place, owner in enumerate(served.order) if owner == HONEST]
    # Behind the four that were served at once, and one of each owner a turn.
    assert [place < 4 + 9 * (turn + 1) for turn, place in enumerate(places)] == [True] * 3
    assert max(served.most.values()) <= MOST_AT_ONCE


async def test_costly_owners_have_one_place_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "REST", 0.0)
    served = Served(4)
    for owner in ATTACKERS:
        served.shares.charge(owner, 1.0)
    served.shares.charge(HONEST + 1, shares.BURST + 0.01)
    together_now: list[int] = []

    async def watch() -> None:
        for _ in range(30):
            together_now.append(sum(owner in ATTACKERS for owner in served.now))
            await asyncio.sleep(0.001)

    await together(
        *(served.call(owner, turn) for turn in range(2) for owner in ATTACKERS),
        served.call(HONEST + 1, 0),
        *(served.call(HONEST, turn) for turn in range(4)),
        watch(),
    )
    assert max(together_now) == 1
    # The others go first, and of the costly ones that which took least.
    assert served.order[1 : 1 + MOST_AT_ONCE] == [HONEST] * MOST_AT_ONCE
    assert served.order.index(HONEST + 1) < 8
    assert len(served.order) == 2 * 8 + 1 + 4


async def test_a_caller_that_gives_up_leaves_its_place() -> None:
    served = Served(1)
    place = await served.turns.take(1, 0)
    waiting = [asyncio.create_task(served.turns.take(2, 0)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    served.turns.give_back(place)
    # It has a place already when it's cancelled.
    waiting[1].cancel()
    given = await waiting[2]
    served.turns.give_back(given)
    served.turns.give_back(await served.turns.take(3, 0))


async def test_a_costly_call_is_refused_in_its_owners_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "DEADLINE", 0.01)
    served = Served(4)
    served.shares.charge(1, 1.0)
    place = await served.turns.take(1, 0)
    with pytest.raises(ShareExceeded):
        await served.turns.take(1, 1)
    served.turns.give_back(place)
    # Its place rests for as long as it took, the others don't.
    served.turns.give_back(await served.turns.take(2, 0))


async def test_calls_of_a_costly_owner_are_not_merged_with_others(dsn: str, statements: dict[str, Statement]) -> None:
    table = await asyncpg.connect(dsn)
    await table.execute(TABLE)
    await table.execute("insert into merged_counters values (1, 1), (2, 2)")
    try:
        async with open_pool(dsn, [statements["raise"], statements["linger"]]) as pool:
            pool._shares.charge(7, 1.0)
            busy = asyncio.create_task(pool.fetch(statements["linger"], [3], 8))
            await asyncio.sleep(0.05)
            assert await outcome(pool.fetch(statements["raise"], [1, 5], 7)) == ("rows", (1, 6))
            assert not busy.done()
            await busy
    finally:
        await table.execute("drop table merged_counters")
        await table.close()


async def test_a_second_call_comes_to_its_turn_before_first_calls_that_came_much_later(
    statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = CallQueue()
    second = queue.add(statements["read"], [HONEST], HONEST, 1)
    monkeypatch.setattr(queue._loop, "time", lambda: second.since + shares.LATER / 2, raising=False)
    sooner = [queue.add(statements["read"], [owner], owner) for owner in range(MAX_BATCH)]
    _, first = queue.take()
    assert first == sooner
    monkeypatch.setattr(queue._loop, "time", lambda: second.since + shares.LATER * 1.5, raising=False)
    for owner in range(MAX_BATCH):
        queue.add(statements["read"], [owner], owner)
    _, calls = queue.take()
    assert calls[0] is second
    queue.refuse_all(ConnectionError())
