"""Typed statements of sql/queries/parenting_goals.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.http.conditional import Removal
from api.parent_profiles.facts import PARENT_PROFILE_REQUIRED
from api.parenting_goals.facts import PARENTING_GOAL_NOT_FOUND, TOO_MANY_GOALS
from api.parenting_goals.schemas import NewParentingGoal, ParentingGoal, ParentingGoalChange, ParentingGoalPatch


class ParentingGoalQueries(Queries, Protocol):
    async def list_parenting_goals(self, *, parent_profile_id: int, after: int, count: int) -> list[ParentingGoal]: ...

    async def list_parenting_goals_by_status(
        self, *, parent_profile_id: int, status: str, after: int, count: int
    ) -> list[ParentingGoal]: ...

    async def get_parenting_goal(self, *, parent_profile_id: int, id: int) -> ParentingGoal: ...

    async def add_parenting_goal(self, *, parent_profile_id: int, goal: NewParentingGoal) -> ParentingGoal: ...

    async def add_parenting_goals(
        self, *, parent_profile_id: int, goals: list[NewParentingGoal]
    ) -> list[ParentingGoal]: ...

    async def update_parenting_goal(
        self, *, parent_profile_id: int, id: int, patch: ParentingGoalPatch, versions: str | None
    ) -> ParentingGoalChange: ...

    async def delete_parenting_goal(self, *, parent_profile_id: int, id: int, versions: str | None) -> Removal: ...


sql = bind(
    ParentingGoalQueries,
    missing=PARENTING_GOAL_NOT_FOUND,
    constraints={
        "parenting_goals_parent_profile_id_fkey": PARENT_PROFILE_REQUIRED,
        "parenting_goals_limit": TOO_MANY_GOALS,
    },
)
