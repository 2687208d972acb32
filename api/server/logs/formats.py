"""How a record becomes a line: JSON for machines, text for a terminal; both have the same fields, in UTC."""

import logging
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from api.http.current import current_request
from api.server.logs.errors import describe, stack

# What a record may say besides its message, by `extra`; in this order. README.md explains each.
FIELDS: Final = (
    "event",
    "request_id",
    "trace_id",
    "span_id",
    "method",
    "route",
    "status",
    "user_id",
    "statement",
    "calls",
    "mail",
    "sqlstate",
    "constraint",
    "ms",
    "wait_ms",
    "error",
    "refused",
    "repeated",
    "others",
)

_encode: Final = msgspec.json.Encoder(enc_hook=str).encode


def message_of(record: logging.LogRecord) -> str:
    """Message of a record; a record that a library made wrongly is no reason to lose it."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001
        return str(record.msg)


class _Formatter(logging.Formatter, ABC):
    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        fields = _fields(record, error)
        return self._line(record, message_of(record), fields, stack(error) if error else [])

    @abstractmethod
    def _line(self, record: logging.LogRecord, message: str, fields: dict[str, Any], frames: list[str]) -> str: ...


class JsonFormatter(_Formatter):
    """One JSON object a line (RFC 8259): `ts` is RFC 3339, what doesn't apply isn't there."""

    def _line(self, record: logging.LogRecord, message: str, fields: dict[str, Any], frames: list[str]) -> str:
        line = {
            "ts": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _utf8(message),
            **fields,
            "pid": record.process,
        }
        if frames:
            line["stack"] = frames
        return _encode(line).decode()


class TextFormatter(_Formatter):
    """The same as text, with the fields behind the message, and a frame a line."""

    def _line(self, record: logging.LogRecord, message: str, fields: dict[str, Any], frames: list[str]) -> str:
        said = "".join(f" {name}={value}" for name, value in fields.items())
        lines = [f"{_moment(record)} {record.levelname} {record.name}: {' | '.join(message.splitlines())}{said}"]
        return _utf8("\n  ".join([*lines, *frames]))


def _fields(record: logging.LogRecord, error: BaseException | None) -> dict[str, Any]:
    found = _request_fields()
    if error is not None:
        found["error"] = describe(error)
        # Names are ours, not the client's.
        found["sqlstate"] = getattr(error, "sqlstate", None)
        found["constraint"] = getattr(error, "constraint_name", None)
        found["statement"] = vars(error).get("statement")
    # What the record says itself counts, as whose account is logged in to.
    found |= {name: value for name in FIELDS if (value := vars(record).get(name)) is not None}
    return {name: value for name in FIELDS if (value := found.get(name)) is not None and value != ""}


def _request_fields() -> dict[str, Any]:
    scope = current_request()
    if scope is None:
        return {}
    caller = scope.get("auth")
    return {
        "request_id": scope["request_id"].decode(),
        "trace_id": scope.get("trace_id"),
        "span_id": scope.get("span_id"),
        "method": scope["method"],
        "route": scope.get("route"),
        "user_id": caller.user_id if caller else None,
    }


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utf8(text: str) -> str:
    """Text without halves of characters, as names of files may have."""
    return text.encode("utf-8", "backslashreplace").decode()
