"""The document of an export, and the rows that it's made of."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from api.child_profiles.schemas import ChildProfile
from api.consents.schemas import Consent
from api.http.schemas import Document, JsonObject, Moment
from api.parent_profiles.schemas import ExperienceLevel, ParentProfile, StressLevel
from api.parenting_goals.schemas import ParentingGoal

_MOMENT: Final = "2026-03-31T19:20:00.123456Z"


class ExportedAccount(Document):
    """The account."""

    id: int
    username: str
    email: str
    profile_picture: str | None
    created_at: Moment
    email_confirmed_at: Moment | None
    second_factor_at: Moment | None
    banned_at: Moment | None
    ban_reason: Literal["abuse", "fraud", "legal", "taken_over", "other"] | None
    updated_at: Moment

    example = {
        "id": 5,
        "username": "noor",
        "email": "noor@example.org",
        "profilePicture": None,
        "createdAt": _MOMENT,
        "emailConfirmedAt": _MOMENT,
        "secondFactorAt": None,
        "bannedAt": None,
        "banReason": None,
        "updatedAt": _MOMENT,
    }


class ExportedSession(Document):
    """A login that lasts."""

    id: int
    user_agent: str | None
    created_at: Moment
    expires_at: Moment
    renewed_at: Moment | None

    example = {"id": 88, "userAgent": "Mozilla/5.0", "createdAt": _MOMENT, "expiresAt": _MOMENT, "renewedAt": None}


class Expiring(Document):
    """Something of which no more is told than until when it counts: a known device, a link in a mail, a challenge."""

    expires_at: Moment

    example = {"expiresAt": _MOMENT}


class ExportedConfirmation(Document):
    """An address that is to be confirmed."""

    email: str
    expires_at: Moment

    example = {"email": "noor@example.org", "expiresAt": _MOMENT}


class ExportedApp(Document):
    """An authenticator app."""

    created_at: Moment
    expires_at: Moment | None
    confirmed_at: Moment | None

    example = {"createdAt": _MOMENT, "expiresAt": None, "confirmedAt": _MOMENT}


class ExportedPasskey(Document):
    """A passkey."""

    id: int
    name: str
    transports: list[str]
    sign_count: int
    created_at: Moment
    last_used_at: Moment | None

    example = {
        "id": 3,
        "name": "Telefoon",
        "transports": ["internal"],
        "signCount": 0,
        "createdAt": _MOMENT,
        "lastUsedAt": None,
    }


class ExportedMail(Document):
    """A mail that waits to be sent."""

    id: int
    kind: str
    recipient: str
    language: Literal["nl", "en"]
    parameters: JsonObject
    attempts: int
    due_at: Moment
    created_at: Moment

    example = {
        "id": 9,
        "kind": "password_changed",
        "recipient": "noor@example.org",
        "language": "nl",
        "parameters": {},
        "attempts": 0,
        "dueAt": _MOMENT,
        "createdAt": _MOMENT,
    }


class ExportedPicture(Document):
    """A file of a profile picture, below /uploads/."""

    name: str
    removable_at: Moment | None

    example = {"name": "0123456789abcdef0123456789abcdef.webp", "removableAt": None}


class ExportedLimit(Document):
    """Attempts that count until then; the subject has a digest of the username, and networks as addresses."""

    subject: str
    drained_at: Moment

    example = {"subject": "exports:5", "drainedAt": _MOMENT}


class ExportedProfile(Document):
    """The parent profile, with what was worked out of it."""

    id: int
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
    profile_embedding: list[float] | None
    profile_embedding_model: str | None
    profile_embedding_digest: str | None
    last_suggestion_check: Moment
    changed_since_check: bool
    created_at: Moment
    updated_at: Moment

    example = {name: value for name, value in ParentProfile.example.items() if name != "userId"} | {
        "profileEmbedding": None,
        "profileEmbeddingModel": None,
        "profileEmbeddingDigest": None,
        "changedSinceCheck": False,
    }


class ExportedBase(Document):
    """What a tab had posted of the onboarding: digests of its fields, which a later save is merged with."""

    reading: str
    revision: str
    child_ids: list[int | None] | None
    saved_at: Moment

    example = {"reading": "b9f1", "revision": "a1b2", "childIds": [12], "savedAt": _MOMENT}


class ExportedChild(Document):
    """A child."""

    id: int
    name: str
    age: int
    special_needs: list[str]
    routines: JsonObject
    development_notes: str | None
    last_assessment: Moment | None
    created_at: Moment
    updated_at: Moment

    example = {name: value for name, value in ChildProfile.example.items() if name != "parentProfileId"}


class ExportedGoal(Document):
    """A goal."""

    id: int
    title: str
    description: str
    category: str
    priority: int
    status: str
    target_date: Moment | None
    achieved_date: Moment | None
    created_at: Moment
    updated_at: Moment

    example = {name: value for name, value in ParentingGoal.example.items() if name != "parentProfileId"}


class ExportedSuggestion(Document):
    """A suggestion that was given, with its text."""

    id: int
    slug: str
    text_nl: str
    text_en: str
    relevance: int
    used_at: Moment | None
    dismissed_at: Moment | None
    rating: int | None
    feedback: str | None
    expires_at: Moment
    created_at: Moment

    example = {
        "id": 4,
        "slug": "samen-eten",
        "textNl": "Eet vanavond samen.",
        "textEn": "Eat together tonight.",
        "relevance": 80,
        "usedAt": None,
        "dismissedAt": None,
        "rating": None,
        "feedback": None,
        "expiresAt": _MOMENT,
        "createdAt": _MOMENT,
    }


class ExportedEvent(Document):
    """Something that was done to the account: by its owner, by staff or by the service itself."""

    id: int
    happened_at: Moment
    actor_kind: Literal["staff", "user", "system"]
    event: str
    network: str | None
    details: JsonObject

    example = {
        "id": 7,
        "happenedAt": _MOMENT,
        "actorKind": "user",
        "event": "exported",
        "network": "192.0.2.0/24",
        "details": {},
    }


class Export(Document):
    """All that is known of an account and its family; `leftOut` says what isn't given, by column, and why."""

    exported_at: Moment
    left_out: dict[str, str]
    account: ExportedAccount
    sessions: list[ExportedSession]
    devices: list[Expiring]
    email_confirmation: ExportedConfirmation | None
    password_resets: list[Expiring]
    authenticator_app: ExportedApp | None
    recovery_codes: Annotated[int, Meta(description="How many are left.")]
    passkeys: list[ExportedPasskey]
    passkey_registration: Expiring | None
    mails: list[ExportedMail]
    pictures: list[ExportedPicture]
    consents: list[Consent]
    rate_limits: list[ExportedLimit]
    parent_profile: ExportedProfile | None
    onboarding_merge_bases: list[ExportedBase]
    child_profiles: list[ExportedChild]
    parenting_goals: list[ExportedGoal]
    suggestions: list[ExportedSuggestion]
    audit_events: list[ExportedEvent]

    example = {
        "exportedAt": _MOMENT,
        "leftOut": {"users.password": "a hash, which would help to guess the password"},
        "account": ExportedAccount.example,
        "sessions": [ExportedSession.example],
        "devices": [Expiring.example],
        "emailConfirmation": None,
        "passwordResets": [],
        "authenticatorApp": ExportedApp.example,
        "recoveryCodes": 9,
        "passkeys": [ExportedPasskey.example],
        "passkeyRegistration": None,
        "mails": [ExportedMail.example],
        "pictures": [ExportedPicture.example],
        "consents": [Consent.example],
        "rateLimits": [ExportedLimit.example],
        "parentProfile": ExportedProfile.example,
        "onboardingMergeBases": [ExportedBase.example],
        "childProfiles": [ExportedChild.example],
        "parentingGoals": [ExportedGoal.example],
        "suggestions": [ExportedSuggestion.example],
        "auditEvents": [ExportedEvent.example],
    }


