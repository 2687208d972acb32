"""JSON documents of the caller's account."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.auth.schemas import NewPassword, Password, User
from api.child_profiles.schemas import ChildProfile
from api.http.schemas import Document, Email, Input, JsonObject
from api.parent_profiles.schemas import ExperienceLevel, ParentProfile, StressLevel
from api.parenting_goals.schemas import ParentingGoal
from api.problems.text import Text

NOT_URL: Final = Text(
    "moet een webadres zijn dat begint met https://", "must be a web address that begins with https://"
)

Include = Literal["parentProfile", "childProfiles", "parentingGoals"]
Includes = Annotated[
    list[Include],
    Meta(description="What to include, between commas; children and goals bring the profile that they stand in."),
]
Address = Annotated[
    str,
    Meta(
        max_length=2048,
        pattern=r"^https?://",
        description="Address of a picture.",
        extra={"message": NOT_URL},
    ),
]


class UserPatch(Input):
    """A change of the account: an absent field stays, null clears."""

    email: Email | UnsetType = UNSET
    profile_picture: Address | UnsetType | None = UNSET

    example = {"email": "noor@example.org", "profilePicture": None}


class PasswordChange(Input):
    """The old password, and the new one."""

    old_password: Password
    new_password: NewPassword

    example = {"oldPassword": "welkom in ons huis", "newPassword": "een lange zin onthoudt beter"}


class FamilyProfile(ParentProfile):
    """A parent profile with the included children and goals."""

    child_profiles: list[ChildProfile] | UnsetType = UNSET
    parenting_goals: list[ParentingGoal] | UnsetType = UNSET

    example = ParentProfile.example | {
        "childProfiles": [ChildProfile.example],
        "parentingGoals": [ParentingGoal.example],
    }


class UserDocument(Document):
    """The account, with the profile if it is included; null if there is none."""

    id: int
    username: str
    email: str
    profile_picture: str | None
    parent_profile: FamilyProfile | UnsetType | None = UNSET

    example = User.example | {"parentProfile": FamilyProfile.example}


class FamilyRow(msgspec.Struct, gc=False):
    """A row of get_family: the account, its profile if there is one, and the included children and goals."""

    id: int
    username: str
    email: str
    profile_picture: str | None
    parent_profile_id: int | None
    user_id: int | None
    name: str | None
    profile_email: str | None
    stress_level: StressLevel | None
    experience_level: ExperienceLevel | None
    primary_concerns: list[str] | None
    support_network: list[str] | None
    bio: str | None
    preferred_language: str | None
    communication_preference: str | None
    completed_onboarding: bool | None
    current_onboarding_step: int | None
    onboarding_data: JsonObject | None
    last_suggestion_check: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    child_profiles: Annotated[msgspec.Raw, list[ChildProfile]] | None
    parenting_goals: Annotated[msgspec.Raw, list[ParentingGoal]] | None
