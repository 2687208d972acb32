"""Facts of child profiles, for checks, seed and documentation."""

from typing import Final

from api.child_profiles.schemas import ChildProfilePatch, NewChildProfile
from api.facts import Exemption, Facts, Payload, family_table
from api.problems.text import Text
from api.problems.types import ProblemType

CHILD_PROFILE_NOT_FOUND: Final = ProblemType(
    code="child_profile_not_found",
    status=404,
    title="Child profile not found",
    nl="Dit kind konden we niet vinden.",
    en="We could not find this child.",
)

ROUTINES_TOO_LARGE: Final = ProblemType(
    code="routines_too_large",
    status=409,
    title="Routines too large",
    nl="Er staat te veel bij de routines van dit kind. Haal er eerst iets weg.",
    en="There is too much in this child's routines. Please remove something first.",
)

_TOO_LARGE: Final = "merges and long numbers get past any limit of a request, so the table counts: routines_too_large"
_OVERSIZED: Final = ("an object of 131073 bytes", "an object of 2 MB")

FACTS: Final = Facts(
    tables=family_table("child_profiles"),
    labels={
        "name": Text("naam", "name"),
        "age": Text("leeftijd", "age"),
        "specialNeeds": Text("bijzonderheden", "special needs"),
        "routines": Text("routines", "routines"),
        "developmentNotes": Text("notities over de ontwikkeling", "development notes"),
        "lastAssessment": Text("laatste beoordeling", "last assessment"),
    },
    payloads=(Payload(NewChildProfile, "child_profiles"), Payload(ChildProfilePatch, "child_profiles", is_patch=True)),
    exemptions=(
        Exemption("NewChildProfile.routines", "struct takes", _TOO_LARGE, _OVERSIZED),
        Exemption("ChildProfilePatch.routines", "struct takes", _TOO_LARGE, _OVERSIZED),
    ),
    shares={"get_child_profile": 30, "list_child_profiles": 5, "update_child_profile": 5, "add_child_profile": 2},
)
