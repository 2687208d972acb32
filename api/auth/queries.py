"""The statements of sql/queries/sessions.sql, typed."""

from typing import Protocol

from api.auth.schemas import CallerIdentity
from api.database.queries import bind


class SessionQueries(Protocol):
    async def get_caller(self, *, token_digest: bytes) -> CallerIdentity | None: ...


sql = bind(SessionQueries, missing="session_not_found")
