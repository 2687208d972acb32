"""The statements of sql/queries/child_profiles.sql, typed."""

from typing import Protocol

from api.child_profiles.schemas import ChildProfile, ChildProfilePatch, NewChildProfile
from api.database.queries import Queries, bind


class ChildProfileQueries(Queries, Protocol):
    async def list_child_profiles(self, *, parent_profile_id: int, after: int, count: int) -> list[ChildProfile]: ...

    async def get_child_profile(self, *, parent_profile_id: int, id: int) -> ChildProfile: ...

    async def add_child_profile(self, *, parent_profile_id: int, child: NewChildProfile) -> ChildProfile: ...

    async def add_child_profiles(
        self, *, parent_profile_id: int, children: list[NewChildProfile]
    ) -> list[ChildProfile]: ...

    async def update_child_profile(
        self, *, parent_profile_id: int, id: int, patch: ChildProfilePatch
    ) -> ChildProfile: ...

    async def delete_child_profile(self, *, parent_profile_id: int, id: int) -> int: ...


sql = bind(
    ChildProfileQueries,
    missing="child_profile_not_found",
    constraints={
        "child_profiles_parent_profile_id_fkey": "parent_profile_required",
        # Of routines only the size is the client's doing: that they are an object is their type.
        "child_profiles_routines_check": "routines_too_large",
    },
)
