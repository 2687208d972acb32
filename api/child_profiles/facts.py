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
    nl="Er staat te veel bij de routines van dit kind: er passen hoogstens 1000 waarden op 10 niveaus in, samen 32 KB."
    " Haal er eerst iets weg.",
    en="There is too much in this child's routines: at most 1,000 values on 10 levels will fit, 32 KB together."
    " Please remove something first.",
)

TOO_MANY_CHILDREN: Final = ProblemType(
    code="too_many_children",
    status=409,
    title="Too many children",
    nl="Je gezin kan hoogstens 50 kinderen hebben.",
    en="Your family can have at most 50 children.",
)

_LARGE: Final = "a trigger refuses these, and a check would refuse any change of larger ones of before"
_LARGE_VALUES: Final = tuple(f"an object of {size} bytes" for size in (65535, 65536, 65537, 131071, 131072))

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
        Exemption("NewChildProfile.routines", "table takes", _LARGE, _LARGE_VALUES),
        Exemption("ChildProfilePatch.routines", "table takes", _LARGE, _LARGE_VALUES),
    ),
    shares={"get_child_profile": 30, "list_child_profiles": 5, "update_child_profile": 5, "add_child_profile": 2},
)