class AccountRow(msgspec.Struct, rename="camel"):
    """A row of export_account, as JSON of PostgreSQL's: the members of `Export` that are bounded."""

    account: Annotated[msgspec.Raw, ExportedAccount] | None
    sessions: Annotated[msgspec.Raw, list[ExportedSession]]
    devices: Annotated[msgspec.Raw, list[Expiring]]
    email_confirmation: Annotated[msgspec.Raw, ExportedConfirmation] | None
    password_resets: Annotated[msgspec.Raw, list[Expiring]]
    authenticator_app: Annotated[msgspec.Raw, ExportedApp] | None
    recovery_codes: int
    passkeys: Annotated[msgspec.Raw, list[ExportedPasskey]]
    passkey_registration: Annotated[msgspec.Raw, Expiring] | None
    mails: Annotated[msgspec.Raw, list[ExportedMail]]
    pictures: Annotated[msgspec.Raw, list[ExportedPicture]]
    consents: Annotated[msgspec.Raw, list[Consent]]
    rate_limits: Annotated[msgspec.Raw, list[ExportedLimit]]
    parent_profile: Annotated[msgspec.Raw, ExportedProfile] | None
    onboarding_merge_bases: Annotated[msgspec.Raw, list[ExportedBase]]


class ChildrenPage(msgspec.Struct):
    """Rows as a JSON array, and the id of the last; both null if there are none."""

    last: int | None
    items: Annotated[msgspec.Raw, list[ExportedChild]] | None


class GoalsPage(msgspec.Struct):
    """The same of goals."""

    last: int | None
    items: Annotated[msgspec.Raw, list[ExportedGoal]] | None


class SuggestionsPage(msgspec.Struct):
    """The same of suggestions."""

    last: int | None
    items: Annotated[msgspec.Raw, list[ExportedSuggestion]] | None


class EventsPage(msgspec.Struct):
    """The same of events, and the moment of the last."""

    last: int | None
    last_happened_at: datetime | None
    items: Annotated[msgspec.Raw, list[ExportedEvent]] | None


Page = ChildrenPage | GoalsPage | SuggestionsPage | EventsPage
