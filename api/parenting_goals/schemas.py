"""JSON documents of parenting goals."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from api.http.schemas import Document, Input, Moment, required_text

Title = Annotated[str, required_text(200, "The goal in one line.")]
Description = Annotated[str, Meta(max_length=5000, description="The goal in more words.")]
Category = Annotated[
    str, required_text(50, "What kind of goal it is: the onboarding makes `short_term` and `long_term`.")
]
Priority = Annotated[int, Meta(ge=0, le=100, description="How much it matters.")]
# "$(?!\n)", as Python's "$" also matches before a newline at the end, unlike PostgreSQL's and JSON Schema's.
Status = Annotated[
    str,
    Meta(
        max_length=50,
        pattern=r"^[a-z][a-z_]{0,49}$(?!\n)",
        description="How it stands: `active`, `achieved`, or another lowercase word.",
    ),
]


class ParentingGoal(Document):
    """A goal that a family has set itself; `achievedDate` is set exactly while the status is `achieved`."""

    id: int
    parent_profile_id: int
    title: str
    description: str
    category: str
    priority: int
    status: str
    target_date: Moment | None
    achieved_date: Moment | None
    created_at: Moment
    updated_at: Moment

    example = {
        "id": 31,
        "parentProfileId": 7,
        "title": "Samen eten",
        "description": "Doordeweeks om zes uur aan tafel, zonder schermen",
        "category": "short_term",
        "priority": 10,
        "status": "active",
        "targetDate": "2026-06-30T22:00:00Z",
        "achievedDate": None,
        "createdAt": "2026-03-01T19:20:00.123456Z",
        "updatedAt": "2026-03-01T19:20:00.123456Z",
    }


class ParentingGoalChange(ParentingGoal):
    """A goal after a change, or as it is if the change was for another version."""

    is_refused: bool | UnsetType


class NewParentingGoal(Input):
    """A goal to add."""

    title: Title
    description: Description = ""
    category: Category = "general"
    priority: Priority = 0
    status: Status = "active"
    target_date: Moment | None = None

    example = {
        "title": "Samen eten",
        "description": "Doordeweeks om zes uur aan tafel, zonder schermen",
        "category": "short_term",
        "priority": 10,
        "targetDate": "2026-07-01T00:00:00+02:00",
    }


class ParentingGoalPatch(Input):
    """A change of a goal: an absent field stays, null clears."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    target_date: Moment | UnsetType | None = UNSET

    example = {"status": "achieved", "targetDate": None}


NewParentingGoals = Annotated[list[NewParentingGoal], Meta(min_length=1, max_length=500)]
