"""The statements of sql/queries/users.sql, typed."""

from typing import Protocol

from api.auth.schemas import StoredLogin, User
from api.database.queries import Queries, bind
from api.users.schemas import FamilyRow, UserPatch


class UserQueries(Queries, Protocol):
    async def add_user(self, *, username: str, email: str, password: str) -> User: ...

    async def get_login(self, *, username: str) -> StoredLogin | None: ...

    async def get_user(self, *, user_id: int) -> User: ...

    async def get_password(self, *, user_id: int) -> str: ...

    async def update_user(self, *, user_id: int, patch: UserPatch) -> User: ...

    async def replace_password(self, *, user_id: int, password: str, old_password: str) -> int | None: ...

    async def get_family(self, *, user_id: int, with_children: bool, with_goals: bool) -> FamilyRow: ...


sql = bind(
    UserQueries,
    missing="not_authenticated",
    constraints={"users_username_key": "username_taken", "users_email_key": "email_taken"},
)
