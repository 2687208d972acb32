"""Types that the JSON documents of all features share."""

import re
from datetime import datetime, time
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import Meta

from api.problems.field_messages import NOT_EMAIL, NOT_EMPTY
from api.problems.text import Text

T = TypeVar("T")

# The largest bigint.
LARGEST_ID = 2**63 - 1

# Input must have a time zone.
Moment = Annotated[datetime, Meta(tz=True)]
TimeOfDay = Annotated[time, Meta(tz=False)]
TextList = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=50)]

# A JSON object that is sent as the database returned it: bytes to the program, an object to the documentation.
JsonObject = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object"})]

# No min_length: the pattern's message says more than that a text is too short.
# "$(?!\n)", as Python's "$" also matches before a newline at the end, unlike PostgreSQL's and JSON Schema's.
Email = Annotated[
    str,
    Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)", extra={"message": NOT_EMAIL}),
]


def required_text(max_length: int, description: str) -> Meta:
    """Constraints of a text that must not be blank."""
    return Meta(
        min_length=1, max_length=max_length, pattern=r"\S", description=description, extra={"message": NOT_EMPTY}
    )


def decimal(whole: int, places: int, *, signed: bool = False, description: str) -> Meta:
    """Constraints of a Decimal: how many digits it has at most before and behind its point, as `numeric` columns limit.

    It is text in JSON, so that no client loses its digits: `"12.50"`.
    """
    pattern = rf"{'-?' if signed else ''}[0-9]{{1,{whole}}}" + (rf"(\.[0-9]{{1,{places}}})?" if places else "")
    matches = re.compile(pattern, re.ASCII).fullmatch
    wrong = Text(
        f"mag hoogstens {whole} cijfers voor en {places} achter de punt hebben"
        + ("" if signed else ", en niet onder nul zijn"),
        f"must have at most {whole} digits before and {places} behind its point"
        + ("" if signed else ", and not be below zero"),
    )
    return Meta(
        description=description,
        extra={"rule": lambda value: None if matches(value) else wrong},
        extra_json_schema={"pattern": f"^{pattern}$"},
    )


# For path parameters: integers outside these limits are no row's id.
Id = Annotated[int, Meta(ge=1, le=LARGEST_ID, description="Id of one of the caller's own.")]
PathText = Annotated[str, Meta(description="Text that a link ends with.")]
Limit = Annotated[int, Meta(ge=1, le=100, description="How many items a page has at most.")]
# For lists that are ordered by id; others have `Keyset.cursor`.
Cursor = Annotated[
    str,
    Meta(
        max_length=200,
        description="`nextCursor` of the page before.",
        # Only for the documentation: an invalid cursor gets a problem of its own (`api.http.pagination`).
        extra_json_schema={"pattern": "^[A-Za-f][A-Za-z0-9_-]{9}[AEIMQUYcgkosw048]$"},
    ),
]


class Document(msgspec.Struct, rename="camel", gc=False):
    """A JSON document that the service sends, with camelCase names.

    One that is a whole response body has an example, for the documentation.
    """

    example: ClassVar[dict[str, Any]]


class Input(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A JSON document that the service receives; unknown fields are errors."""

    example: ClassVar[dict[str, Any]]


class Page(msgspec.Struct, Generic[T], rename="camel", frozen=True):
    """A part of a list, and where the next one begins."""

    items: list[T]
    next_cursor: str | None
