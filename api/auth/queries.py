"""The statements of sql/queries/sessions.sql, typed."""

from typing import Protocol

from api.auth.schemas import Caller
from api.database.queries import bind


class SessionQueries(Protocol):
    async def get_caller(self, *, token_digest: bytes) -> Caller | None: ...


sql = bind(SessionQueries, missing="session_not_found")
