"""Codecs: jsonb and json values are passed on as encoded JSON, without decoding; addresses and moments are texts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import NoneType
from typing import Any, Final

import msgspec
from msgspec.structs import astuple

from api.database.aliases import Connection

# The wire format of jsonb is a version byte and the text.
_VERSION: Final = b"\x01"
# Types whose values are the same in a document of columns; most fields have one of them.
_PLAIN: Final = frozenset({str, int, float, bool, NoneType})
_encode: Final = msgspec.json.Encoder().encode


async def set_codecs(connection: Connection) -> None:
    """Have a connection accept structs, `msgspec.Raw` and plain data as jsonb, and return `msgspec.Raw` for JSON.

    Addresses are texts, as JSON has nothing else for them. Moments come as texts, as a datetime is made from one in a
    quarter of the time that asyncpg takes to make it from a number; PostgreSQL takes little more to write them.
    """
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )
    await connection.set_type_codec("json", schema="pg_catalog", format="binary", encoder=bytes, decoder=msgspec.Raw)
    for name in ("inet", "cidr"):
        await connection.set_type_codec(name, schema="pg_catalog", format="text", encoder=str, decoder=str)
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", format="text", encoder=_encode_moment, decoder=datetime.fromisoformat
    )


def column_document(value: Any) -> Any:
    """Convert structs to objects keyed by column, without UNSET fields, datetimes to UTC, and durations to words.

    PostgreSQL can't read offsets from UTC of 16 hours or more, but RFC 3339 allows up to 23:59; nor durations with a
    sign before them, as msgspec writes them.
    """
    if isinstance(value, msgspec.Struct):
        return {
            name: field if type(field) in _PLAIN else column_document(field)
            for name, field in zip(value.__struct_fields__, astuple(value), strict=True)
            if field is not msgspec.UNSET
        }
    if isinstance(value, list):
        return [column_document(item) for item in value]
    convert = _CONVERSIONS.get(type(value))
    return value if convert is None else convert(value)


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _to_interval(duration: timedelta) -> str:
    return f"{duration.days} days {duration.seconds} seconds {duration.microseconds} microseconds"


_CONVERSIONS: Final[Mapping[type, Callable[[Any], Any]]] = {datetime: _to_utc, timedelta: _to_interval}


def encode_document(value: Any) -> msgspec.Raw:
    """JSON of a struct or plain data as a column takes it (`column_document`)."""
    return msgspec.Raw(_encode(column_document(value)))


def _encode_moment(moment: datetime) -> str:
    return _to_utc(moment).isoformat()


def _encode_jsonb(value: Any) -> bytes:
    return _VERSION + bytes(value if isinstance(value, msgspec.Raw) else encode_document(value))


def _decode_jsonb(wire: bytes) -> msgspec.Raw:
    return msgspec.Raw(wire[len(_VERSION) :])
