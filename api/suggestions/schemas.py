"""JSON documents of suggestions."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.http.schemas import Document, Input, Moment
from api.problems.text import Text

# Of the vectors in the database; shorter ones are padded with zeros, which changes no angle between two of a model.
DIMENSIONS: Final = 3072

USED: Final = Text("Fijn! Veel succes ermee.", "Great! Good luck with it.")
DISMISSED: Final = Text("Deze suggestie zie je niet meer.", "You won't see this suggestion again.")
THANKED: Final = Text("Dank je wel voor je reactie.", "Thank you for your feedback.")


class Suggestion(Document):
    """A suggestion for the caller, in the language of the profile; `type` is what it is about.

    It fits every page that shows suggestions, so `context` is the one that was asked for. None comes from a chat.
    """

    id: int
    text: str
    type: str
    context: str
    relevance: int
    related_chat_id: int | None
    related_chat_title: str | None
    used_at: Moment | None
    expires_at: Moment
    created_at: Moment

    example = {
        "id": 12,
        "text": "Lees elke avond op dezelfde tijd een kort verhaal voor; het einde van de dag wordt zo voorspelbaar.",
        "type": "sleep",
        "context": "home",
        "relevance": 62,
        "relatedChatId": None,
        "relatedChatTitle": None,
        "usedAt": None,
        "expiresAt": "2026-03-15T19:20:00.123456Z",
        "createdAt": "2026-03-01T19:20:00.123456Z",
    }


class SuggestionFeedback(Input):
    """What the parent thinks of a suggestion."""

    rating: Annotated[int, Meta(ge=1, le=5, description="1 to 5, 5 is best.")]
    feedback: Annotated[str, Meta(max_length=2000)] | None = None

    example = {"rating": 4, "feedback": "Werkte bij ons meteen."}


class Noted(Document):
    """The response to what a parent did with a suggestion."""

    message: str

    example = {"message": USED.nl}


class LibraryText(msgspec.Struct):
    """A text of the library that is to be embedded, and the digest of what was embedded then."""

    slug: str
    text: str
    digest: bytes


class ProfileText(msgspec.Struct):
    """What a profile says, if it's to be embedded; the embedding is kept only if the profile is still as it was."""

    id: int
    text: str
    digest: bytes
    updated_at: datetime


class Made(msgspec.Struct):
    """How many parents were looked at, and how many suggestions they got."""

    parents: int
    suggestions: int
