"""The goals of the caller's family."""

from typing import Final

from litestar import Router

from api.auth.schemas import Caller
from api.http.conditional import Condition, changed, row_tag
from api.http.endpoint import delete, get, patch, post
from api.http.pagination import Keyset
from api.http.schemas import Cursor, Id, Limit, Page
from api.parent_profiles.facts import PARENT_PROFILE_REQUIRED
from api.parenting_goals.facts import PARENTING_GOAL_NOT_FOUND, TOO_MANY_GOALS
from api.parenting_goals.queries import sql
from api.parenting_goals.schemas import (
    NewParentingGoal,
    NewParentingGoals,
    ParentingGoal,
    ParentingGoalPatch,
    Status,
)
from api.problems.types import CONSENT_REQUIRED

BY_ID: Final = Keyset(ParentingGoal, "id")


@get("/")
async def list_parenting_goals(
    caller: Caller, limit: Limit = 20, cursor: Cursor | None = None, status: Status | None = None
) -> Page[ParentingGoal]:
    """List the goals of the caller's family, or those of one status, oldest entry first."""
    (after,) = BY_ID.after(cursor)
    if status is None:
        rows = await sql.list_parenting_goals(parent_profile_id=caller.parent_profile_id, after=after, count=limit + 1)
    else:
        rows = await sql.list_parenting_goals_by_status(
            parent_profile_id=caller.parent_profile_id, status=status, after=after, count=limit + 1
        )
    return BY_ID.page(rows, limit)


@post("/", tag=row_tag, problems=[CONSENT_REQUIRED, PARENT_PROFILE_REQUIRED, TOO_MANY_GOALS])
async def add_parenting_goal(caller: Caller, data: NewParentingGoal) -> ParentingGoal:
    """Add a goal to the caller's family."""
    return await sql.add_parenting_goal(parent_profile_id=caller.parent_profile_id, goal=data)


@post("/batch", body_limit=1024 * 1024, problems=[CONSENT_REQUIRED, PARENT_PROFILE_REQUIRED, TOO_MANY_GOALS])
async def add_parenting_goals(caller: Caller, data: NewParentingGoals) -> list[ParentingGoal]:
    """Add up to 500 goals at once, all of them or none."""
    return await sql.add_parenting_goals(parent_profile_id=caller.parent_profile_id, goals=data)


@get("/{id:int}", tag=row_tag, problems=[PARENTING_GOAL_NOT_FOUND])
async def get_parenting_goal(caller: Caller, id: Id) -> ParentingGoal:
    """One goal of the caller's family."""
    return await sql.get_parenting_goal(parent_profile_id=caller.parent_profile_id, id=id)


@patch("/{id:int}", tag=row_tag, problems=[PARENTING_GOAL_NOT_FOUND])
async def update_parenting_goal(
    caller: Caller, id: Id, data: ParentingGoalPatch, condition: Condition
) -> ParentingGoal:
    """Change a goal: an absent field stays, null clears what may be empty; the server keeps `achievedDate`."""
    return changed(
        await sql.update_parenting_goal(
            parent_profile_id=caller.parent_profile_id, id=id, patch=data, versions=condition.versions
        )
    )


@delete("/{id:int}", problems=[PARENTING_GOAL_NOT_FOUND])
async def delete_parenting_goal(caller: Caller, id: Id, condition: Condition) -> None:
    """Remove a goal of the caller's family."""
    changed(
        await sql.delete_parenting_goal(parent_profile_id=caller.parent_profile_id, id=id, versions=condition.versions)
    )


router = Router(
    "/api/parenting-goals",
    route_handlers=[
        list_parenting_goals,
        add_parenting_goal,
        add_parenting_goals,
        get_parenting_goal,
        update_parenting_goal,
        delete_parenting_goal,
    ],
    tags=["Parenting goals"],
)
