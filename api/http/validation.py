"""Decodes and checks the input of clients, and reports all violations at once.

A field's type says what is valid. `Meta(extra={…})` may add `message`, the text for a value that its pattern doesn't
match, and `rule`, a function that returns the text of what is wrong with a value, or None. A struct may have a method
`violations` with rules across its fields (`api.http.input_types.Checked`).
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec
from msgspec.inspect import BoolType, IntType, ListType, StructType, Type

from api.http.document_limits import may_exceed_limits
from api.http.input_types import InputType, input_type, unwrap
from api.http.parsing import parse
from api.http.violations import child_pointer, violations_of
from api.problems import field_messages
from api.problems.labels import unescaped
from api.problems.problem import ERROR_LIMIT, Problem, Violation
from api.problems.types import INVALID_BODY, INVALID_QUERY

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

_items: Final = msgspec.json.Decoder(list[msgspec.Raw])
_INTEGER: Final = re.compile(r"-?[0-9]{1,4300}", re.ASCII)
# Escapes of NUL, or of digits that may spell the years 1 and 9999: a time zone can move those out of the calendar.
_SUSPECT_ESCAPE: Final = re.compile(rb"\\u00(?:00|2|3)")
# Of a whole number, which may be null or not.
_FRACTION: Final = "got `float`"
# A parameter without a value, as `?verbose`, is a switch that is on.
_BOOLEANS: Final = {"true": True, "false": False, "": True}
_MSGSPEC_PATH: Final = re.compile(r"`\$(.*?)(?:\[\.\.\.\].*)?`$", re.DOTALL)
_PATH_PART: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def decode_json(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode a JSON body. When a key occurs twice, the last value wins.

    Raises:
        Problem: `malformed_body`, or `invalid_body` with all violations, up to `ERROR_LIMIT + 1` of them.

    """
    expected = _body_type(decoder)
    try:
        value = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_refused(body, decoder, expected, error)
    if _needs_check(body, expected) and (found := _violations(expected, parse(body))):
        raise Problem(INVALID_BODY, violations=found)
    return value


def _decode_refused(body: bytes, decoder: msgspec.json.Decoder[T], expected: InputType, error: Exception) -> T:
    """Raise all violations of a body that msgspec refused, or decode it if msgspec was too strict.

    In JSON and JSON Schema 4.0 is a whole number.
    """
    document = parse(_shortened(body, expected))
    found = _violations(expected, document)
    if not found and _FRACTION in str(error):
        try:
            # It's lenient about other types too, but their violations would have been found.
            return msgspec.convert(document, decoder.type, strict=False)
        except msgspec.ValidationError as other:
            error = other
    raise Problem(INVALID_BODY, violations=found or [_msgspec_violation(error)]) from None


def _shortened(body: bytes, expected: InputType) -> bytes:
    """A list without the items behind the first one too many: to parse a megabyte of them takes long."""
    kind, *_ = unwrap(expected.kind)
    most = kind.max_length if isinstance(kind, ListType) else None
    if most is None or body.count(b",") < most:
        return body
    try:
        items = _items.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body
    return b"[%b]" % b",".join(items[: most + 1])


def decode_query(pairs: Iterable[tuple[str, str]], parameters: type[S]) -> S:
    """Decode the parameters of a query string.

    Each may be given once, save lists: their items are separated by commas, or the parameter is repeated.

    Raises:
        Problem: `invalid_query`, with one item for each wrong parameter; its pointer is the parameter's name.

    """
    expected, kinds = _query_type(parameters)
    if not kinds and (names := dict(pairs)):
        unknown = (Violation(child_pointer("", name), field_messages.NO_PARAMETERS) for name in names)
        raise _query_problem(list(islice(unknown, ERROR_LIMIT + 1)))
    values: dict[str, Any] = {}
    repeated = []
    suspect = expected.has_rules or expected.has_moments
    for name, text in pairs:
        value = _convert_parameter(kinds.get(name), text)
        if name in values:
            if isinstance(kinds.get(name), ListType):
                value = [*values[name], *value]
            else:
                repeated.append(Violation(child_pointer("", name), field_messages.REPEATED))
        values[name] = value
        suspect = suspect or "\0" in text
    try:
        decoded = msgspec.convert(values, parameters)
    except msgspec.ValidationError as error:
        raise _query_problem([*repeated, *(_violations(expected, values) or [_msgspec_violation(error)])]) from None
    if (repeated or suspect) and (found := [*repeated, *_violations(expected, values)]):
        raise _query_problem(found)
    return decoded


@cache
def _body_type(decoder: msgspec.json.Decoder[Any]) -> InputType:
    return input_type(decoder.type)


@cache
def _query_type(parameters: type[msgspec.Struct]) -> tuple[InputType, dict[str, Type]]:
    expected = input_type(parameters)
    assert isinstance(expected.kind, StructType)
    return expected, {field.encode_name: unwrap(field.type).kind for field in expected.kind.fields}


def _convert_parameter(kind: Type | None, text: str) -> Any:
    """Value of a parameter's text, or the text itself if it isn't of the parameter's type."""
    match kind:
        case IntType() if _INTEGER.fullmatch(text):
            return int(text)
        case BoolType():
            return _BOOLEANS.get(text, text)
        case ListType(item_type=items):
            return [_convert_parameter(unwrap(items).kind, item) for item in text.split(",")] if text else []
    return text


def _violations(expected: InputType, document: Any) -> list[Violation]:
    return list(islice(violations_of(expected.kind, document), ERROR_LIMIT + 1))


def _query_problem(found: list[Violation]) -> Problem:
    """Problem with the first violation of each parameter."""
    named: dict[str, Violation] = {}
    for item in found:
        name = unescaped(item.pointer.removeprefix("/").partition("/")[0])
        named.setdefault(name, Violation(name, item.message, item.parameters))
    return Problem(INVALID_QUERY, violations=list(named.values()))


def _needs_check(body: bytes, expected: InputType) -> bool:
    """Whether a body that msgspec takes may be invalid by rules, limits, NUL or extreme moments; a cheap test.

    To look for one byte first takes a third of the time.
    """
    return (
        expected.has_rules
        or (expected.has_any and may_exceed_limits(body))
        or (b"\\" in body and _SUSPECT_ESCAPE.search(body) is not None)
        or (expected.has_moments and (b"0001-" in body or b"9999-" in body))
    )


def _msgspec_violation(error: Exception) -> Violation:
    """Violation that msgspec found but the parsed document doesn't show, such as the first value of a repeated key."""
    path = _MSGSPEC_PATH.search(str(error))
    parts = _PATH_PART.findall(path[1]) if path else []
    return Violation("".join(f"/{name or index}" for name, index in parts), field_messages.INVALID)
