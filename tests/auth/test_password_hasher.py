"""Passwords hashed off the event loop, in threads that give way to it."""

import asyncio
import os
import sys
from threading import get_native_id

import pytest

from api.auth.networks import networks_of
from api.auth.passwords import NICENESS, PasswordHasher, Verification, password_hasher
from api.problems.problem import Problem


async def test_hashing_does_not_block_the_event_loop() -> None:
    for work in (password_hasher.hash("correct horse"), password_hasher.verify("wrong horse", None)):
        task = asyncio.ensure_future(work)
        turns = 0
        while not task.done():
            await asyncio.sleep(0)
            turns += 1
        assert task.result() is not None
        assert turns > 10


async def test_a_hash_made_in_a_thread_verifies_in_one() -> None:
    stored = await password_hasher.hash("correct horse")
    assert await password_hasher.verify("correct horse", stored) == Verification(matches=True)
    assert await password_hasher.verify("wrong horse", stored) == Verification(matches=False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
async def test_threads_that_hash_give_way_to_the_event_loop() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, get_native_id())

    own = niceness()
    assert await password_hasher._run(niceness) == min(own + NICENESS, 19)
    assert niceness() == own


async def test_networks_of_one_hand_cannot_take_all_places() -> None:
    hasher = PasswordHasher(turns=1, waiting=3)
    ended, outcomes = asyncio.Event(), []

    async def call(address: str) -> None:
        try:
            async with hasher.turn(networks_of(address)):
                await ended.wait()
            outcomes.append((address, "done"))
        except Problem as problem:
            outcomes.append((address, problem.type.code))

    tasks = []
    for address in [f"2001:db8:1:{number:x}00::1" for number in range(4)] + ["198.51.100.1"]:
        tasks.append(asyncio.create_task(call(address)))
        await asyncio.sleep(0)
    ended.set()
    await asyncio.gather(*tasks)
    assert ("198.51.100.1", "done") in outcomes
    assert [address for address, outcome in outcomes if outcome == "too_busy"] == ["2001:db8:1:300::1"]
