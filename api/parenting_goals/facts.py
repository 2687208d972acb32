"""Facts of parenting goals, for checks, seed and documentation."""

from typing import Final

from api.facts import Exemption, Facts, Payload, family_table
from api.parenting_goals.schemas import NewParentingGoal, ParentingGoalPatch
from api.problems.text import Text
from api.problems.types import ProblemType

PARENTING_GOAL_NOT_FOUND: Final = ProblemType(
    code="parenting_goal_not_found",
    status=404,
    title="Parenting goal not found",
    nl="Dit doel konden we niet vinden.",
    en="We could not find this goal.",
)

TOO_MANY_GOALS: Final = ProblemType(
    code="too_many_goals",
    status=409,
    title="Too many goals",
    nl="Je kunt hoogstens 1000 doelen hebben. Haal er eerst een weg.",
    en="You can have at most 1,000 goals. Please remove one first.",
)

_ACHIEVED: Final = "the statement sets achieved_date with it"

FACTS: Final = Facts(
    tables=family_table("parenting_goals"),
    labels={
        "title": Text("titel", "title"),
        "description": Text("omschrijving", "description"),
        "category": Text("categorie", "category"),
        "priority": Text("prioriteit", "priority"),
        "status": Text("status", "status"),
        "targetDate": Text("streefdatum", "target date"),
    },
    payloads=(
        Payload(NewParentingGoal, "parenting_goals"),
        Payload(ParentingGoalPatch, "parenting_goals", is_patch=True),
    ),
    exemptions=(
        Exemption("NewParentingGoal.status", "struct takes", _ACHIEVED, ("'achieved'",)),
        Exemption("ParentingGoalPatch.status", "struct takes", _ACHIEVED, ("'achieved'",)),
    ),
    examples={"status": "active"},
    shares={
        "get_parenting_goal": 15,
        "list_parenting_goals": 5,
        "update_parenting_goal": 15,
        "add_parenting_goal": 5,
    },
)
