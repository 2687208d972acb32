"""Typed statements of sql/queries/users.sql, except those that logins need, and of erasures.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.problems.text import Language
from api.problems.types import NOT_AUTHENTICATED
from api.users.schemas import FamilyRow, LockedUser, UserChange


class UserQueries(Queries, Protocol):
    async def hold_user(self, *, user_id: int, versions: str | None) -> UserChange: ...

    async def set_profile_picture(
        self, *, user_id: int, profile_picture: str | None, versions: str | None
    ) -> UserChange: ...

    async def get_family(self, *, user_id: int, with_children: bool, with_goals: bool) -> FamilyRow: ...

    async def lock_for_erasure(
        self, *, user_id: int, session_id: int, password: str, second_factor: bool, versions: str | None
    ) -> LockedUser | None: ...

    async def erase_account(self, *, user_id: int, language: Language | None) -> str | None: ...


sql = bind(UserQueries, missing=NOT_AUTHENTICATED)
