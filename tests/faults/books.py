"""Clients that write through several services and keep books of what they were told."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from time import monotonic
from typing import Self

import httpx

from api.database.aliases import Connection
from tests.accounts import Parent

CLIENTS = 8
# One for all clients: making each its own takes the loop, which others measure on, half a second.
_UNVERIFIED = httpx.create_ssl_context(verify=False)


class Books:
    """What clients were told of the goals that they added and of a counter that each of them sets."""

    def __init__(self, parents: Sequence[Parent], addresses: Sequence[str]) -> None:
        """Take a parent for each client, as a family may have so many goals, and the services' addresses."""
        self._parents = parents
        self._addresses = addresses
        self._stop = asyncio.Event()
        self.added: dict[str, str] = {}
        self.codes: Counter[str] = Counter()
        self.longest = 0.0

    async def __aenter__(self) -> Self:
        self._clients = [[
            httpx.AsyncClient(
                base_url=address, headers=parent.client.headers, cookies=parent.client.cookies,
                verify=_UNVERIFIED, timeout=60,
            )
            for address in self._addresses
        ] for parent in self._parents]  # fmt: skip
        self._tasks = [asyncio.create_task(self._client(number)) for number in range(len(self._parents))]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        try:
            await asyncio.gather(*self._tasks)
        finally:
            for clients in self._clients:
                for client in clients:
                    await client.aclose()

    async def _ask(
        self, number: int, method: str, path: str, body: dict[str, object] | None = None
    ) -> tuple[str, dict[str, object]]:
        """Ask any of the services; gives `ok` or the problem's code, and the document."""
        begun = monotonic()
        answer = await random.choice(self._clients[number]).request(method, path, json=body)
        self.longest = max(self.longest, monotonic() - begun)
        document: dict[str, object] = answer.json()
        code = "ok" if answer.is_success else str(document["code"])
        self.codes[f"{method} {code}"] += 1
        assert code in {"ok", "outcome_unknown", "database_unavailable", "too_busy", "too_many_requests"}, answer.text
        return code, document

    async def _client(self, number: int) -> None:
        code, goal = "", dict[str, object]()
        while code != "ok":
            code, goal = await self._ask(
                number, "POST", "/api/parenting-goals", {"title": f"register {number} {monotonic()}"}
            )
        path = f"/api/parenting-goals/{goal['id']}"
        # Values that may be there: the confirmed one, and those whose outcome is unknown since.
        possible = {str(goal["title"])}
        serial = 0
        while not self._stop.is_set():
            serial += 1
            value = f"client {number} value {serial}"
            code, _ = await self._ask(number, "PATCH", path, {"title": value})
            if code == "ok":
                possible = {value}
            elif code == "outcome_unknown":
                possible.add(value)
            code, found = await self._ask(number, "GET", path)
            assert code != "ok" or found["title"] in possible, (found["title"], possible)
            title = f"goal {number} {serial}"
            self.added[title], _ = await self._ask(number, "POST", "/api/parenting-goals", {"title": title})
            await asyncio.sleep(0.06)
        # Whatever was delivered late has been by now.
        await asyncio.sleep(3)
        code = ""
        while code != "ok":
            code, found = await self._ask(number, "GET", path)
            await asyncio.sleep(0.05)
        assert found["title"] in possible, (found["title"], possible)

    async def check(self, database: Connection) -> None:
        """Check that what was confirmed is there once, what was refused isn't, and the rest at most once."""
        rows = await database.fetch(
            "select title, count(*) from parenting_goals where parent_profile_id = any($1) group by title",
            [parent.parent_profile_id for parent in self._parents],
        )
        counts = {row["title"]: row["count"] for row in rows}
        for title, code in self.added.items():
            allowed = {"ok": {1}, "outcome_unknown": {0, 1}}.get(code, {0})
            assert counts.get(title, 0) in allowed, (title, code, counts.get(title, 0))
