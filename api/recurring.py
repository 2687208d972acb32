"""Work that a worker does again and again beside its requests."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from random import uniform

from api.problems.problem import Problem


@asynccontextmanager
async def recurring(
    work: Callable[[], Awaitable[object]], seconds: float, wanted: asyncio.Event | None = None
) -> AsyncIterator[None]:
    """Within the block, do work that raises nothing, and again after about so many seconds, or when it's wanted.

    It's after between half of them and one and a half, so that the workers don't look together.
    """
    task = asyncio.create_task(_repeat(work, seconds, wanted or asyncio.Event()))
    try:
        yield
    finally:
        await end(task)


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel a task, if there is one, and wait for its end."""
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(work: Callable[[], Awaitable[object]], seconds: float, wanted: asyncio.Event) -> None:
    while True:
        wanted.clear()
        await work()
        with suppress(TimeoutError):
            await asyncio.wait_for(wanted.wait(), seconds * uniform(0.5, 1.5))  # noqa: S311


@contextmanager
def logged(logger: logging.Logger, name: str) -> Iterator[None]:
    """Log in a line that what has this name failed."""
    try:
        yield
    except Problem:
        # Whose cause is logged already, as that the database is away.
        pass
    except Exception as error:  # noqa: BLE001
        logger.warning("%s: %s", name, type(error).__name__)
