"""Conversion of onboarding documents to columns and rows."""

from api.onboarding.schemas import Answers, BasicInfo, GoalLine, Goals, OnboardingDocument, StressAssessment

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
