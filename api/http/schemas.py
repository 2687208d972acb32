"""What the JSON documents of all features share."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from api.problems.field_messages import NOT_EMAIL

T = TypeVar("T")

# The largest bigint, and so the largest id.
LARGEST_ID = 2**63 - 1

# Every moment that comes in has to say its time zone.
Moment = Annotated[datetime, Meta(tz=True)]
TextList = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=50)]

# A JSON object that goes out as the database gave it: bytes to the program, an object to its documentation.
if TYPE_CHECKING:
    JsonObject: TypeAlias = msgspec.Raw
else:
    JsonObject = dict[str, Any]

# The pattern asks for three characters, and its message says more than that they are too few.
# In Python "$" matches before a newline at the end too; PostgreSQL and JSON Schema don't mean that one.
Email = Annotated[
    str,
    Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$(?!\n)", extra={"message": NOT_EMAIL}),
]

# Path parameters; any other integer names nothing.
Id = Annotated[int, Meta(ge=1, le=LARGEST_ID, description="Id of one of the caller's own.")]
Limit = Annotated[int, Meta(ge=1, le=100, description="How many items a page has at most.")]
# Of a list that is ordered by id; others have `Keyset.cursor`.
Cursor = Annotated[
    str,
    Meta(
        max_length=200,
        description="`nextCursor` of the page before.",
        # For the documentation: what is no cursor gets a problem of its own (`api.http.pagination`).
        extra_json_schema={"pattern": "^[A-Za-f][A-Za-z0-9_-]{9}[AEIMQUYcgkosw048]$"},
    ),
]


class Document(msgspec.Struct, rename="camel", gc=False):
    """A JSON document that goes out: camelCase, snake_case in Python and SQL.

    Those that are a body or a result of their own have an example, for the documentation.
    """

    example: ClassVar[dict[str, Any]]


class Input(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A JSON document that comes in: unknown fields are errors."""

    example: ClassVar[dict[str, Any]]


class Page(msgspec.Struct, Generic[T], rename="camel", frozen=True):
    """A part of a list, and where the next one begins."""

    items: list[T]
    next_cursor: str | None
