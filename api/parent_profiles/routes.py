"""The caller's profile."""

from typing import Final

from litestar import Response, Router
from msgspec import UNSET

from api.auth.schemas import Caller
from api.http.conditional import Condition, changed, own_tag, revised_tag
from api.http.endpoint import get, patch, put
from api.parent_profiles.facts import PARENT_PROFILE_NOT_FOUND
from api.parent_profiles.queries import sql
from api.parent_profiles.schemas import NewParentProfile, ParentProfile, ParentProfilePatch
from api.problems.problem import Problem
from api.problems.types import CONSENT_REQUIRED, PRECONDITION_FAILED

PATH: Final = "/parent-profile"


def profile_tag(profile: ParentProfile, _: bytes = b"") -> bytes:
    """Tag of a profile, which suggestions make another too."""
    return own_tag(profile.updated_at, profile.user_id, profile.last_suggestion_check)


@get("/profile", tag=revised_tag, problems=[PARENT_PROFILE_NOT_FOUND])
async def get_profile(caller: Caller) -> ParentProfile:
    """The caller's profile, at the path that the web client uses, with the revision of its document."""
    return await sql.get_profile(user_id=caller.user_id)


@get(PATH, tag=profile_tag, problems=[PARENT_PROFILE_NOT_FOUND])
async def get_parent_profile(caller: Caller) -> ParentProfile:
    """The caller's profile."""
    return await sql.get_parent_profile(user_id=caller.user_id)


@put(
    PATH,
    tag=profile_tag,
    other_status=201,
    problems=[CONSENT_REQUIRED],
    next_operations=["get_parent_profile", "update_parent_profile"],
)
async def put_parent_profile(caller: Caller, data: NewParentProfile, condition: Condition) -> Response[ParentProfile]:
    """Replace the caller's profile, or create it (201)."""
    row = await sql.put_parent_profile(
        user_id=caller.user_id,
        profile=data,
        versions=condition.versions,
        may_create=condition.may_create,
    )
    if row is None:
        raise Problem(PRECONDITION_FAILED)
    created, row.created = row.created, UNSET
    profile: ParentProfile = changed(row, profile_tag)
    if created:
        return Response(profile, status_code=201, headers={"Location": f"/api{PATH}"})
    return Response(profile)


@patch(PATH, tag=profile_tag, problems=[CONSENT_REQUIRED, PARENT_PROFILE_NOT_FOUND])
async def update_parent_profile(caller: Caller, data: ParentProfilePatch, condition: Condition) -> ParentProfile:
    """Change the caller's profile: an absent field stays, null clears what may be empty."""
    row = await sql.update_parent_profile(user_id=caller.user_id, patch=data, versions=condition.versions)
    return changed(row, profile_tag)


router = Router(
    "/api",
    route_handlers=[get_profile, get_parent_profile, put_parent_profile, update_parent_profile],
    tags=["Parent profile"],
)
