"""Which tables the payloads of clients end up in, and where a payload rightly allows something else than its column."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from api.auth.schemas import Registration
from api.child_profiles.schemas import ChildProfilePatch, NewChildProfile
from api.onboarding.schemas import (
    BasicInfo,
    Child,
    CompleteBasicInfo,
    CompleteStressAssessment,
    GoalLine,
    Goals,
    OnboardingStep,
    StressAssessment,
)
from api.parent_profiles.schemas import NewParentProfile, ParentProfilePatch
from api.parenting_goals.schemas import NewParentingGoal, ParentingGoalPatch
from api.users.schemas import UserPatch

# What differs: a value that the struct takes and the table refuses, or the other way; null; what an absent field is.
Kind = Literal["struct takes", "table takes", "null", "absent"]


class Payload(msgspec.Struct, frozen=True):
    """A struct, the table that its fields are columns of, and those that are columns of another name or table.

    Of a field whose name ends with `[]` each item is a value of the column. `unwritten` fields are no columns, for the
    reason given. A patch changes rows that are there: what it lacks stays as it is.
    """

    struct: Any
    table: str
    elsewhere: Mapping[str, str] = {}
    unwritten: Mapping[str, str] = {}
    is_patch: bool = False


class Exemption(msgspec.Struct, frozen=True):
    """A difference that is right: of a struct's field, of a kind, for some values (as probes call them) or for all."""

    field: str
    kind: Kind
    reason: str
    values: tuple[str, ...] = ()

    def covers(self, field: str, kind: Kind, value: str) -> bool:
        """Whether a difference is this one."""
        return (self.field, self.kind) == (field, kind) and (not self.values or value in self.values)


_ONLY_IN_THE_DOCUMENT: Final = "only the document of the onboarding holds it"

PAYLOADS: Final = (
    Payload(Registration, "users", unwritten={"password": "its hash is what is written"}),
    Payload(UserPatch, "users", is_patch=True),
    Payload(NewParentProfile, "parent_profiles"),
    Payload(ParentProfilePatch, "parent_profiles", is_patch=True),
    Payload(NewChildProfile, "child_profiles"),
    Payload(ChildProfilePatch, "child_profiles", is_patch=True),
    Payload(NewParentingGoal, "parenting_goals"),
    Payload(ParentingGoalPatch, "parenting_goals", is_patch=True),
    Payload(OnboardingStep, "parent_profiles", {"step": "parent_profiles.current_onboarding_step"}, {"data": "parts"}),
    Payload(BasicInfo, "parent_profiles", unwritten={"parent_type": _ONLY_IN_THE_DOCUMENT}, is_patch=True),
    Payload(CompleteBasicInfo, "parent_profiles", unwritten={"parent_type": _ONLY_IN_THE_DOCUMENT}),
    Payload(StressAssessment, "parent_profiles", is_patch=True),
    Payload(CompleteStressAssessment, "parent_profiles"),
    Payload(Child, "child_profiles"),
    Payload(
        Goals,
        "parent_profiles",
        {"short_term[]": "parenting_goals.title", "long_term[]": "parenting_goals.title"},
        {"support_areas": _ONLY_IN_THE_DOCUMENT},
        is_patch=True,
    ),
    Payload(GoalLine, "parenting_goals", unwritten={"title": "a line of Goals, as it was checked there"}),
)

# Structs that statements take and that are made of payloads.
DERIVED: Final = {"Answers": "fields of BasicInfo, StressAssessment and Goals"}

_NAMED_LATER: Final = "a profile has no name until the onboarding has asked for it, and is told one here"
_COMPLETE: Final = "the column has a placeholder until the onboarding is complete, which asks for it"
_TOO_LARGE: Final = "merges and long numbers get past any limit of a request, so the table counts: routines_too_large"
_ACHIEVED: Final = "the statement sets achieved_date with it"
_OVERSIZED: Final = ("an object of 131073 bytes", "an object of 2 MB")

EXEMPTIONS: Final = (
    Exemption(
        "Registration.username",
        "table takes",
        "accounts of the system before may have white space other than spaces at either end, or a new line within",
        tuple(map(repr, ("\t", "\n", "\x1f", "\xa0", "\u2028", "\u3000", "a\n", "a\nb", "\ta")))
        + tuple(map(repr, ("a@b\n", "a@b\xa0", "https://a\n"))),
    ),
    *(
        Exemption(field, "table takes", _NAMED_LATER, ("''",))
        for field in ("NewParentProfile.name", "ParentProfilePatch.name", "BasicInfo.name", "CompleteBasicInfo.name")
    ),
    Exemption("NewParentProfile.name", "absent", _NAMED_LATER),
    *(
        Exemption(field, "absent", _COMPLETE)
        for field in (
            "CompleteBasicInfo.name",
            "CompleteBasicInfo.experience_level",
            "CompleteStressAssessment.stress_level",
            "CompleteStressAssessment.primary_concerns",
            "CompleteStressAssessment.support_network",
        )
    ),
    Exemption("OnboardingStep.step", "absent", "whoever saves a step says which"),
    Exemption("Goals.communication_preference", "null", "the document leaves it out where there's none"),
    Exemption("GoalLine.category", "absent", "a line stands under one of the two"),
    Exemption("GoalLine.category", "table takes", "goals from elsewhere have categories of their own"),
    Exemption("NewParentingGoal.status", "struct takes", _ACHIEVED, ("'achieved'",)),
    Exemption("ParentingGoalPatch.status", "struct takes", _ACHIEVED, ("'achieved'",)),
    Exemption("NewChildProfile.routines", "struct takes", _TOO_LARGE, _OVERSIZED),
    Exemption("ChildProfilePatch.routines", "struct takes", _TOO_LARGE, _OVERSIZED),
)
