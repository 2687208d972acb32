"""Connections that workers take or leave to each other."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Any

import pytest
import uvloop

from api.http1 import listener as module
from api.http1.listener import Listener
from tests.waiting import LONGEST, until_so


def run(test: Callable[[], Any]) -> None:
    """Run a test in the loop that workers have, which must report no errors."""
    reported: list[dict[str, Any]] = []

    async def reporting() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        await test()

    uvloop.run(reporting())
    assert reported == []


class Worker:
    """What a listener needs, with as many connections as it may have."""

    def __init__(self, may_have: int) -> None:
        self.may_have = may_have
        self.asked = 0
        self.open: list[asyncio.BaseTransport] = []

    def is_exceeded(self, opening: int) -> bool:
        self.asked += 1
        return len(self.open) + opening >= self.may_have


class Client(asyncio.Protocol):
    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._worker.open.append(transport)


@asynccontextmanager
async def listening(*workers: Worker, clients: int) -> AsyncIterator[list[Listener]]:
    """Listeners of workers that share a socket, to which clients are connected."""
    with ExitStack() as stack:
        shared = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        listeners = [
            Listener(
                shared.dup(),
                partial(Client, worker),
                may_accept=lambda _: True,
                is_exceeded=worker.is_exceeded,
            )
            for worker in workers
        ]
        for _ in range(clients):
            stack.enter_context(socket.create_connection(shared.getsockname()))
        for each in listeners:
            each.start()
        try:
            yield listeners
        finally:
            for transport in [transport for worker in workers for transport in worker.open]:
                transport.close()
            for each in listeners:
                if each._listening.fileno() >= 0:
                    each.stop()


def test_a_worker_takes_what_it_left_as_soon_as_it_has_fewer_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP_BACK", 2 * LONGEST)
    monkeypatch.setattr(module, "_ROUNDS", 1_000_000)

    async def test() -> None:
        worker = Worker(3)
        async with listening(worker, clients=5):
            await until_so(lambda: len(worker.open) == 3 and worker.asked > 10)
            worker.may_have = 4
            await until_so(lambda: len(worker.open) == 4)

    run(test)


def test_what_one_leaves_another_takes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP_BACK", 2 * LONGEST)

    async def test() -> None:
        first, second = Worker(0), Worker(100)
        async with listening(first, second, clients=100):
            await until_so(lambda: len(second.open) == 100)
            assert first.open == []

    run(test)


def test_what_nobody_takes_is_taken_after_a_while() -> None:
    async def test() -> None:
        first, second = Worker(0), Worker(0)
        async with listening(first, second, clients=10):
            await until_so(lambda: len(first.open) + len(second.open) == 10)

    run(test)


def test_a_worker_does_not_look_all_the_time_whether_others_take_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP_BACK", 2 * LONGEST)

    async def test() -> None:
        worker = Worker(0)
        async with listening(worker, clients=1):
            await until_so(lambda: worker.asked >= module._ROUNDS)
            await asyncio.sleep(0.05)
            assert (worker.asked, worker.open) == (module._ROUNDS, [])

    run(test)


def test_who_stops_takes_what_it_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP_BACK", 0.5)

    async def test() -> None:
        worker = Worker(0)
        async with listening(worker, clients=3) as (listener,):
            await until_so(lambda: worker.asked)
            listener.stop()
            await until_so(lambda: len(worker.open) == 3)
            # Past the time after which it would have.
            await asyncio.sleep(2 * module._STEP_BACK)

    run(test)


@pytest.mark.parametrize(("seconds", "taken"), [(0.0, 16), (0.02, 50), (3600.0, 64)])
def test_after_a_long_round_more_are_taken_at_once(monkeypatch: pytest.MonkeyPatch, seconds: float, taken: int) -> None:
    # Some systems have no more than 128 connections wait.
    monkeypatch.setattr(module, "_MOST", 64)
    times = iter([0.0, seconds])
    monkeypatch.setattr(module, "monotonic", lambda: next(times))

    async def test() -> None:
        worker = Worker(1000)
        with ExitStack() as stack:
            shared = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
            listener = Listener(
                shared.dup(), lambda: Client(worker), may_accept=lambda _: True, is_exceeded=worker.is_exceeded
            )
            for _ in range(100):
                stack.enter_context(socket.create_connection(shared.getsockname()))
            listener._accept()
            await until_so(lambda: len(worker.open) == taken)
            assert worker.asked == taken
            listener.stop()

    run(test)
