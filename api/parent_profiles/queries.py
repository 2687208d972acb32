"""Typed statements of sql/queries/parent_profiles.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.parent_profiles.facts import PARENT_PROFILE_NOT_FOUND
from api.parent_profiles.schemas import (
    NewParentProfile,
    ParentProfile,
    ParentProfileChange,
    ParentProfilePatch,
    PutParentProfileRow,
)
from api.problems.types import NOT_AUTHENTICATED


class ParentProfileQueries(Queries, Protocol):
    async def get_parent_profile(self, *, user_id: int) -> ParentProfile: ...

    async def get_profile(self, *, user_id: int) -> ParentProfile: ...

    async def put_parent_profile(
        self, *, user_id: int, profile: NewParentProfile, versions: str | None, may_create: bool
    ) -> PutParentProfileRow | None: ...

    async def update_parent_profile(
        self, *, user_id: int, patch: ParentProfilePatch, versions: str | None
    ) -> ParentProfileChange: ...


sql = bind(
    ParentProfileQueries,
    missing=PARENT_PROFILE_NOT_FOUND,
    # The account was deleted while its session was still cached.
    constraints={"parent_profiles_user_id_fkey": NOT_AUTHENTICATED},
)
