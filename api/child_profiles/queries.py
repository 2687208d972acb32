"""Typed statements of sql/queries/child_profiles.sql."""

from typing import Protocol

from api.child_profiles.facts import CHILD_PROFILE_NOT_FOUND, ROUTINES_TOO_LARGE, TOO_MANY_CHILDREN
from api.child_profiles.schemas import ChildProfile, ChildProfileChange, ChildProfilePatch, NewChildProfile
from api.database.queries import Queries, bind
from api.http.conditional import Removal
from api.parent_profiles.facts import PARENT_PROFILE_REQUIRED


class ChildProfileQueries(Queries, Protocol):
    async def list_child_profiles(self, *, parent_profile_id: int, after: int, count: int) -> list[ChildProfile]: ...

    async def get_child_profile(self, *, parent_profile_id: int, id: int) -> ChildProfile: ...

    async def add_child_profile(self, *, parent_profile_id: int, child: NewChildProfile) -> ChildProfile: ...

    async def add_child_profiles(
        self, *, parent_profile_id: int, children: list[NewChildProfile]
    ) -> list[ChildProfile]: ...

    async def update_child_profile(
        self, *, parent_profile_id: int, id: int, patch: ChildProfilePatch, versions: str | None
    ) -> ChildProfileChange: ...

    async def delete_child_profile(self, *, parent_profile_id: int, id: int, versions: str | None) -> Removal: ...


sql = bind(
    ChildProfileQueries,
    missing=CHILD_PROFILE_NOT_FOUND,
    constraints={
        "child_profiles_parent_profile_id_fkey": PARENT_PROFILE_REQUIRED,
        # A client can only break the limit of size: the type of routines ensures that they are an object.
        "child_profiles_routines_check": ROUTINES_TOO_LARGE,
        "child_profiles_routines_limit": ROUTINES_TOO_LARGE,
        "child_profiles_limit": TOO_MANY_CHILDREN,
    },
)
