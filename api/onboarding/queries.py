"""Typed statements of sql/queries/onboarding.sql."""

from typing import Protocol

import msgspec

from api.child_profiles.facts import TOO_MANY_CHILDREN
from api.database.queries import Queries, bind
from api.onboarding.facts import ONBOARDING_CHANGED, ONBOARDING_TOO_LARGE
from api.onboarding.schemas import OnboardingProgress, OnboardingSavedRow
from api.parenting_goals.facts import TOO_MANY_GOALS
from api.problems.types import NOT_AUTHENTICATED


class OnboardingQueries(Queries, Protocol):
    async def get_onboarding_progress(self, *, user_id: int) -> OnboardingProgress: ...

    async def lock_onboarding(self, *, user_id: int) -> None: ...

    async def save_onboarding(
        self, *, user_id: int, step: int, completed: bool, document: msgspec.Raw
    ) -> OnboardingSavedRow: ...

    async def sync_child_profiles(
        self, *, parent_profile_id: int, children: msgspec.Raw, reading: str | None
    ) -> None: ...

    async def sync_parenting_goals(self, *, parent_profile_id: int, goals: msgspec.Raw) -> None: ...


sql = bind(
    OnboardingQueries,
    constraints={
        # The account was deleted while its session was still cached.
        "parent_profiles_user_id_fkey": NOT_AUTHENTICATED,
        "parent_profiles_onboarding_data_limit": ONBOARDING_TOO_LARGE,
        # The document, written by hand, has children or goals that can't be rows.
        "parent_profiles_onboarding_rows": ONBOARDING_CHANGED,
        "child_profiles_limit": TOO_MANY_CHILDREN,
        "parenting_goals_limit": TOO_MANY_GOALS,
    },
)
