"""From the bytes of a body to a JSON document of dicts, lists and scalars, or to what keeps it from being one."""

import json
import re
from math import inf
from typing import Any, Final

import msgspec

from api.problems import field_messages
from api.problems.problem import Invalid, Problem
from api.problems.types import MALFORMED_BODY

# Deep enough for any document of the domain, shallow enough for whatever recurses over it later.
DEPTH_LIMIT: Final = 64

# Numbers past double precision, which msgspec refuses without saying which, become infinite.
_decoder: Final = msgspec.json.Decoder(float_hook=float)
_LONGEST_INTEGER: Final = 4300
_CONTAINERS: Final = frozenset({dict, list})
_SYNTAX_ERROR: Final = re.compile(r"(?:JSON is malformed: )?(.*?)(?:: line \d+ column \d+)? \((?:byte|char) (\d+)\)")


def parse(body: bytes) -> Any:
    """Parse JSON as RFC 8259 has it. Of a key that is there twice the last value counts.

    Raises:
        Problem: `malformed_body`.

    """
    try:
        document = _decoder.decode(body)
    except msgspec.ValidationError:
        document = _parse_long_integers(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(body, error) from None
    if _is_deep(document):
        raise _malformed(body, RecursionError())
    return document


def _parse_long_integers(body: bytes) -> Any:
    """Parse JSON with integers of thousands of digits, as infinite too."""
    try:
        document = _lenient(body)
        msgspec.json.encode(document)  # refuses lone surrogates, which json lets pass
    except (ValueError, RecursionError) as error:
        raise _malformed(body, error) from None
    return document


def _lenient(body: bytes) -> Any:
    return json.loads(body, parse_int=_integer, parse_constant=lambda _: inf)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else inf


def _is_deep(document: Any) -> bool:
    containers = [document] if type(document) in _CONTAINERS else []
    for _ in range(DEPTH_LIMIT):
        containers = [
            child
            for container in containers
            for child in (container.values() if type(container) is dict else container)
            if type(child) in _CONTAINERS
        ]
    return bool(containers)


def _malformed(body: bytes, error: Exception) -> Problem:
    return Problem(MALFORMED_BODY, invalid=[_defect(body, error)])


def _defect(body: bytes, error: Exception) -> Invalid:
    if isinstance(error, RecursionError):
        return Invalid("", field_messages.JSON_TOO_DEEP, {"max": DEPTH_LIMIT})
    if not body.strip():
        return Invalid("", field_messages.BODY_EMPTY)
    try:
        body.decode()
    except UnicodeDecodeError as undecodable:
        return Invalid("", field_messages.BODY_NOT_UTF8, {"byte": undecodable.start})
    if body.startswith(b"\xef\xbb\xbf"):
        return Invalid("", field_messages.BODY_HAS_BOM)
    return _syntax_defect(body, error)


def _syntax_defect(body: bytes, error: Exception) -> Invalid:
    if syntax_error := _SYNTAX_ERROR.fullmatch(str(error)):
        return Invalid("", field_messages.JSON_SYNTAX, {"byte": syntax_error[2], "reason": syntax_error[1]})
    try:
        _lenient(body)
    except (ValueError, RecursionError):
        return Invalid("", field_messages.JSON_CUT_OFF)
    return Invalid("", field_messages.LONE_SURROGATE)
