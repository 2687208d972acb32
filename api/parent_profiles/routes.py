"""The caller's profile."""

from typing import Final

from litestar import Response, Router
from msgspec.structs import astuple

from api.auth.schemas import Caller
from api.http.endpoint import get, patch, put
from api.parent_profiles.facts import PARENT_PROFILE_NOT_FOUND
from api.parent_profiles.queries import sql
from api.parent_profiles.schemas import NewParentProfile, ParentProfile, ParentProfilePatch
from api.problems.types import CONSENT_REQUIRED

PATH: Final = "/parent-profile"


@get("/profile", problems=[PARENT_PROFILE_NOT_FOUND])
async def get_profile(caller: Caller) -> ParentProfile:
    """The caller's profile, at the path that the web client uses, with the revision of its document."""
    return await sql.get_profile(user_id=caller.user_id)


@get(PATH, problems=[PARENT_PROFILE_NOT_FOUND])
async def get_parent_profile(caller: Caller) -> ParentProfile:
    """The caller's profile."""
    return await sql.get_parent_profile(user_id=caller.user_id)


@put(
    PATH, other_status=201, problems=[CONSENT_REQUIRED], next_operations=["get_parent_profile", "update_parent_profile"]
)
async def put_parent_profile(caller: Caller, data: NewParentProfile) -> Response[ParentProfile]:
    """Replace the caller's profile, or create it (201)."""
    *columns, created = astuple(await sql.put_parent_profile(user_id=caller.user_id, profile=data))
    profile = ParentProfile(*columns)
    if created:
        return Response(profile, status_code=201, headers={"Location": f"/api{PATH}"})
    return Response(profile)


@patch(PATH, problems=[CONSENT_REQUIRED, PARENT_PROFILE_NOT_FOUND])
async def update_parent_profile(caller: Caller, data: ParentProfilePatch) -> ParentProfile:
    """Change the caller's profile: an absent field stays, null clears what may be empty."""
    return await sql.update_parent_profile(user_id=caller.user_id, patch=data)


router = Router(
    "/api",
    route_handlers=[get_profile, get_parent_profile, put_parent_profile, update_parent_profile],
    tags=["Parent profile"],
)
