"""Waits for what the service does meanwhile, as its database tells, or anything else."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Final

from api.database.aliases import Connection

# Seconds, of which a slow or busy machine may need some dozens. Where all is well nobody waits for as long.
LONGEST: Final = 120.0


async def until_waiting(database: Connection, statement: str = "") -> None:
    """Wait until a statement of the service, or any of them, is waiting for a lock."""
    waiting = "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like $1)"
    async with asyncio.timeout(LONGEST):
        while not await database.fetchval(waiting, f"%{statement}%"):
            # Within a transaction the view doesn't change.
            await database.execute("select pg_stat_clear_snapshot()")


async def until_mailed(database: Connection, username: str) -> None:
    """Wait until an account's mails are sent: one that waits for a lock has the account's requests wait behind it."""
    waiting = "select exists (select from mails join users as account on account.id = user_id where username = $1)"
    async with asyncio.timeout(LONGEST):
        while await database.fetchval(waiting, username):
            await asyncio.sleep(0.01)


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so, or fail and say what isn't."""
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, f"not within {LONGEST:g} s: {inspect.getsource(condition).strip()}"
        time.sleep(0.01)


async def until_so(condition: Callable[[], object]) -> None:
    """Wait until something is so that this loop does meanwhile."""
    async with asyncio.timeout(LONGEST):
        while not condition():
            await asyncio.sleep(0.001)
