"""The bare application: a minimal ASGI function with asyncpg and msgspec that answers the measured requests.

It is the floor that the service is compared with. It runs one statement a request, which checks the session too, on
asyncpg's pool. It is as lean as possible: connections aren't reset, statements are planned once and without JIT, and
the cyclic garbage collector is off.
"""

import gc
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import asyncpg
import msgspec
from asyncpg.pool import Pool
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from api.child_profiles.schemas import ChildProfile
from api.database.aliases import Connection, Row
from api.database.statements.files import read_statement_file
from api.parenting_goals.schemas import NewParentingGoal, ParentingGoal, ParentingGoalPatch
from tests.asgi import whole_body

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

_STATEMENTS: Final = {
    statement.name: statement for statement in read_statement_file(Path(__file__).with_name("bare.sql"))
}
_CHILDREN: Final = "/api/child-profiles/"
_GOALS: Final = "/api/parenting-goals"
_NOT_FOUND: Final = (404, b"{}")
# Connections of a worker. With 8 reads were slower, with 32 inserts.
_CONNECTIONS: Final = 16
_SETTINGS: Final = {"jit": "off", "plan_cache_mode": "force_generic_plan"}
_encode: Final = msgspec.json.Encoder().encode
_decode_new: Final = msgspec.json.Decoder(NewParentingGoal).decode
_decode_patch: Final = msgspec.json.Decoder(ParentingGoalPatch).decode


class _Connection(Connection):
    """A connection that a pool doesn't reset, which saves a round trip; no statement here leaves session state."""

    def get_reset_query(self) -> str:
        return ""


class Bare:
    """The ASGI application."""

    pool: "Pool[Row]"

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        digest = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                digest = hashlib.sha256(value[7:]).digest()
        status, body = await self._answer(scope["method"], scope["path"], digest, receive)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, method: str, path: str, digest: bytes, receive: Receive) -> tuple[int, bytes]:
        if path.startswith(_CHILDREN):
            rows = await self._fetch("bare_child", token_digest=digest, id=int(path[len(_CHILDREN) :]))
            return (200, _encode(_child(rows[0]))) if rows else _NOT_FOUND
        if path == "/api/users/me":
            rows = await self._fetch("bare_family", token_digest=digest)
            return (200, str(rows[0][0]).encode()) if rows else _NOT_FOUND
        if not path.startswith(_GOALS):
            return _NOT_FOUND
        if method == "GET":
            rows = await self._fetch("bare_list", token_digest=digest, count=20)
            return 200, _encode({"items": [ParentingGoal(*row) for row in rows]})
        if method == "POST":
            goal = _decode_new(await whole_body(receive))
            rows = await self._fetch("bare_insert", token_digest=digest, **msgspec.structs.asdict(goal))
            return (201, _encode(ParentingGoal(*rows[0]))) if rows else _NOT_FOUND
        patch = _decode_patch(await whole_body(receive))
        rows = await self._fetch(
            "bare_update", token_digest=digest, id=int(path[len(_GOALS) + 1 :]), priority=patch.priority
        )
        return (200, _encode(ParentingGoal(*rows[0]))) if rows else _NOT_FOUND

    async def _fetch(self, name: str, **arguments: object) -> list[Row]:
        statement = _STATEMENTS[name]
        values = [arguments[parameter] for parameter in statement.parameters]
        async with self.pool.acquire() as connection:
            return await connection.fetch(statement.text, *values)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            self.pool = await asyncpg.create_pool(
                os.environ["DATABASE_URL"],
                min_size=_CONNECTIONS,
                max_size=_CONNECTIONS,
                connection_class=_Connection,
                max_cached_statement_lifetime=0,
                server_settings=_SETTINGS,
            )
            gc.collect()
            gc.freeze()
            gc.disable()
            await send({"type": "lifespan.startup.complete"})
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _child(row: asyncpg.Record) -> ChildProfile:
    values = list(row)
    # asyncpg gives jsonb as text, which is sent on unchanged.
    values[5] = msgspec.Raw(values[5].encode())
    return ChildProfile(*values)


app: Final = Bare()

if __name__ == "__main__":
    Server(
        "tests.load.bare:app",
        port=int(os.environ["PORT"]),
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=int(os.environ["WORKERS"]),
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
