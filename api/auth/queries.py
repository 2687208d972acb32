"""Typed statements of sessions.sql, rate_limits.sql and cleaning.sql, and those of users.sql that logins need."""

from typing import Protocol

from api.auth.facts import EMAIL_TAKEN, SESSION_NOT_FOUND, USERNAME_TAKEN
from api.auth.schemas import Caller, Conflicts, FoundLogin, Session, SessionKey, User
from api.database.queries import Queries, bind
from api.problems.types import NOT_AUTHENTICATED


class SessionQueries(Queries, Protocol):
    async def get_caller(self, *, token_digest: bytes) -> Caller | None: ...

    async def add_session(  # noqa: PLR0913
        self,
        *,
        user_id: int,
        password: str,
        token_digest: bytes,
        user_agent: str | None,
        seconds: int,
        device_digest: bytes,
    ) -> SessionKey | None: ...

    async def list_sessions(self, *, user_id: int, session_id: int, after: int, count: int) -> list[Session]: ...

    async def end_session(self, *, user_id: int, id: int) -> int: ...

    async def end_session_of_token(self, *, token_digest: bytes) -> int | None: ...

    async def end_other_sessions(self, *, user_id: int, session_id: int) -> None: ...

    async def renew_devices(self, *, user_id: int, device_digest: list[bytes]) -> None: ...


class AccountQueries(Queries, Protocol):
    async def add_user(self, *, username: str, email: str, password: str) -> User: ...

    async def get_login(self, *, username: str, device_digests: list[bytes]) -> FoundLogin: ...

    async def find_conflicts(self, *, username: str, email: str) -> Conflicts: ...

    async def get_user(self, *, user_id: int) -> User: ...

    async def get_password(self, *, user_id: int) -> str: ...

    async def replace_password(self, *, user_id: int, password: str, old_password: str) -> int | None: ...

    async def rehash_password(self, *, user_id: int, password: str, old_password: str) -> int | None: ...


class ThrottleQueries(Queries, Protocol):
    async def fill_limits(self, *, subject: list[str], cost: list[int], capacity: list[int]) -> int | None: ...

    async def take_out(self, *, subject: list[str], cost: list[int]) -> None: ...

    async def count_failure(self) -> bool: ...


class CleaningQueries(Queries, Protocol):
    async def take_turn(self, *, name: str, seconds: int) -> str | None: ...

    async def remove_expired_sessions(self) -> int: ...

    async def remove_expired_devices(self) -> int: ...

    async def remove_drained_limits(self) -> int: ...

    async def remove_old_merge_bases(self) -> int: ...

    async def remove_old_events(self) -> int: ...


sql = bind(SessionQueries, missing=SESSION_NOT_FOUND)
accounts = bind(
    AccountQueries,
    missing=NOT_AUTHENTICATED,
    constraints={"users_username_key": USERNAME_TAKEN, "users_email_key": EMAIL_TAKEN},
)
throttles = bind(ThrottleQueries)
cleaning = bind(CleaningQueries)
