"""The onboarding document, as the web client writes it, and a parent's progress with it."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.child_profiles.schemas import Age
from api.child_profiles.schemas import Name as ChildName
from api.http.schemas import Document, Input, JsonObject, TextList
from api.parent_profiles.schemas import CommunicationPreference, ExperienceLevel, Name, ParentProfile, StressLevel
from api.parenting_goals.schemas import Title
from api.problems.text import Text

PROGRESS_SAVED: Final = Text("Je antwoorden zijn opgeslagen.", "Your answers have been saved.")
ONBOARDING_COMPLETED: Final = Text("Je profiel is klaar. Welkom!", "Your profile is ready. Welcome!")

ParentType = Literal["mom", "dad", "other"]
Step = Annotated[int, Meta(ge=0, le=4, description="The step of the onboarding that is saved.")]

# As many as a family may have: a document that was read can be sent back.
GoalTitles = Annotated[list[Title], Meta(max_length=1000)]


class BasicInfo(Input, kw_only=True):
    """Who the parent is, as far as answered."""

    name: Name | UnsetType = UNSET
    parent_type: ParentType | UnsetType = UNSET
    experience_level: ExperienceLevel | UnsetType = UNSET


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
    """A child, identified by its name; absent special needs stay as they are."""

    name: ChildName
    age: Age
    special_needs: TextList | UnsetType = UNSET


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


class Answers(msgspec.Struct, frozen=True):
    """Columns of a profile that a document answers."""

    name: str | UnsetType
    experience_level: ExperienceLevel | UnsetType
    stress_level: StressLevel | UnsetType
    primary_concerns: list[str] | UnsetType
    support_network: list[str] | UnsetType
    communication_preference: str | UnsetType


class GoalLine(msgspec.Struct, frozen=True):
    """A goal of the document, as columns."""

    title: str
    category: Literal["short_term", "long_term"]
