"""Rows of a family as they are copied: the columns, save keys and what is the same for all."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Account(NamedTuple):
    """Columns of users."""

    username: str
    email: str
    created_at: datetime


class Profile(NamedTuple):
    """Columns of parent_profiles; documents are encoded JSON."""

    name: str
    stress_level: str
    experience_level: str
    primary_concerns: Sequence[str]
    support_network: Sequence[str]
    bio: str | None
    preferred_language: str
    communication_preference: str | None
    completed_onboarding: bool
    current_onboarding_step: int
    onboarding_data: str
    last_suggestion_check: datetime
    created_at: datetime
    updated_at: datetime


class Child(NamedTuple):
    """Columns of child_profiles; routines are encoded JSON."""

    name: str
    age: int
    special_needs: Sequence[str]
    routines: str
    development_notes: str | None
    last_assessment: datetime | None
    created_at: datetime
    updated_at: datetime


class Goal(NamedTuple):
    """Columns of parenting_goals."""

    title: str
    description: str
    category: str
    priority: int
    status: str
    target_date: datetime | None
    achieved_date: datetime | None
    created_at: datetime
    updated_at: datetime


class Family(NamedTuple):
    """An account with its profile, children and goals."""

    account: Account
    profile: Profile
    children: Sequence[Child]
    goals: Sequence[Goal]
