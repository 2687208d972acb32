"""Make suggestions for all parents who are due.

It's what the service does every few seconds by itself.
"""

import argparse
import asyncio
from time import perf_counter
from typing import Final

from api.app import load_routers
from api.database.pool import open_pool
from api.database.serving import served
from api.postgres.databases import service_database
from api.settings import Settings
from api.suggestions.schemas import Made
from api.suggestions.suggesting import embedding_of, make_all
from api.terminal import say

# Where workers make none.
HOURS: Final = 24


def run(_options: argparse.Namespace, settings: Settings) -> int:
    """Make them step by step, each in a transaction of its own, and say how many for how many parents."""
    load_routers()
    started = perf_counter()
    with service_database(settings) as dsn:
        made = asyncio.run(_make_all(dsn, settings))
    say(f"{made.suggestions:,} suggestions for {made.parents:,} parents in {perf_counter() - started:,.1f} s")
    return 0


async def _make_all(dsn: str, settings: Settings) -> Made:
    async with open_pool(dsn, []) as pool, served(pool):
        return await make_all(settings.suggestion_hours or HOURS, embedding_of(settings), gently=False)
