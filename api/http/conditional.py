"""Conditional requests (RFC 9110, 8.8.3 and 13): entity tags of answers, and what clients ask of them.

The tag of a row's resource is the row's version: the moment of its last change, which its trigger makes strictly later,
and whose row it is where all callers have one path. What is made of several rows has a digest of its bytes.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from xxhash import xxh3_64_hexdigest

from api.problems.problem import Problem, Violation
from api.problems.text import Text
from api.problems.types import INVALID_PRECONDITION, PRECONDITION_FAILED

T = TypeVar("T")
C = TypeVar("C", bound="Changed")

NOT_TAGS: Final = Text(
    'moet * zijn, of etags tussen dubbele aanhalingstekens, zoals "2026-03-01T19:20:00.123456Z"',
    'must be *, or entity tags in double quotes, such as "2026-03-01T19:20:00.123456Z"',
)
ONLY_ANY: Final = Text("kan hier alleen * zijn", "can only be * here")

# As PostgreSQL writes jsonb; within a text its quotes would be escaped.
_REVISION: Final = b'"revision": "'
_ANY: Final = b"*"
_TAG: Final = rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_each_tag: Final = re.compile(_TAG).findall
# A list of RFC 9110, 5.6.1, may have empty elements.
_is_list: Final = re.compile(rb"[ \t,]*%b[ \t]*(?:,[ \t]*(?:%b[ \t]*)?)*" % (_TAG, _TAG)).fullmatch
_encode: Final = msgspec.json.Encoder().encode
_moment: Final = msgspec.json.Decoder(datetime).decode


class Condition(NamedTuple):
    """What a change is to depend on.

    `versions` are those that may be changed, as PostgreSQL writes an array; None: all of them. `may_create`: a PUT may
    make what isn't there.
    """

    versions: str | None = None
    may_create: bool = True


class Versioned(msgspec.Struct, Generic[T], gc=False):
    """A document that doesn't hold its version, and its tag; None: that of its bytes."""

    content: T
    tag: bytes | None


class Row(Protocol):
    """A row, or a document of one."""

    @property
    def updated_at(self) -> datetime: ...


class Changed(Row, Protocol):
    """A row after a change that depended on its version; it's as it was if the change was refused."""

    is_refused: bool | UnsetType


class Removal(msgspec.Struct, gc=False):
    """What is told of a row that was to be removed."""

    updated_at: datetime
    is_refused: bool | UnsetType


UNCONDITIONAL: Final = Condition()


def row_tag(row: Row, _: bytes = b"") -> bytes:
    """Tag of a row: its version's JSON, which has quotes as tags have."""
    return _encode(row.updated_at)


def own_tag(version: datetime, user_id: int, worked_out: datetime | None = None) -> bytes:
    """Tag of a row that each caller has at the same path.

    `worked_out` is when the service last wrote what is no change for `If-Match`.
    """
    last = b"" if worked_out is None else b"/" + _encode(worked_out)[1:-1]
    return b'%b/%d%b"' % (_encode(version)[:-1], user_id, last)


def content_tag(_: object, body: bytes) -> bytes:
    """Tag of a body: XXH3 of 64 bits, the same in every worker."""
    return f'"{xxh3_64_hexdigest(body)}"'.encode()


def revised_tag(_: object, body: bytes) -> bytes:
    """Tag of a body whose `revision` differs at each reading: of the rest, so it's weak."""
    before, name, rest = body.partition(_REVISION)
    return b'W/"%b"' % xxh3_64_hexdigest(before + rest.partition(b'"')[2] if name else body).encode()


def read_condition(headers: Mapping[bytes, bytes], user_id: int, *, creates: bool) -> Condition:
    """The condition of a user's change that holds the version of its row against it; `creates` if it's a PUT.

    Raises:
        Problem: `invalid_precondition`; `precondition_failed` where nothing needs to be looked at.

    """
    if_match, if_none_match = headers.get(b"if-match"), headers.get(b"if-none-match")
    if if_match is None and if_none_match is None:
        return UNCONDITIONAL
    if if_none_match is not None:
        _refuse_unless_any(if_none_match)
        if not creates:
            raise Problem(PRECONDITION_FAILED)
    versions = None if if_match is None or if_match == _ANY else _versions(if_match, user_id)
    return Condition(versions if if_none_match is None else "{}", may_create=if_match is None)


def refuse_conditions(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a change whose condition can't be held against anything, as what it changes has no version.

    Raises:
        Problem: `invalid_precondition` or `precondition_failed`; `If-Match: *` holds wherever something is changed.

    """
    if (if_match := headers.get(b"if-match")) is not None and if_match != _ANY:
        _tags(if_match, "If-Match")
        raise Problem(PRECONDITION_FAILED)
    if (if_none_match := headers.get(b"if-none-match")) is not None:
        _refuse_unless_any(if_none_match)
        raise Problem(PRECONDITION_FAILED)


def is_unmodified(headers: Mapping[bytes, bytes], tag: bytes) -> bool:
    """Whether the client that reads has this version already.

    Raises:
        Problem: `precondition_failed`, as it wants another version, or `invalid_precondition`.

    """
    if_match = headers.get(b"if-match")
    if if_match is not None and if_match != _ANY and (tag.startswith(b"W/") or tag not in _tags(if_match, "If-Match")):
        raise Problem(PRECONDITION_FAILED, headers={"ETag": tag.decode()})
    return matches(headers.get(b"if-none-match"), tag)


def matches(if_none_match: bytes | None, tag: bytes) -> bool:
    """Whether `If-None-Match` names a tag, compared weakly; what can't be read names none."""
    if if_none_match is None or if_none_match == _ANY:
        return if_none_match is not None
    opaque = tag.removeprefix(b"W/")
    return bool(_is_list(if_none_match)) and opaque in (each.removeprefix(b"W/") for each in _each_tag(if_none_match))


def changed(row: C, tag: Callable[[C], bytes] = row_tag) -> C:
    """A row after a change, without the mark that it wasn't refused, so that it's a document.

    Raises:
        Problem: `precondition_failed`, with the tag that the row has now: it had none of those that the client wanted.

    """
    if row.is_refused:
        raise Problem(PRECONDITION_FAILED, headers={"ETag": tag(row).decode()})
    row.is_refused = UNSET
    return row


def _versions(if_match: bytes, user_id: int) -> str:
    """Versions of the tags that can be a row's; weak ones never match (RFC 9110, 13.1.1)."""
    versions = [version for tag in _tags(if_match, "If-Match") if (version := _version(tag, user_id)) is not None]
    return "{" + ",".join(versions) + "}"


def _version(tag: bytes, user_id: int) -> str | None:
    moment, *rest = tag.split(b"/")
    if rest:
        if rest[0].rstrip(b'"') != b"%d" % user_id:
            return None
        moment += b'"'
    try:
        version = _moment(moment)
    except msgspec.DecodeError:
        return None
    return version.isoformat() if moment.endswith(b'Z"') and _encode(version) == moment else None


def _tags(value: bytes, header: str) -> list[bytes]:
    if not _is_list(value):
        raise Problem(INVALID_PRECONDITION, violations=[Violation(header, NOT_TAGS)])
    return _each_tag(value)


def _refuse_unless_any(if_none_match: bytes) -> None:
    if if_none_match != _ANY:
        raise Problem(INVALID_PRECONDITION, violations=[Violation("If-None-Match", ONLY_ANY)])
