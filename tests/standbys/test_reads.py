"""Calls on a standby get its rows, or go on to the leader: none waits for long, or forever."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest

from api.child_profiles.queries import sql
from api.database.shares import Shares
from api.database.standbys import reads
from api.database.standbys.confirmed import Elsewhere
from api.database.standbys.reads import StandbyReads

STATEMENT = cast("Any", sql.get_child_profile).statement
ROW = (1, "row")


class One:
    """A standby that is there, and does what it's told with an execution."""

    name = "one"
    usable = True
    busy = False
    cost = 0.0

    def __init__(self, execute: Callable[[], Any]) -> None:
        self._execute = execute
        self.rested = 0

    async def reach(self, *_: object) -> None:
        pass

    async def execute(self, *_: object) -> object:
        return await self._execute()

    def rest(self) -> None:
        self.rested += 1

    async def close(self) -> None:
        pass


@pytest.fixture
def of_one(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], tuple[StandbyReads, One]]:
    async def nothing() -> None:
        pass

    def made(execute: Callable[[], Any]) -> tuple[StandbyReads, One]:
        one = One(execute)
        confirmed = SimpleNamespace(position=nothing, database="", close=nothing)
        found = StandbyReads(cast("Any", confirmed), cast("Any", [one]), Shares())
        found._loop = asyncio.get_running_loop()
        found._tending = found._loop.create_task(nothing())
        return found, one

    return made


Made = Callable[[Callable[[], Any]], tuple[StandbyReads, One]]


def fetch(found: StandbyReads) -> asyncio.Task[list[Any]]:
    return asyncio.create_task(found.fetch(STATEMENT, (1, 1), 1, 0))


async def test_executions_are_finished_when_reads_are_closed(of_one: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def until_told() -> list[object]:
        begun.set()
        await may_end.wait()
        return [ROW]

    monkeypatch.setattr(reads, "PATIENCE", 60.0)
    found, _ = of_one(until_told)
    first = fetch(found)
    await begun.wait()
    waiting = fetch(found)
    await asyncio.sleep(0)
    closing = asyncio.create_task(found.close())
    with pytest.raises(Elsewhere):
        await asyncio.wait_for(waiting, 10)
    assert not closing.done()
    may_end.set()
    await asyncio.wait_for(closing, 10)
    assert await asyncio.wait_for(first, 10) == [ROW]
    with pytest.raises(Elsewhere):
        await found.fetch(STATEMENT, (1, 1), 1, 0)


async def test_who_waits_too_long_goes_on_to_the_leader(of_one: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(reads, "PATIENCE", 0.3)
    found, one = of_one(forever)
    taken = fetch(found)
    await begun.wait()
    # Before the patience with the first one ends, nothing here waits for the clock.
    waiting = fetch(found)
    await asyncio.sleep(0)
    found._queue.refuse_all(TimeoutError("no connection came free in time"))
    for call in (taken, waiting):
        with pytest.raises(Elsewhere):
            await asyncio.wait_for(call, 10)
    assert one.rested == 1


@pytest.mark.parametrize(
    ("error", "rested"),
    [
        (asyncpg.SerializationError("conflict with recovery"), 1),
        (ConnectionResetError(), 1),
        (asyncpg.DataError("a value of the client"), 0),
        (ValueError("a value that asyncpg refuses"), 0),
    ],
)
async def test_a_standby_rests_after_its_own_errors(of_one: Made, error: Exception, rested: int) -> None:
    async def fail() -> None:
        raise error

    found, one = of_one(fail)
    with pytest.raises(Elsewhere):
        await asyncio.wait_for(fetch(found), 10)
    assert one.rested == rested


async def test_a_caller_who_gave_up_costs_no_other_its_answer(of_one: Made) -> None:
    begun = asyncio.Event()

    async def slowly() -> list[object]:
        begun.set()
        await asyncio.sleep(0.02)
        return [ROW]

    found, one = of_one(slowly)
    gone, waiting = fetch(found), None
    await begun.wait()
    waiting, another = fetch(found), fetch(found)
    await asyncio.sleep(0)
    gone.cancel()
    another.cancel()
    assert await asyncio.wait_for(waiting, 10) == [ROW]
    assert not one.busy
    assert not found._queue
