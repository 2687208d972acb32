"""JSON documents of the caller's account."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.auth.schemas import Code, NewPassword, Password, RecoveryCode, User
from api.child_profiles.schemas import ChildProfile
from api.http.conditional import own_tag
from api.http.schemas import Document, Email, Input, JsonObject
from api.http.web_addresses import is_web_address
from api.parent_profiles.schemas import ExperienceLevel, ParentProfile, StressLevel
from api.parenting_goals.schemas import ParentingGoal
from api.problems.problem import Violation
from api.problems.text import Text

NOT_URL: Final = Text(
    "moet een volledig webadres zijn, zoals https://voorbeeld.nl/foto.png",
    "must be a complete web address, such as https://example.com/photo.png",
)

NEEDED_FOR_EMAIL: Final = Text("is nodig om je e-mailadres te wijzigen", "is needed to change your e-mail address")

Include = Literal["parentProfile", "childProfiles", "parentingGoals"]
Includes = Annotated[
    list[Include],
    Meta(description="What to include, between commas; children and goals bring the profile that they stand in."),
]


def _refuse_other_addresses(address: str) -> Text | None:
    return None if is_web_address(address) else NOT_URL


# Only for the documentation: the rule also takes IP addresses, letters of other scripts, and ports up to 65535.
_LABEL_END: Final = "([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_PATTERN: Final = (
    rf"^[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9_]{_LABEL_END}\.)*[A-Za-z]{_LABEL_END}\.?(:[0-5]?[0-9]{{1,4}})?"
    r"([/?#][!#-&(-;=?-Z\[\]_a-z~]*)?$"
)
Address = Annotated[
    str,
    Meta(
        max_length=2048,
        description="Address of a picture: http or https, without user name and password.",
        extra={"rule": _refuse_other_addresses},
        extra_json_schema={"pattern": _PATTERN},
    ),
]


class UserPatch(Input):
    """A change of the account: an absent field stays, null clears; another e-mail address takes the password."""

    email: Email | UnsetType = UNSET
    current_password: Password | UnsetType = UNSET
    profile_picture: Address | UnsetType | None = UNSET

    def violations(self) -> Iterator[Violation]:
        if self.email is not UNSET and self.current_password is UNSET:
            yield Violation("/currentPassword", NEEDED_FOR_EMAIL)

    example = {
        "email": "noor@example.org",
        "currentPassword": "een lange zin onthoudt beter",
        "profilePicture": None,
    }


class UserChange(User):
    """An account after a change, or as it is if the change was for another version."""

    updated_at: datetime
    is_refused: bool | UnsetType


class LockedUser(msgspec.Struct, gc=False):
    """An account that is to be erased, unless it's of another version."""

    id: int
    updated_at: datetime
    is_refused: bool | UnsetType


def account_tag(row: UserChange | LockedUser) -> bytes:
    return own_tag(row.updated_at, row.id)


class PasswordChange(Input):
    """The old password, and the new one."""

    old_password: Password
    new_password: NewPassword

    example = {"oldPassword": "een lange zin onthoudt beter", "newPassword": "een nog langere zin"}


class Erasure(Input):
    """The password; and of an account with a second factor a code or a recovery code, or none after a recent login."""

    password: Password
    code: Code | None = None
    recovery_code: RecoveryCode | None = None

    example = {"password": "een lange zin onthoudt beter"}


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

    example = {name: value for name, value in User.example.items() if name != "consentNeeded"} | {
        "parentProfile": FamilyProfile.example
    }


class FamilyRow(msgspec.Struct, gc=False):
    """A row of get_family: the account, its profile if there is one, and the included children and goals."""

    id: int
    username: str
    email: str
    profile_picture: str | None
    account_updated_at: datetime
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
