"""The nested document of a family, from a row of get_family."""

from collections.abc import Collection
from typing import Any, Final

from msgspec import UNSET, UnsetType
from msgspec.json import Decoder
from msgspec.structs import astuple

from api.child_profiles.schemas import ChildProfile
from api.parenting_goals.schemas import ParentingGoal
from api.users.schemas import FamilyProfile, FamilyRow, Include, UserDocument

# A row has the columns of the account, then those of the profile, then children and goals.
_PROFILE = slice(FamilyRow.__struct_fields__.index("parent_profile_id"), -2)
_children: Final = Decoder(list[ChildProfile]).decode
_goals: Final = Decoder(list[ParentingGoal]).decode


def user_document(row: FamilyRow, include: Collection[Include]) -> UserDocument:
    """Document with the included parts; children and goals include the profile, which contains them."""
    return UserDocument(row.id, row.username, row.email, row.profile_picture, _profile(row) if include else UNSET)


def _profile(row: FamilyRow) -> FamilyProfile | None:
    if row.parent_profile_id is None:
        return None
    children: list[ChildProfile] | UnsetType = UNSET
    goals: list[ParentingGoal] | UnsetType = UNSET
    if row.child_profiles is not None:
        children = _children(row.child_profiles)
    if row.parenting_goals is not None:
        goals = _goals(row.parenting_goals)
    columns: list[Any] = [*astuple(row)[_PROFILE], children, goals]
    return FamilyProfile(*columns)
