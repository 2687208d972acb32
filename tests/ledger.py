"""Clients that write until they are stopped, and a comparison of the responses with the database."""

import asyncio
from collections import Counter
from typing import Self

import asyncpg
import httpx

from tests.accounts import Parent
from tests.waiting import LONGEST

CLIENTS = 16


class Ledger:
    """Clients that add goals until they are stopped, and the outcomes that they saw."""

    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.statuses: Counter[int] = Counter()
        self._stop = asyncio.Event()
        self._number = 0

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._add()) for _ in range(CLIENTS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def until(self, count: int) -> None:
        """Wait until `count` more goals are acknowledged."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(LONGEST):
            while len(self.acknowledged) < wanted:
                await asyncio.sleep(0.01)

    async def _add(self) -> None:
        while not self._stop.is_set():
            self._number += 1
            title = f"goal {self._number}"
            answer = await self.parent.client.post("/api/parenting-goals", json={"title": title})
            self.statuses[answer.status_code] += 1
            if answer.status_code == httpx.codes.CREATED:
                self.acknowledged.append(title)
                continue
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                assert "retry-after" in answer.headers, answer.text
                self.refused.append(title)
            else:
                assert answer.json()["code"] == "outcome_unknown"
            await asyncio.sleep(0.02)

    async def check(self, dsn: str) -> None:
        """Check that acknowledged goals are stored once, that refused ones aren't, and that writes were merged."""
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                "select title, xmin::text as transaction from parenting_goals where parent_profile_id = $1",
                self.parent.parent_profile_id,
            )
        finally:
            await connection.close()
        titles = [row["title"] for row in rows]
        assert len(set(titles)) == len(titles)
        assert set(self.acknowledged) <= set(titles)
        assert not set(self.refused) & set(titles)
        assert len({row["transaction"] for row in rows}) < len(rows)
        assert set(self.statuses) <= {201, 500, 503}
