"""Has the declared statements run on a pool, from when its database can be reached and fits them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import NoReturn

from api.database.aliases import Row
from api.database.backoff import backoff
from api.database.errors import SchemaMismatch
from api.database.pool import Pool
from api.database.queries import attach, attached, bind_columns
from api.database.shares import Owner
from api.database.statements.files import QueryFileError, Statement
from api.database.transactions import LateTransaction
from api.database.worker_connections import START_PATIENCE
from api.recurring import end

logger = logging.getLogger(__name__)


class _NotYet:
    """Stands in for a pool until the statements have read the columns of its database, and says why they can't run."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        # What the database lacks.
        self.lacks = ""

    def check(self) -> NoReturn:
        self._pool.check()
        if self.lacks:
            raise SchemaMismatch("the database isn't as the statements need it")
        raise ConnectionError("the statements haven't read the database's columns yet")

    async def fetch(self, statement: Statement, arguments: Sequence[object], owner: Owner = None) -> list[Row]:  # noqa: ARG002
        self.check()

    def transaction(self, owner: Owner = None, *, snapshot: bool = False) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        self.check()

    def late_transaction(
        self,
        first: Callable[[], Awaitable[None]],  # noqa: ARG002
    ) -> AbstractAsyncContextManager[LateTransaction]:
        self.check()


@asynccontextmanager
async def served(pool: Pool) -> AsyncIterator[None]:
    """Run all declared statements on a pool within the block.

    The block begins when they can run or it's known that they can't yet, but doesn't wait for long.
    """
    stand_in, tried = _NotYet(pool), asyncio.Event()
    with attached(stand_in):
        task = asyncio.create_task(_bind(pool, stand_in, tried))
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(tried.wait(), START_PATIENCE)
            yield
        finally:
            await end(task)


async def _bind(pool: Pool, stand_in: _NotYet, tried: asyncio.Event) -> None:
    """Have the statements read the columns of the database, once that's possible, and run on the pool."""
    failures = 0
    while True:
        try:
            async with pool.connection() as connection:
                await bind_columns(connection)
            break
        except QueryFileError as error:
            if str(error) != stand_in.lacks:
                stand_in.lacks = str(error)
                logger.error("the database isn't as the statements need it, trying again: %s", stand_in.lacks)  # noqa: TRY400
        except Exception as error:  # noqa: BLE001
            logger.info("the statements can't read the database's columns yet", extra={"error": type(error).__name__})
        tried.set()
        failures += 1
        await asyncio.sleep(backoff(failures))
        await pool.connected()
    if stand_in.lacks:
        logger.warning("the database is as the statements need it")
    attach(pool)
    tried.set()
