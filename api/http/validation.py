"""Input of clients, decoded and checked: everything that is wrong is told at once.

A field's type says what is right. Two things may be added with `Meta(extra={…})`: `message`, the text for where its
pattern doesn't match, and `rule`, a function from the value to the text of what is wrong with it, or None. A struct may
have a method `problems` for what is wrong across its fields (`api.http.input_types.Checked`).
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

import msgspec
from msgspec.inspect import BoolType, IntType, ListType, StructType, Type

from api.http.input_types import InputType, input_type, unwrap
from api.http.invalid import child, invalid_parts
from api.http.parsing import DEPTH_LIMIT, parse
from api.problems import field_messages
from api.problems.labels import unescaped
from api.problems.problem import ERROR_LIMIT, Invalid, Problem
from api.problems.types import INVALID_BODY, INVALID_QUERY

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

_INTEGER: Final = re.compile(r"-?[0-9]{1,4300}", re.ASCII)
# NUL, and what may spell the years 1 and 9999, whose moments a time zone can move out of the calendar.
_SUSPECT_ESCAPE: Final = re.compile(rb"\\u00(?:00|2|3)")
# Of a whole number, which may be null or not.
_FRACTION: Final = "got `float`"
_BOOLEANS: Final = {"true": True, "false": False}
_MSGSPEC_PATH: Final = re.compile(r"`\$(.*?)(?:\[\.\.\.\].*)?`$", re.DOTALL)
_PATH_PART: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def decode_json(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode a JSON body. Of a key that is there twice the last value counts.

    Raises:
        Problem: `malformed_body`, or `invalid_body` with all that is wrong: up to one item more than a document tells.

    """
    expected = _body_type(decoder)
    try:
        value = decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decode_again(body, decoder, expected, error)
    if _may_be_wrong(body, expected):
        if found := _invalid(expected, parse(body)):
            raise Problem(INVALID_BODY, invalid=found)
    elif expected.is_open and body.count(b"{") + body.count(b"[") > DEPTH_LIMIT:
        parse(body)  # refuses what is nested too deep
    return value


def _decode_again(body: bytes, decoder: msgspec.json.Decoder[T], expected: InputType, error: Exception) -> T:
    """Tell what is wrong with a body that msgspec refused, or decode what it's too strict about.

    JSON has one kind of number, of which 4.0 is a whole one, and so has JSON Schema.
    """
    document = parse(body)
    found = _invalid(expected, document)
    if not found and _FRACTION in str(error):
        try:
            # Whatever else this would let pass has been found.
            return msgspec.convert(document, decoder.type, strict=False)
        except msgspec.ValidationError as unexplained:
            error = unexplained
    raise Problem(INVALID_BODY, invalid=found or [_unexplained(error)]) from None


def decode_query(pairs: Iterable[tuple[str, str]], parameters: type[S]) -> S:
    """Decode the parameters of a query string, each of which may be given once; a list's items stand between commas.

    Raises:
        Problem: `invalid_query`, with one item for each wrong parameter; its pointer is the parameter's name.

    """
    expected, kinds = _query_type(parameters)
    values: dict[str, Any] = {}
    repeated = []
    suspect = expected.has_rules or expected.has_moments
    for name, text in pairs:
        if name in values:
            repeated.append(Invalid(child("", name), field_messages.REPEATED))
        values[name] = _typed(kinds.get(name), text)
        suspect = suspect or "\0" in text
    try:
        value = msgspec.convert(values, parameters)
    except msgspec.ValidationError as error:
        raise _query_problem([*repeated, *(_invalid(expected, values) or [_unexplained(error)])]) from None
    if (repeated or suspect) and (found := [*repeated, *_invalid(expected, values)]):
        raise _query_problem(found)
    return value


@cache
def _body_type(decoder: msgspec.json.Decoder[Any]) -> InputType:
    return input_type(decoder.type)


@cache
def _query_type(parameters: type[msgspec.Struct]) -> tuple[InputType, dict[str, Type]]:
    expected = input_type(parameters)
    assert isinstance(expected.kind, StructType)
    return expected, {field.encode_name: unwrap(field.type).kind for field in expected.kind.fields}


def _typed(kind: Type | None, text: str) -> Any:
    """Value that a parameter's text stands for, or the text if it can't be of its type."""
    match kind:
        case IntType() if _INTEGER.fullmatch(text):
            return int(text)
        case BoolType():
            return _BOOLEANS.get(text, text)
        case ListType(item_type=items):
            return [_typed(unwrap(items).kind, item) for item in text.split(",")] if text else []
    return text


def _invalid(expected: InputType, document: Any) -> list[Invalid]:
    return list(islice(invalid_parts(expected.kind, document), ERROR_LIMIT + 1))


def _query_problem(found: list[Invalid]) -> Problem:
    """Say the first that is wrong with each parameter, wherever in its value that is."""
    named: dict[str, Invalid] = {}
    for item in found:
        name = unescaped(item.pointer.removeprefix("/").partition("/")[0])
        named.setdefault(name, Invalid(name, item.message, item.parameters))
    return Problem(INVALID_QUERY, invalid=list(named.values()))


def _may_be_wrong(body: bytes, expected: InputType) -> bool:
    """Tell cheaply if what msgspec accepts may be wrong all the same: rules, NUL, moments at the ends of time."""
    return (
        expected.has_rules
        or (b"\\u00" in body and _SUSPECT_ESCAPE.search(body) is not None)
        or (expected.has_moments and (b"0001-" in body or b"9999-" in body))
    )


def _unexplained(error: Exception) -> Invalid:
    """Tell what msgspec says, for what the parsed document doesn't show: a key that is there twice."""
    path = _MSGSPEC_PATH.search(str(error))
    parts = _PATH_PART.findall(path[1]) if path else []
    return Invalid("".join(f"/{name or index}" for name, index in parts), field_messages.INVALID)
