"""Values of jsonb and json columns travel as encoded JSON, which nothing takes apart."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from api.database.aliases import Connection

# The wire format of jsonb is a version byte and the text.
_VERSION: Final = b"\x01"


async def set_codecs(connection: Connection) -> None:
    """Have a connection take structs, `msgspec.Raw` and plain data for jsonb; jsonb and json come as `msgspec.Raw`."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )
    await connection.set_type_codec("json", schema="pg_catalog", format="binary", encoder=bytes, decoder=msgspec.Raw)


def column_document(value: Any) -> Any:
    """Structs as objects keyed by column, without the fields that are UNSET; moments in UTC.

    PostgreSQL reads no time zone that is 16 hours or more away from UTC, though RFC 3339 knows 23:59.
    """
    if isinstance(value, msgspec.Struct):
        return {
            name: column_document(field)
            for name in value.__struct_fields__
            if (field := getattr(value, name)) is not msgspec.UNSET
        }
    if isinstance(value, list):
        return [column_document(item) for item in value]
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _encode_jsonb(value: Any) -> bytes:
    return _VERSION + (bytes(value) if isinstance(value, msgspec.Raw) else msgspec.json.encode(column_document(value)))


def _decode_jsonb(wire: bytes) -> msgspec.Raw:
    return msgspec.Raw(wire[len(_VERSION) :])
