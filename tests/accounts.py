"""Users, families and HTTP clients for tests, inserted directly, which is quicker than registration."""

from contextlib import AsyncExitStack
from itertools import count
from secrets import token_hex
from types import TracebackType
from typing import NamedTuple, Self

import httpx

from api.auth.tokens import new_token, token_digest
from api.database.aliases import Connection

_numbers = count()


class Parent(NamedTuple):
    """A user with a session, its HTTP client, and a profile if asked for."""

    client: httpx.AsyncClient
    user_id: int
    username: str
    parent_profile_id: int
    token: str


class Accounts:
    """Makes parents, and closes their clients at its end."""

    def __init__(self, service: str, database: Connection) -> None:
        self._service = service
        self._database = database
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def parent(self, *, profile: bool = True, completed: bool = True) -> Parent:
        """A user with a session and, by default, a completed profile."""
        username = f"parent-{next(_numbers)}-{token_hex(4)}"
        user_id = await self._database.fetchval(
            "insert into users (username, email, password) values ($1, $2, '$argon2id$unusable') returning id",
            username,
            f"{username}@example.org",
        )
        parent_profile_id = 0
        if profile:
            parent_profile_id = await self._database.fetchval(
                "insert into parent_profiles (user_id, name, completed_onboarding, current_onboarding_step)"
                " values ($1, 'Noor', $2, 4) returning id",
                user_id,
                completed,
            )
        token = new_token()
        await self._database.execute(
            "insert into sessions (user_id, token_digest, expires_at) values ($1, $2, now() + interval '1 day')",
            user_id,
            token_digest(token),
        )
        client = await self._stack.enter_async_context(
            # No test uses https, and reading the system's certificates takes 20 ms.
            httpx.AsyncClient(
                base_url=self._service, headers={"Authorization": f"Bearer {token}"}, timeout=30, verify=False
            )
        )
        return Parent(client, user_id, username, parent_profile_id, token)
