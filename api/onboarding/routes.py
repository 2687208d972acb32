"""The onboarding of a parent in steps, and the profile page that edits its document later."""

from typing import Final

import msgspec
from litestar import Router
from msgspec.structs import astuple

from api.auth.schemas import Caller
from api.child_profiles.facts import TOO_MANY_CHILDREN
from api.database.transactions import deferred
from api.http.conditional import revised_tag
from api.http.endpoint import get, post
from api.onboarding.facts import ONBOARDING_CHANGED, ONBOARDING_TOO_LARGE
from api.onboarding.queries import sql
from api.onboarding.schemas import (
    ONBOARDING_COMPLETED,
    PROGRESS_SAVED,
    CompleteOnboardingDocument,
    OnboardingDocument,
    OnboardingProgress,
    OnboardingSaved,
    OnboardingStep,
)
from api.parent_profiles.schemas import ParentProfile
from api.parenting_goals.facts import TOO_MANY_GOALS
from api.problems.text import Language
from api.problems.types import CONSENT_REQUIRED
from api.suggestions.suggesting import look_now

LAST_STEP: Final = 4
# Bytes: the titles of as many goals as a family may have, and what else is in a document.
BODY_LIMIT: Final = 256 * 1024


@get("/progress", tag=revised_tag)
async def get_onboarding_progress(caller: Caller) -> OnboardingProgress:
    """The caller's progress; once complete, the document is composed from profile, children and goals."""
    return await sql.get_onboarding_progress(user_id=caller.user_id)


@post(
    "/progress",
    status_code=200,
    body_limit=BODY_LIMIT,
    problems=[CONSENT_REQUIRED, ONBOARDING_CHANGED, ONBOARDING_TOO_LARGE, TOO_MANY_CHILDREN, TOO_MANY_GOALS],
    next_operations=["get_onboarding_progress", "complete_onboarding"],
)
async def save_onboarding_progress(caller: Caller, data: OnboardingStep, language: Language) -> OnboardingSaved:
    """Merge a step into the saved document; once complete, profile, children and goals are updated too."""
    profile = await _save(caller.user_id, data.step, data.data, completed=False)
    return OnboardingSaved(PROGRESS_SAVED.format(language), profile)


@post(
    "/complete",
    status_code=200,
    body_limit=BODY_LIMIT,
    problems=[CONSENT_REQUIRED, ONBOARDING_CHANGED, ONBOARDING_TOO_LARGE, TOO_MANY_CHILDREN, TOO_MANY_GOALS],
    next_operations=["get_onboarding_progress", "get_family"],
)
async def complete_onboarding(caller: Caller, data: CompleteOnboardingDocument, language: Language) -> OnboardingSaved:
    """Complete the onboarding: write the profile, its children and its goals, all or none.

    It is merged as other saves are, so what was saved before becomes rows too.
    """
    profile = await _save(caller.user_id, LAST_STEP, data, completed=True)
    if not deferred(look_now):
        look_now()
    return OnboardingSaved(ONBOARDING_COMPLETED.format(language), profile)


async def _save(user_id: int, step: int, document: OnboardingDocument, *, completed: bool) -> ParentProfile:
    """Merge a document; once complete, its children and goals are rows."""
    async with sql.transaction(user_id=user_id):  # owner: the caller's, from both handlers
        await sql.lock_onboarding(user_id=user_id)  # owner: the caller's, from both handlers
        *columns, children, goals, reading = astuple(
            await sql.save_onboarding(
                user_id=user_id,  # owner: the caller's, from both handlers
                step=step,
                completed=completed,
                document=msgspec.Raw(msgspec.json.encode(document)),
            )
        )
        profile = ParentProfile(*columns)
        if children is not None:
            await sql.sync_child_profiles(
                parent_profile_id=profile.id,  # owner: the row that was saved for the caller
                children=children,
                reading=reading,
            )
        if goals is not None:
            await sql.sync_parenting_goals(
                parent_profile_id=profile.id,  # owner: the row that was saved for the caller
                goals=goals,
            )
    return profile


router = Router(
    "/api/onboarding",
    route_handlers=[get_onboarding_progress, save_onboarding_progress, complete_onboarding],
    tags=["Onboarding"],
)
