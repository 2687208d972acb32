"""The children of the caller's family."""

from typing import Final

from litestar import Router

from api.auth.schemas import Caller
from api.child_profiles.facts import CHILD_PROFILE_NOT_FOUND, ROUTINES_TOO_LARGE, TOO_MANY_CHILDREN
from api.child_profiles.queries import sql
from api.child_profiles.schemas import ChildProfile, ChildProfilePatch, NewChildProfile, NewChildProfiles
from api.http.conditional import Condition, changed, row_tag
from api.http.endpoint import delete, get, patch, post
from api.http.pagination import Keyset
from api.http.schemas import Cursor, Id, Limit, Page
from api.parent_profiles.facts import PARENT_PROFILE_REQUIRED
from api.problems.types import CONSENT_REQUIRED

BY_ID: Final = Keyset(ChildProfile, "id")


@get("/")
async def list_child_profiles(caller: Caller, limit: Limit = 20, cursor: Cursor | None = None) -> Page[ChildProfile]:
    """List the children of the caller's family, oldest entry first."""
    (after,) = BY_ID.after(cursor)
    rows = await sql.list_child_profiles(parent_profile_id=caller.parent_profile_id, after=after, count=limit + 1)
    return BY_ID.page(rows, limit)


@post("/", tag=row_tag, problems=[CONSENT_REQUIRED, PARENT_PROFILE_REQUIRED, ROUTINES_TOO_LARGE, TOO_MANY_CHILDREN])
async def add_child_profile(caller: Caller, data: NewChildProfile) -> ChildProfile:
    """Add a child to the caller's family."""
    return await sql.add_child_profile(parent_profile_id=caller.parent_profile_id, child=data)


@post(
    "/batch",
    body_limit=1024 * 1024,
    problems=[CONSENT_REQUIRED, PARENT_PROFILE_REQUIRED, ROUTINES_TOO_LARGE, TOO_MANY_CHILDREN],
)
async def add_child_profiles(caller: Caller, data: NewChildProfiles) -> list[ChildProfile]:
    """Add up to 50 children at once, all of them or none."""
    return await sql.add_child_profiles(parent_profile_id=caller.parent_profile_id, children=data)


@get("/{id:int}", tag=row_tag, problems=[CHILD_PROFILE_NOT_FOUND])
async def get_child_profile(caller: Caller, id: Id) -> ChildProfile:
    """One child of the caller's family."""
    return await sql.get_child_profile(parent_profile_id=caller.parent_profile_id, id=id)


@patch("/{id:int}", tag=row_tag, problems=[CONSENT_REQUIRED, CHILD_PROFILE_NOT_FOUND, ROUTINES_TOO_LARGE])
async def update_child_profile(caller: Caller, id: Id, data: ChildProfilePatch, condition: Condition) -> ChildProfile:
    """Change a child: an absent field stays, null clears what may be empty."""
    return changed(
        await sql.update_child_profile(
            parent_profile_id=caller.parent_profile_id, id=id, patch=data, versions=condition.versions
        )
    )


@delete("/{id:int}", problems=[CHILD_PROFILE_NOT_FOUND])
async def delete_child_profile(caller: Caller, id: Id, condition: Condition) -> None:
    """Remove a child of the caller's family."""
    changed(
        await sql.delete_child_profile(parent_profile_id=caller.parent_profile_id, id=id, versions=condition.versions)
    )


router = Router(
    "/api/child-profiles",
    route_handlers=[
        list_child_profiles,
        add_child_profile,
        add_child_profiles,
        get_child_profile,
        update_child_profile,
        delete_child_profile,
    ],
    tags=["Child profiles"],
)
