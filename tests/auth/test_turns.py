"""Turns at work that takes long."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

import pytest

from api.auth.turns import Turns
from api.problems.problem import Problem


class Scene:
    """Calls of clients, which are named by their first letter; they work until they're told to end.

    Clients with capital letters are one group, others alone.
    """

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[str] = []
        self.refused: list[str] = []
        self.problems: set[tuple[str, str]] = set()
        self.ends = asyncio.Event()
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def _call(self, name: str) -> None:
        try:
            async with self.turns.turn(name[0], "capitals" if name[0].isupper() else name[0]):
                self.order.append(name)
                await self.ends.wait()
        except Problem as problem:
            self.refused.append(name)
            self.problems.add((problem.type.code, problem.headers["Retry-After"]))

    async def come(self, names: Iterable[str]) -> None:
        for name in names:
            self.tasks[name] = asyncio.create_task(self._call(name))
            await asyncio.sleep(0)

    async def end(self) -> list[str]:
        self.ends.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return self.order


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene(Turns(at_once=1, waiting=6, waiting_of_one=4))
    yield made
    with suppress(Problem):
        await made.end()
    # Whatever happened, all turns are free again.
    async with asyncio.timeout(10), made.turns.turn("x", "x"):
        assert made.turns._waiting == 0
        assert not made.turns._queues


async def test_clients_take_turns(scene: Scene) -> None:
    await scene.come(["a1", "a2", "a3", "a4", "b1", "c1"])
    assert await scene.end() == ["a1", "a2", "b1", "c1", "a3", "a4"]


async def test_several_clients_work_at_once_each_at_one_thing() -> None:
    scene = Scene(Turns(at_once=2, waiting=6, waiting_of_one=4))
    await scene.come(["a1", "a2"])
    assert scene.order == ["a1"]
    await scene.come(["b1", "b2", "c1"])
    assert scene.order == ["a1", "b1"]
    scene.tasks["b1"].cancel()
    await asyncio.sleep(0.01)
    # Who came first of those that don't work already.
    assert scene.order == ["a1", "b1", "b2"]
    assert sorted(await scene.end()) == ["a1", "a2", "b1", "b2", "c1"]


async def test_one_client_cannot_fill_the_queue(scene: Scene) -> None:
    await scene.come([f"a{number}" for number in range(8)])
    assert scene.refused == ["a5", "a6", "a7"]
    assert scene.problems == {("too_busy", "1")}
    await scene.come(["b1"])
    assert await scene.end() == ["a0", "a1", "b1", "a2", "a3", "a4"]


async def test_a_full_queue_refuses_the_latest_of_who_has_most(scene: Scene) -> None:
    await scene.come(["x1", "a1", "a2", "a3", "a4", "b1", "b2"])
    await scene.come(["c1"])
    await asyncio.sleep(0)
    assert scene.refused == ["a4"]
    await scene.come(["a5"])
    assert scene.refused == ["a4", "a5"]
    await scene.come(["d1"])
    await asyncio.sleep(0)
    assert scene.refused == ["a4", "a5", "a3"]
    assert await scene.end() == ["x1", "a1", "b1", "c1", "d1", "a2", "b2"]


async def test_groups_take_turns_however_many_clients_they_have(scene: Scene) -> None:
    await scene.come(["A1", "A2", "B1", "C1", "d1", "e1"])
    assert await scene.end() == ["A1", "A2", "d1", "e1", "B1", "C1"]


async def test_a_group_cannot_fill_the_queue(scene: Scene) -> None:
    await scene.come(["x1", "A1", "B1", "C1", "D1", "E1", "F1"])
    # Nobody of the group has more than one, ...
    await scene.come(["G1"])
    assert scene.refused == ["G1"]
    # ... and it makes room for others until it has no more than they.
    await scene.come(["a1", "b1"])
    await asyncio.sleep(0)
    assert scene.refused == ["G1", "F1", "E1"]
    await scene.come(["c1", "c2", "c3"])
    await asyncio.sleep(0)
    assert scene.refused == ["G1", "F1", "E1", "D1", "C1", "c3"]
    assert await scene.end() == ["x1", "A1", "a1", "b1", "c1", "B1", "c2"]


async def test_cancelled_calls_leave_the_queue(scene: Scene) -> None:
    await scene.come(["a1", "a2", "b1", "b2"])
    scene.tasks["a2"].cancel()
    scene.tasks["b1"].cancel()
    # Before they notice, their turn comes.
    scene.ends.set()
    await asyncio.sleep(0)
    assert await scene.end() == ["a1", "b2"]


async def test_a_call_that_is_cancelled_as_its_turn_comes_passes_it_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.come(["a1", "b1", "c1"])
    end = scene.turns._end

    def end_and_cancel(client: str) -> None:
        end(client)
        scene.tasks["b1"].cancel()

    monkeypatch.setattr(scene.turns, "_end", end_and_cancel)
    assert await scene.end() == ["a1", "c1"]


async def test_a_call_that_is_cancelled_while_it_works_passes_its_turn_on(scene: Scene) -> None:
    await scene.come(["a1", "b1"])
    scene.tasks["a1"].cancel()
    await asyncio.sleep(0)
    assert await scene.end() == ["a1", "b1"]
