"""Facts of parent profiles, for checks, seed and documentation."""

from typing import Final

from api.facts import Exemption, Facts, Payload, Table, family_table
from api.parent_profiles.schemas import NewParentProfile, ParentProfilePatch
from api.problems.text import Text
from api.problems.types import ProblemType

PARENT_PROFILE_NOT_FOUND: Final = ProblemType(
    code="parent_profile_not_found",
    status=404,
    title="Parent profile not found",
    nl="Je hebt nog geen profiel.",
    en="You don't have a profile yet.",
)

PARENT_PROFILE_REQUIRED: Final = ProblemType(
    code="parent_profile_required",
    status=409,
    title="Parent profile required",
    nl="Maak eerst je eigen profiel af, dan kun je hiermee verder.",
    en="Please finish your own profile first, then you can go on with this.",
)

NAMED_LATER: Final = "a profile has no name until the onboarding has asked for it, and is told one here"

FACTS: Final = Facts(
    tables={
        "parent_profiles": Table(
            {"user_id": "user", "id": "family"},
            {"parent_profiles_pkey": "id", "parent_profiles_user_id_key": "user_id"},
        ),
        # Kept by triggers.
        **family_table("family_sizes"),
    },
    labels={
        "name": Text("naam", "name"),
        "email": Text("e-mailadres", "e-mail address"),
        "stressLevel": Text("stressniveau", "stress level"),
        "experienceLevel": Text("ervaring", "experience"),
        "primaryConcerns": Text("grootste zorgen", "primary concerns"),
        "supportNetwork": Text("steun om je heen", "support network"),
        "bio": Text("over jou", "about you"),
        "preferredLanguage": Text("taal", "language"),
        "communicationPreference": Text("voorkeur voor contact", "communication preference"),
    },
    payloads=(
        Payload(NewParentProfile, "parent_profiles"),
        Payload(ParentProfilePatch, "parent_profiles", is_patch=True),
    ),
    # Of any noun: most changes ask for none.
    examples={"versions": None},
    exemptions=(
        Exemption("NewParentProfile.name", "table takes", NAMED_LATER, ("''",)),
        Exemption("ParentProfilePatch.name", "table takes", NAMED_LATER, ("''",)),
        Exemption("NewParentProfile.name", "absent", NAMED_LATER),
    ),
)
