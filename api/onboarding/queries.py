"""Typed statements of sql/queries/onboarding.sql."""

from typing import Protocol

import msgspec

from api.database.queries import Queries, bind
from api.onboarding.schemas import Answers, Child, GoalLine, OnboardingProgress
from api.parent_profiles.schemas import ParentProfile
from api.problems.types import NOT_AUTHENTICATED


class OnboardingQueries(Queries, Protocol):
    async def get_onboarding_progress(self, *, user_id: int) -> OnboardingProgress | None: ...

    async def save_onboarding(
        self, *, user_id: int, step: int, completed: bool, document: msgspec.Raw, answers: Answers
    ) -> ParentProfile: ...

    async def sync_child_profiles(self, *, parent_profile_id: int, children: list[Child]) -> None: ...

    async def sync_parenting_goals(self, *, parent_profile_id: int, goals: list[GoalLine]) -> None: ...


sql = bind(
    OnboardingQueries,
    # The account was deleted while its session was still cached.
    constraints={"parent_profiles_user_id_fkey": NOT_AUTHENTICATED},
)
