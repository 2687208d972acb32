"""JSON documents of consents."""

from api.http.schemas import Document, Moment


class ConsentText(Document):
    """A text that parents are asked to agree to, in the language of the request."""

    purpose: str
    version: int
    in_force_at: Moment
    title: str
    text: str

    example = {
        "purpose": "health_data",
        "version": 1,
        "inForceAt": "2026-11-26T00:00:00Z",
        "title": "Gegevens over gezondheid en welzijn",
        "text": "Je geeft ons toestemming om te bewaren wat je over gezondheid en welzijn invult: …",
    }


class TextVersion(Document):
    """A version of a text."""

    purpose: str
    version: int


class Consent(Document):
    """An answer: `agreedAt` is null if the text was declined, `withdrawnAt` while the consent is in force."""

    id: int
    purpose: str
    version: int
    agreed_at: Moment | None
    withdrawn_at: Moment | None

    example = {
        "id": 31,
        "purpose": "health_data",
        "version": 1,
        "agreedAt": "2026-11-26T19:20:00.123456Z",
        "withdrawnAt": None,
    }


class Consents(Document):
    """A page of what the caller answered, latest first; `toAsk` are the current texts that wait for an answer."""

    to_ask: list[TextVersion]
    items: list[Consent]
    next_cursor: str | None

    example = {
        "toAsk": [{"purpose": "terms", "version": 2}],
        "items": [Consent.example],
        "nextCursor": None,
    }
