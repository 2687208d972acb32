"""What a worker process does from its start to its end."""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from api.auth.caller_cache import callers
from api.checks.contract import fit
from api.database.connections import connect
from api.database.pool import connection, open_pool
from api.database.queries import bound_queries, merged_statements

_PR_SET_PDEATHSIG: Final = 1
# Allocations between two collections of the youngest generation. Requests make no cycles to speak of, and a collection
# of what thousands of them have under way is the longest pause there is.
_YOUNGEST_THRESHOLD: Final = 50_000


@asynccontextmanager
async def working(dsn: str) -> AsyncIterator[None]:
    """Have everything that requests need, within the block.

    Raises:
        QueryFileError: a statement doesn't fit the database.

    """
    _end_with_parent()
    async with open_pool(dsn, merged_statements()):
        async with connection() as first:
            await fit(first, bound_queries())
        async with callers.listening(lambda: connect(dsn)):
            # What is there now stays: it's looked through no more.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_YOUNGEST_THRESHOLD, 20, 100)
            yield


def _end_with_parent() -> None:
    """End when the process that started this one does, so that a killed service keeps no port."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # It may have ended before.
        if os.getppid() != parent.pid:
            os._exit(1)
