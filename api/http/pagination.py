"""Keyset pagination: a cursor names the last row seen, so added and removed rows shift nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Meta
from msgspec.inspect import DateTimeType, IntType, Metadata, StrType, Type, type_info

from api.http.schemas import LARGEST_ID, Page
from api.problems.problem import Problem
from api.problems.types import INVALID_CURSOR

Row = TypeVar("Row", bound=msgspec.Struct)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MOMENT: Final = datetime.min.replace(tzinfo=UTC)
_LAST_MOMENT: Final = datetime.max.replace(tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LEAST: Final = -(2**63)
# Characters that 8 bytes take in base64url; only four bits of the last one count.
_WIDTH: Final = 11
_ANY: Final = "[A-Za-z0-9_-]"
_EIGHT_BYTES: Final = f"{_ANY}{{10}}[AEIMQUYcgkosw048]"
_TEXT_LENGTH: Final = 2000


class _FieldCodec(NamedTuple):
    """How a field's values are encoded in a cursor; `least` and `greatest` sort before and after all of them.

    `pattern` matches the encoded value, and `width` is its number of characters: None for a text of any length.
    """

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    least: Any
    greatest: Any
    pattern: str
    width: int | None = _WIDTH


def _decode_id(data: bytes) -> int:
    value = int.from_bytes(data)
    if not 0 < value <= LARGEST_ID:
        raise ValueError("no id")
    return value


def _encode_moment(value: datetime) -> bytes:
    return ((value - _EPOCH) // _MICROSECOND).to_bytes(8, signed=True)


def _decode_moment(data: bytes) -> datetime:
    microseconds = int.from_bytes(data, signed=True)
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        return _FIRST_MOMENT if microseconds < 0 else _LAST_MOMENT


def _decode_text(data: bytes) -> str:
    # Bytes that aren't a text of PostgreSQL's still have a place in the order.
    return data.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


_ID: Final = _FieldCodec(
    lambda value: value.to_bytes(8), _decode_id, 0, LARGEST_ID, f"[A-Za-f]{_EIGHT_BYTES}".replace("10", "9")
)
_INTEGER: Final = _FieldCodec(
    lambda value: value.to_bytes(8, signed=True),
    lambda data: int.from_bytes(data, signed=True),
    _LEAST,
    LARGEST_ID,
    _EIGHT_BYTES,
)
_MOMENT: Final = _FieldCodec(_encode_moment, _decode_moment, _FIRST_MOMENT, _LAST_MOMENT, _EIGHT_BYTES)
_TEXT: Final = _FieldCodec(
    str.encode,
    _decode_text,
    "",
    None,
    f"(?:{_ANY}{{4}})*(?:{_ANY}{{2}}[AEIMQUYcgkosw048]|{_ANY}[AQgw])?",
    width=None,
)


class Keyset(Generic[Row]):
    """The key that a list is ordered by: fields of its rows that together are unique, such as a moment and an id.

    The list's statement takes a value of each field and returns the rows after that key: with `(starts_at, id) >
    (:after_starts_at, :after_id)`, or with `<` in descending order. Fields are whole numbers (bigint in the statement),
    moments and at most one text, and never null. `cursor` describes the list's cursors: the handler's parameter is
    `cursor: Annotated[str, KEYSET.cursor] | None = None`, or `Cursor` where the key is the id.
    """

    def __init__(self, row: type[Row], *fields: str, descending: bool = False) -> None:
        """Take fields of the row's struct, the most significant first.

        Raises:
            TypeError: a field is missing or can't be part of a key; a descending key can't have a text, as no text
                sorts after all others.

        """
        kinds = {field.name: field.type for field in msgspec.structs.fields(row)}
        self._fields = fields
        self._parts = {name: _field_codec(name, kinds.get(name), descending=descending) for name in fields}
        self._first = tuple(part.greatest if descending else part.least for part in self._parts.values())
        # A text comes last in a cursor, wherever it is in the key: its length isn't fixed.
        self._cursor_order = sorted(fields, key=lambda name: self._parts[name].width is None)
        texts = [name for name, part in self._parts.items() if part.width is None]
        if len(texts) > 1:
            raise TypeError(f"a key has one text at most: {', '.join(texts)}")
        width = sum(part.width or _TEXT_LENGTH for part in self._parts.values())
        pattern = "".join(self._parts[name].pattern for name in self._cursor_order)
        self.cursor = Meta(
            max_length=max(width, 200),
            description="`nextCursor` of the page before.",
            # Only for the documentation: an invalid cursor gets a problem of its own.
            extra_json_schema={"pattern": f"^{pattern}$"},
        )

    def after(self, cursor: str | None) -> tuple[Any, ...]:
        """Key in a cursor: that of the last row seen, or for the first page one that sorts before all others.

        Raises:
            Problem: `invalid_cursor`, if `page` can't have made it.

        """
        if cursor is None:
            return self._first
        values: dict[str, Any] = {}
        rest = cursor
        for name in self._cursor_order:
            part = self._parts[name]
            characters, rest = rest[: part.width], rest[part.width or len(rest) :]
            try:
                data = urlsafe_b64decode(characters.encode("ascii") + b"=" * (-len(characters) % 4))
                values[name] = part.decode(data)
            except ValueError:
                raise Problem(INVALID_CURSOR) from None
            if _characters(data) != characters or len(characters) != (part.width or len(characters)):
                raise Problem(INVALID_CURSOR)
        if rest:
            raise Problem(INVALID_CURSOR)
        return tuple(values[name] for name in self._fields)

    def page(self, rows: list[Row], limit: int) -> Page[Row]:
        """Page of at most `limit` items; pass `limit + 1` rows, as the extra one shows that there is a next page."""
        if len(rows) <= limit:
            return Page(rows, None)
        items = rows[:limit]
        return Page(items, self._cursor(items[-1]))

    def _cursor(self, row: Row) -> str:
        return "".join(_characters(self._parts[name].encode(getattr(row, name))) for name in self._cursor_order)


def _characters(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _field_codec(name: str, hint: Any, *, descending: bool) -> _FieldCodec:
    kind: Type | None = type_info(hint) if hint is not None else None
    while isinstance(kind, Metadata):
        kind = kind.type
    match kind:
        case IntType():
            return _ID if name == "id" else _INTEGER
        case DateTimeType():
            return _MOMENT
        case StrType() if not descending:
            return _TEXT
    raise TypeError(f"{name} can't be part of a {'descending ' * descending}key: {hint}")
