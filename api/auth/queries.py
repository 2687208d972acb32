"""Typed statements of sessions.sql and login_throttles.sql, and those of users.sql that logins need."""

from typing import Protocol

from api.auth.facts import EMAIL_TAKEN, SESSION_NOT_FOUND, USERNAME_TAKEN
from api.auth.schemas import Caller, Session, SessionKey, StoredLogin, User
from api.database.queries import Queries, bind
from api.problems.types import NOT_AUTHENTICATED


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


class AccountQueries(Queries, Protocol):
    async def add_user(self, *, username: str, email: str, password: str) -> User: ...

    async def get_login(self, *, username: str) -> StoredLogin | None: ...

    async def get_user(self, *, user_id: int) -> User: ...

    async def get_password(self, *, user_id: int) -> str: ...

    async def replace_password(self, *, user_id: int, password: str, old_password: str) -> int | None: ...


class ThrottleQueries(Queries, Protocol):
    async def count_login_attempt(self, *, username: str, address: str) -> int | None: ...

    async def take_back_login_attempt(self, *, username: str, address: str, forgive: bool) -> None: ...

    async def remove_stale_throttles(self) -> None: ...


sql = bind(SessionQueries, missing=SESSION_NOT_FOUND)
accounts = bind(
    AccountQueries,
    missing=NOT_AUTHENTICATED,
    constraints={"users_username_key": USERNAME_TAKEN, "users_email_key": EMAIL_TAKEN},
)
throttles = bind(ThrottleQueries)
