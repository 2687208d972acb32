"""How many calls may wait for a connection, and for how long."""

import asyncio

import pytest

from api.database import call_queue
from api.database.batching import Batcher
from api.database.statements.files import Statement
from tests.database.merged_counters import occupy, outcome


async def test_past_the_bound_calls_are_refused_at_once(
    batcher: Batcher, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_queue, "MAX_WAITING", 10)
    busy = await occupy(batcher, statements, 0.1)
    results = await asyncio.gather(
        *[outcome(batcher.fetch(statements["read"], [1])) for _ in range(15)], return_exceptions=True
    )
    assert [type(result) for result in results] == [tuple] * 10 + [TimeoutError] * 5
    await busy


async def test_thousands_may_wait(
    batcher: Batcher, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that it also passes on a slow machine.
    monkeypatch.setattr(call_queue, "DEADLINE", 60.0)
    results = await asyncio.gather(*[outcome(batcher.fetch(statements["read"], [1])) for _ in range(10_000)])
    assert set(results) == {("rows",)}


async def test_past_the_deadline_calls_are_refused(
    batcher: Batcher, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_queue, "DEADLINE", 0.1)
    busy = await occupy(batcher, statements, 1.0)
    with pytest.raises(TimeoutError):
        await batcher.fetch(statements["read"], [1])
    assert not busy.done()
    assert await busy == ("rows", (1,))
    assert await outcome(batcher.fetch(statements["read"], [1])) == ("rows",)
