"""JSON documents of child profiles."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from api.http.schemas import Document, Input, JsonObject, Moment, TextList, required_text

Name = Annotated[str, required_text(100, "What the child is called.")]
Age = Annotated[int, Meta(ge=0, le=18, description="Age in years.")]
Routines = Annotated[
    dict[str, Any],
    Meta(description="At most 1,000 values in all, on 10 levels, and 32 KiB; a patch is merged into what is there."),
]
Notes = Annotated[str, Meta(max_length=10_000)]


class ChildProfile(Document):
    """A child of a family."""

    id: int
    parent_profile_id: int
    name: str
    age: int
    special_needs: list[str]
    routines: JsonObject
    development_notes: str | None
    last_assessment: Moment | None
    created_at: Moment
    updated_at: Moment

    example = {
        "id": 12,
        "parentProfileId": 7,
        "name": "Bram",
        "age": 4,
        "specialNeeds": ["slaapt licht"],
        "routines": {"bedtijd": {"tijd": "19:00", "stappen": ["bad", "boekje"]}},
        "developmentNotes": None,
        "lastAssessment": "2026-02-11T08:30:00Z",
        "createdAt": "2026-03-01T19:20:00.123456Z",
        "updatedAt": "2026-03-01T19:20:00.123456Z",
    }


class ChildProfileChange(ChildProfile):
    """A child after a change, or as it is if the change was for another version."""

    is_refused: bool | UnsetType


class NewChildProfile(Input):
    """A child to add."""

    name: Name
    age: Age
    special_needs: TextList = []
    routines: Routines = {}
    development_notes: Notes | None = None
    last_assessment: Moment | None = None

    example = {
        "name": "Bram",
        "age": 4,
        "specialNeeds": ["slaapt licht"],
        "routines": {"bedtijd": {"tijd": "19:00", "stappen": ["bad", "boekje"]}},
        "lastAssessment": "2026-02-11T09:30:00+01:00",
    }


class ChildProfilePatch(Input):
    """A change of a child: an absent field stays, null clears."""

    name: Name | UnsetType = UNSET
    age: Age | UnsetType = UNSET
    special_needs: TextList | UnsetType = UNSET
    routines: Routines | UnsetType = UNSET
    development_notes: Notes | UnsetType | None = UNSET
    last_assessment: Moment | UnsetType | None = UNSET

    example = {"age": 5, "developmentNotes": "Fietst zonder zijwieltjes", "lastAssessment": None}


NewChildProfiles = Annotated[list[NewChildProfile], Meta(min_length=1, max_length=50)]
