"""Conversion of onboarding documents to columns and rows."""

import msgspec
from msgspec import UNSET

from api.onboarding.schemas import (
    Answers,
    BasicInfo,
    CompleteOnboardingDocument,
    GoalLine,
    Goals,
    OnboardingDocument,
    OnboardingProgress,
    StressAssessment,
)

_NO_BASIC_INFO = BasicInfo()
_NO_ASSESSMENT = StressAssessment()
_NO_GOALS = Goals()


def answers(document: OnboardingDocument) -> Answers:
    """Columns of the profile that a document answers."""
    basic_info = document.basic_info or _NO_BASIC_INFO
    assessment = document.stress_assessment or _NO_ASSESSMENT
    goals = document.goals or _NO_GOALS
    return Answers(
        name=basic_info.name,
        experience_level=basic_info.experience_level,
        stress_level=assessment.stress_level,
        primary_concerns=assessment.primary_concerns,
        support_network=assessment.support_network,
        communication_preference=goals.communication_preference,
    )


def goal_lines(document: OnboardingDocument) -> list[GoalLine]:
    """Goals of a document, in its order."""
    goals = document.goals or _NO_GOALS
    return [
        *(GoalLine(title, "short_term") for title in goals.short_term or ()),
        *(GoalLine(title, "long_term") for title in goals.long_term or ()),
    ]


def names_family(document: OnboardingDocument) -> bool:
    """Whether a document says which children and goals there are, if any."""
    goals = document.goals or _NO_GOALS
    return UNSET not in (document.child_profiles, goals.short_term, goals.long_term)


def with_saved(document: CompleteOnboardingDocument, saved: OnboardingProgress | None) -> CompleteOnboardingDocument:
    """Document with the children and goals of the saved one, where it names none: they become rows with the others."""
    if saved is None or saved.completed_onboarding:
        return document
    try:
        before = msgspec.json.decode(saved.onboarding_data, type=OnboardingDocument)
    except msgspec.ValidationError:
        # Written by hand: the database refuses to complete it.
        return document
    goals, goals_before = document.goals or _NO_GOALS, before.goals or _NO_GOALS
    return msgspec.structs.replace(
        document,
        child_profiles=before.child_profiles if document.child_profiles is UNSET else document.child_profiles,
        goals=msgspec.structs.replace(
            goals,
            short_term=goals_before.short_term if goals.short_term is UNSET else goals.short_term,
            long_term=goals_before.long_term if goals.long_term is UNSET else goals.long_term,
        ),
    )
