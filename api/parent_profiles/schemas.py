"""JSON documents of parent profiles."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from api.http.schemas import Document, Email, Input, JsonObject, Moment, TextList, required_text

StressLevel = Annotated[Literal["low", "moderate", "high", "very_high"], Meta(title="StressLevel")]
ExperienceLevel = Annotated[Literal["first_time", "experienced", "multiple_children"], Meta(title="ExperienceLevel")]

Name = Annotated[str, required_text(100, "What the parent wants to be called.")]
Bio = Annotated[str, Meta(max_length=5000)]
LanguageTag = Annotated[
    str,
    Meta(
        max_length=35,
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$(?!\n)",
        description="Language tag (BCP 47) the parent wants to be spoken to in.",
    ),
]
CommunicationPreference = Annotated[str, Meta(max_length=200, description="How the parent wants to be reached.")]


class ParentProfile(Document):
    """What the app knows about a parent."""

    id: int
    user_id: int
    name: str
    email: str | None
    stress_level: StressLevel
    experience_level: ExperienceLevel
    primary_concerns: list[str]
    support_network: list[str]
    bio: str | None
    preferred_language: str
    communication_preference: str | None
    completed_onboarding: bool
    current_onboarding_step: int
    onboarding_data: JsonObject
    last_suggestion_check: Moment
    created_at: Moment
    updated_at: Moment

    example = {
        "id": 7,
        "userId": 5,
        "name": "Noor",
        "email": None,
        "stressLevel": "moderate",
        "experienceLevel": "first_time",
        "primaryConcerns": ["slapen"],
        "supportNetwork": ["oma", "buren"],
        "bio": None,
        "preferredLanguage": "nl",
        "communicationPreference": "e-mail",
        "completedOnboarding": False,
        "currentOnboardingStep": 1,
        "onboardingData": {"basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"}},
        "lastSuggestionCheck": "2026-03-01T19:20:00.123456Z",
        "createdAt": "2026-03-01T19:20:00.123456Z",
        "updatedAt": "2026-03-01T19:24:30.654321Z",
    }


class ParentProfileChange(ParentProfile):
    """A profile after a change, or as it is if the change was for another version."""

    is_refused: bool | UnsetType


class PutParentProfileRow(ParentProfileChange):
    """The same, and whether the profile was created."""

    created: bool | UnsetType


class NewParentProfile(Input):
    """All fields of a profile that its parent writes; an absent field gets its default."""

    name: Name
    email: Email | None = None
    stress_level: StressLevel = "moderate"
    experience_level: ExperienceLevel = "first_time"
    primary_concerns: TextList = []
    support_network: TextList = []
    bio: Bio | None = None
    preferred_language: LanguageTag = "nl"
    communication_preference: CommunicationPreference | None = None

    example = {
        "name": "Noor",
        "email": "noor@example.org",
        "stressLevel": "moderate",
        "experienceLevel": "first_time",
        "primaryConcerns": ["slapen"],
        "supportNetwork": ["oma", "buren"],
        "preferredLanguage": "nl",
    }


class ParentProfilePatch(Input):
    """A change of a profile: an absent field stays, null clears."""

    name: Name | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    stress_level: StressLevel | UnsetType = UNSET
    experience_level: ExperienceLevel | UnsetType = UNSET
    primary_concerns: TextList | UnsetType = UNSET
    support_network: TextList | UnsetType = UNSET
    bio: Bio | UnsetType | None = UNSET
    preferred_language: LanguageTag | UnsetType = UNSET
    communication_preference: CommunicationPreference | UnsetType | None = UNSET

    example = {"bio": "Moeder van twee", "stressLevel": "low", "email": None}
