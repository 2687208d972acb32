"""The onboarding document, as the web client writes it, and a parent's progress with it."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.child_profiles.schemas import Age
from api.child_profiles.schemas import Name as ChildName
from api.http.schemas import Document, Id, Input, JsonObject, TextList
from api.parent_profiles.schemas import CommunicationPreference, ExperienceLevel, Name, ParentProfile, StressLevel
from api.parenting_goals.schemas import Title
from api.problems.field_messages import NOT_EMAIL
from api.problems.text import Text

PROGRESS_SAVED: Final = Text("Je antwoorden zijn opgeslagen.", "Your answers have been saved.")
ONBOARDING_COMPLETED: Final = Text("Je profiel is klaar. Welkom!", "Your profile is ready. Welcome!")

ParentType = Annotated[Literal["mom", "dad", "other"], Meta(title="ParentType")]
Step = Annotated[int, Meta(ge=0, le=4, description="The step of the onboarding that is saved.")]

# Empty until told: forms send it nevertheless.
EmailOrNone = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^([^@\s]+@[^@\s]+)?$(?!\n)",
        description="Where the parent wants to be written to; may be empty.",
        extra={"message": NOT_EMAIL},
    ),
]
Revision = Annotated[
    str,
    Meta(
        description="As it came with the document: at most 4 KB, opaque. A save with it is merged three ways; one "
        "without it, or with one that isn't the account's, removes nothing."
    ),
]

# As many as a family may have: a document that was read can be sent back.
GoalTitles = Annotated[list[Title], Meta(max_length=1000)]


class BasicInfo(Input, kw_only=True):
    """Who the parent is, as far as answered."""

    name: Name | UnsetType = UNSET
    parent_type: ParentType | UnsetType = UNSET
    experience_level: ExperienceLevel | UnsetType = UNSET
    email: EmailOrNone | UnsetType = UNSET


class CompleteBasicInfo(BasicInfo, kw_only=True):
    """Who the parent is."""

    name: Name
    parent_type: ParentType
    experience_level: ExperienceLevel


class StressAssessment(Input, kw_only=True):
    """How the parent is doing, as far as answered."""

    stress_level: StressLevel | UnsetType = UNSET
    primary_concerns: TextList | UnsetType = UNSET
    support_network: TextList | UnsetType = UNSET


class CompleteStressAssessment(StressAssessment, kw_only=True):
    """How the parent is doing."""

    stress_level: StressLevel
    primary_concerns: TextList
    support_network: TextList


class Child(Input):
    """A child, known by its id, or else by its name; absent special needs stay as they are."""

    name: ChildName
    age: Age
    special_needs: TextList | UnsetType = UNSET
    id: Id | UnsetType = UNSET


class Goals(Input):
    """What the parent wants to reach, and how."""

    short_term: GoalTitles | UnsetType = UNSET
    long_term: GoalTitles | UnsetType = UNSET
    support_areas: TextList | UnsetType = UNSET
    communication_preference: CommunicationPreference | UnsetType = UNSET


class OnboardingDocument(Input, kw_only=True):
    """The document so far: any part may be missing, and any field of a part."""

    basic_info: BasicInfo | UnsetType = UNSET
    stress_assessment: StressAssessment | UnsetType = UNSET
    child_profiles: Annotated[list[Child], Meta(max_length=500)] | UnsetType = UNSET
    goals: Goals | UnsetType = UNSET
    revision: Revision | UnsetType | None = UNSET

    example = {
        "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"},
        "stressAssessment": {"stressLevel": "moderate", "primaryConcerns": ["slapen"], "supportNetwork": ["oma"]},
        "childProfiles": [{"name": "Bram", "age": 4, "specialNeeds": []}],
        "goals": {"shortTerm": ["Samen eten"], "longTerm": ["Meer rust in huis"], "supportAreas": ["slapen"]},
    }


class CompleteOnboardingDocument(OnboardingDocument, kw_only=True):
    """The complete document."""

    basic_info: CompleteBasicInfo
    stress_assessment: CompleteStressAssessment


class OnboardingStep(Input):
    """A step to save, with the document so far."""

    step: Step
    data: OnboardingDocument

    example = {"step": 1, "data": {"basicInfo": OnboardingDocument.example["basicInfo"]}}


class OnboardingProgress(Document):
    """A parent's progress, with the document so far."""

    current_onboarding_step: int
    completed_onboarding: bool
    onboarding_data: JsonObject

    example = {
        "currentOnboardingStep": 4,
        "completedOnboarding": True,
        "onboardingData": OnboardingDocument.example,
    }


class OnboardingSaved(Document):
    """The response to a saved document: a message, and the profile after it."""

    message: str
    profile: ParentProfile

    example = {"message": PROGRESS_SAVED.nl, "profile": ParentProfile.example}


class OnboardingSavedRow(ParentProfile):
    """A profile after a save, changes of children and goals that are rows, and which reading the tab goes on from."""

    children: msgspec.Raw | None
    goals: msgspec.Raw | None
    reading: str | None
