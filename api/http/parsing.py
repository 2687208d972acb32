"""Parsing of JSON bodies, and the explanation of what makes one malformed."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from math import inf
from typing import Any, Final

import msgspec

from api.problems import field_messages
from api.problems.problem import Problem, Violation
from api.problems.types import MALFORMED_BODY

# Deep enough for any document of the domain, shallow enough for code that recurses over it.
DEPTH_LIMIT: Final = 64

# Numbers beyond double precision become infinite: msgspec would refuse them without saying which.
_decoder: Final = msgspec.json.Decoder(float_hook=float)
_LONGEST_INTEGER: Final = 4300
_CONTAINERS: Final = frozenset({dict, list})
_SYNTAX_ERROR: Final = re.compile(r"(?:JSON is malformed: )?(.*?)(?:: line \d+ column \d+)? \((?:byte|char) (\d+)\)")


def parse(body: bytes) -> Any:
    """Parse JSON (RFC 8259). When a key occurs twice, the last value wins.

    Raises:
        Problem: `malformed_body`.

    """
    try:
        document = _decoder.decode(body)
    except msgspec.ValidationError:
        document = _parse_long_integers(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(body, error) from None
    if _exceeds_depth_limit(document):
        raise _malformed(body, RecursionError())
    return document


def _parse_long_integers(body: bytes) -> Any:
    """Parse JSON whose integers may have thousands of digits; those become infinite too."""
    try:
        document = _parse_leniently(body)
        msgspec.json.encode(document)  # refuses lone surrogates, which json lets pass
    except (ValueError, RecursionError) as error:
        raise _malformed(body, error) from None
    return document


def _parse_leniently(body: bytes) -> Any:
    return json.loads(body, parse_int=_integer, parse_constant=lambda _: inf)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else inf


def _exceeds_depth_limit(document: Any) -> bool:
    containers = [document] if type(document) in _CONTAINERS else []
    for _ in range(DEPTH_LIMIT - 1):
        # Of those that are empty nothing comes, and there may be many.
        containers = [each for each in _within(containers) if each and type(each) in _CONTAINERS]
    return any(type(each) in _CONTAINERS for each in _within(containers))


def _within(containers: list[Any]) -> Iterator[Any]:
    return chain.from_iterable(each.values() if type(each) is dict else each for each in containers)


def _malformed(body: bytes, error: Exception) -> Problem:
    return Problem(MALFORMED_BODY, violations=[_explanation(body, error)])


def _explanation(body: bytes, error: Exception) -> Violation:
    if isinstance(error, RecursionError):
        return Violation("", field_messages.JSON_TOO_DEEP, {"max": DEPTH_LIMIT})
    if not body.strip():
        return Violation("", field_messages.BODY_EMPTY)
    try:
        body.decode()
    except UnicodeDecodeError as undecodable:
        return Violation("", field_messages.BODY_NOT_UTF8, {"byte": undecodable.start})
    if body.startswith(b"\xef\xbb\xbf"):
        return Violation("", field_messages.BODY_HAS_BOM)
    return _syntax_explanation(body, error)


def _syntax_explanation(body: bytes, error: Exception) -> Violation:
    if syntax_error := _SYNTAX_ERROR.fullmatch(str(error)):
        return Violation("", field_messages.JSON_SYNTAX, {"byte": syntax_error[2], "reason": syntax_error[1]})
    try:
        _parse_leniently(body)
    except (ValueError, RecursionError):
        return Violation("", field_messages.JSON_CUT_OFF)
    return Violation("", field_messages.LONE_SURROGATE)
