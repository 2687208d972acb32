"""Passwords hashed off the event loop, behind a bounded queue."""

import asyncio
import threading

import pytest

from api.auth.passwords import PasswordHasher, PasswordsBusy, Verification, password_hasher


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


async def test_a_full_queue_refuses_at_once_and_serves_those_in_it() -> None:
    hasher, release = PasswordHasher(threads=1, queue_length=2), threading.Event()
    accepted = [asyncio.create_task(hasher._run(release.wait, 10)) for _ in range(3)]
    await asyncio.sleep(0)
    try:
        with pytest.raises(PasswordsBusy):
            await hasher.hash("correct horse")
        with pytest.raises(PasswordsBusy):
            await hasher.verify("correct horse", None)
    finally:
        release.set()
    assert await asyncio.gather(*accepted) == [True, True, True]
    assert await hasher.hash("correct horse")


async def test_a_cancelled_call_leaves_the_queue() -> None:
    hasher, release, done = PasswordHasher(threads=1, queue_length=1), threading.Event(), list[str]()
    running = asyncio.create_task(hasher._run(release.wait, 10))
    waiting = asyncio.create_task(hasher._run(done.append, "cancelled"))
    await asyncio.sleep(0)
    try:
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        following = asyncio.create_task(hasher._run(done.append, "following"))
        await asyncio.sleep(0)
        with pytest.raises(PasswordsBusy):
            await hasher.hash("correct horse")
    finally:
        release.set()
    await asyncio.gather(running, following)
    assert done == ["following"]


async def test_a_failed_call_leaves_the_queue() -> None:
    hasher = PasswordHasher(threads=1, queue_length=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await hasher._run(divmod, 1, 0)
