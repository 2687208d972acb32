"""The statements of sql/queries/sessions.sql and login_throttles.sql, typed."""

from typing import Protocol

from api.auth.schemas import Caller, Session, SessionKey
from api.database.queries import Queries, bind


class SessionQueries(Queries, Protocol):
    async def get_caller(self, *, token_digest: bytes) -> Caller | None: ...

    async def add_session(
        self, *, user_id: int, password: str, token_digest: bytes, user_agent: str | None, seconds: int
    ) -> SessionKey | None: ...

    async def list_sessions(self, *, user_id: int, session_id: int, after: int, count: int) -> list[Session]: ...

    async def end_session(self, *, user_id: int, id: int) -> int: ...

    async def end_session_of_token(self, *, token_digest: bytes) -> int | None: ...

    async def end_other_sessions(self, *, user_id: int, session_id: int) -> None: ...

    async def remove_expired_sessions(self) -> None: ...


class ThrottleQueries(Queries, Protocol):
    async def count_login_attempt(self, *, username: str, address: str) -> int | None: ...

    async def take_back_login_attempt(self, *, username: str, address: str, forgive: bool) -> None: ...

    async def remove_stale_throttles(self) -> None: ...


sql = bind(SessionQueries, missing="session_not_found")
throttles = bind(ThrottleQueries)
