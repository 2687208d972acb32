"""Facts of the onboarding document, for checks, seed and documentation."""

from typing import Final

from api.facts import Exemption, Facts, Payload, family_table
from api.onboarding.schemas import (
    BasicInfo,
    Child,
    CompleteBasicInfo,
    CompleteStressAssessment,
    Goals,
    OnboardingStep,
    StressAssessment,
)
from api.parent_profiles.facts import NAMED_LATER
from api.problems.text import Text
from api.problems.types import ProblemType

ONBOARDING_TOO_LARGE: Final = ProblemType(
    code="onboarding_too_large",
    status=409,
    title="Onboarding document too large",
    nl="Er staat te veel in je antwoorden: er past hoogstens 128 KB in. Haal er eerst iets weg.",
    en="There is too much in your answers: at most 128 KB will fit. Please remove something first.",
)

ONBOARDING_CHANGED: Final = ProblemType(
    code="onboarding_changed",
    status=409,
    title="Onboarding has just changed",
    nl="Je antwoorden zijn net ergens anders gewijzigd. Kijk ze na en probeer het nog eens.",
    en="Your answers have just been changed elsewhere. Please look at them and try again.",
)

_ONLY_IN_THE_DOCUMENT: Final = "only the document of the onboarding holds it"
_COMPLETE: Final = "the column has a placeholder until the onboarding is complete, which asks for it"
_NO_EMAIL: Final = "the form sends an empty text for none, which is null in the table"

FACTS: Final = Facts(
    tables=family_table("onboarding_merge_bases"),
    labels={
        "parentType": Text("rol", "role"),
        "shortTerm": Text("doelen voor de korte termijn", "short-term goals"),
        "longTerm": Text("doelen voor de lange termijn", "long-term goals"),
        "supportAreas": Text("waarbij je steun zoekt", "support areas"),
        "childProfiles": Text("kinderen", "children"),
        "basicInfo": Text("over jezelf", "about yourself"),
        "stressAssessment": Text("hoe het met je gaat", "how you are doing"),
        "goals": Text("doelen", "goals"),
        "step": Text("stap", "step"),
        "data": Text("antwoorden", "answers"),
        "revision": Text("versie", "revision"),
        "id": Text("nummer", "id"),
    },
    payloads=(
        Payload(
            OnboardingStep, "parent_profiles", {"step": "parent_profiles.current_onboarding_step"}, {"data": "parts"}
        ),
        Payload(BasicInfo, "parent_profiles", unwritten={"parent_type": _ONLY_IN_THE_DOCUMENT}, is_patch=True),
        Payload(CompleteBasicInfo, "parent_profiles", unwritten={"parent_type": _ONLY_IN_THE_DOCUMENT}),
        Payload(StressAssessment, "parent_profiles", is_patch=True),
        Payload(CompleteStressAssessment, "parent_profiles"),
        Payload(Child, "child_profiles", unwritten={"id": "says which child is meant"}),
        Payload(
            Goals,
            "parent_profiles",
            {"short_term[]": "parenting_goals.title", "long_term[]": "parenting_goals.title"},
            {"support_areas": _ONLY_IN_THE_DOCUMENT},
            is_patch=True,
        ),
    ),
    exemptions=(
        Exemption("BasicInfo.name", "table takes", NAMED_LATER, ("''",)),
        Exemption("CompleteBasicInfo.name", "table takes", NAMED_LATER, ("''",)),
        Exemption("CompleteBasicInfo.name", "absent", _COMPLETE),
        Exemption("CompleteBasicInfo.experience_level", "absent", _COMPLETE),
        Exemption("BasicInfo.email", "struct takes", _NO_EMAIL, ("''",)),
        Exemption("BasicInfo.email", "null", _NO_EMAIL),
        Exemption("CompleteBasicInfo.email", "null", _NO_EMAIL),
        Exemption("CompleteBasicInfo.email", "struct takes", _NO_EMAIL, ("''",)),
        Exemption("CompleteStressAssessment.stress_level", "absent", _COMPLETE),
        Exemption("CompleteStressAssessment.primary_concerns", "absent", _COMPLETE),
        Exemption("CompleteStressAssessment.support_network", "absent", _COMPLETE),
        Exemption("OnboardingStep.step", "absent", "whoever saves a step says which"),
        Exemption("Goals.communication_preference", "null", "the document leaves it out where there's none"),
    ),
    examples={
        "step": 4,
        "document": {"basicInfo": {"name": "Sanne", "experienceLevel": "first_time"}},
        "sync_child_profiles.children": [
            {"name": "Noor", "age": 4, "specialNeeds": [], "change": "added", "posted": [1]}
        ],
        "reading": "4f1c0a9e6b7d4e2f8a5b3c1d0e9f8a7b",
        "sync_parenting_goals.goals": [{"title": "Read together", "category": "short_term", "change": "added"}],
    },
    transactions={
        "complete_onboarding": ("lock_onboarding", "save_onboarding", "sync_child_profiles", "sync_parenting_goals")
    },
)
