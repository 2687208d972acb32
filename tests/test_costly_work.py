"""A rest lasts until the event loop is on time again."""

import asyncio
import time

import pytest

from api import costly_work
from api.costly_work import call_after_rest


async def rested(seconds: float) -> float:
    """Seconds until a rest has ended."""
    begun = time.monotonic()
    ended = asyncio.Event()
    call_after_rest(seconds, ended.set)
    await ended.wait()
    return time.monotonic() - begun


async def keep_busy() -> None:
    """Hold up the loop for longer than a timer may be late, again and again."""
    while True:
        time.sleep(10 * costly_work.LATE)  # noqa: ASYNC251
        await asyncio.sleep(0)


async def test_a_rest_ends_on_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # However slow the machine is.
    monkeypatch.setattr(costly_work, "LATE", 10.0)
    monkeypatch.setattr(costly_work, "LOOK", 60.0)
    assert 0.02 <= await rested(0.02) < 10


async def test_a_rest_lasts_while_the_loop_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costly_work, "LONGEST", 60.0)
    resting = asyncio.create_task(rested(0.0))
    busy = asyncio.create_task(keep_busy())
    await asyncio.sleep(0.3)
    assert not resting.done()
    busy.cancel()
    assert await resting >= 0.3


async def test_a_rest_has_an_end() -> None:
    busy = asyncio.create_task(keep_busy())
    assert await rested(0.0) >= costly_work.LONGEST
    busy.cancel()
