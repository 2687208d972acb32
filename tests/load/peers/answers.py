"""Compares what servers answer to the requests of the workloads."""

import re
from collections.abc import Sequence
from http.client import HTTPResponse
from json import loads
from socket import create_connection
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from tests.load.requests import KINDS, Family, request
from tests.load.systems import System

_WRITES: Final = ("insert", "update")
# What two inserts of the same goal have of their own.
_OWN: Final = re.compile(r'(?<={)"id":\d+,|"(?:createdAt|updatedAt)":"[^"]*"')

_MOMENT: Final = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:(\.\d*[1-9])0*)?(?:Z|\+00:00)"')


class Answer(NamedTuple):
    """Status, and JSON as text: keys are in their order, but whitespace between tokens doesn't count.

    Nor does it how a moment is written: with Z or +00:00, and zeros at its end.
    """

    status: int
    document: str


def ask(system: System, sent: bytes) -> Answer:
    """Answer to a request as it's measured, on a connection of its own.

    Raises:
        ValueError: it isn't JSON.

    """
    place = urlsplit(system.address)
    with create_connection((place.hostname or "", place.port or 80), timeout=10) as connection:
        connection.sendall(sent)
        response = HTTPResponse(connection)
        response.begin()
        body = response.read()
    document = msgspec.json.format(body, indent=-1).decode()
    return Answer(response.status, _MOMENT.sub(r'"\1\2Z"', document))


def check_answers(peer: System, service: System, families: Sequence[Family]) -> None:
    """Check that a peer answers as the service does: the same status and JSON, to the order of keys and the last digit.

    What it wrote is what the service then reads, and who may not read something doesn't get it.

    Raises:
        ValueError: an answer differs.

    """
    for family in families:
        for kind, make in KINDS.items():
            expected, found = ask(service, make(family)), ask(peer, make(family))
            if kind in _WRITES:
                _compare(f"{peer.name}, {kind} as read again", _read_again(service, family, found), found.document)
                expected, found = (
                    answer._replace(document=_OWN.sub("", answer.document)) for answer in (expected, found)
                )
            _compare(f"{peer.name}, {kind}", expected, found)
    for kind, sent in _refused(families).items():
        _compare(f"{peer.name}, {kind}", ask(service, sent).status, ask(peer, sent).status)


def _without_own(answer: Answer) -> Answer:
    return answer._replace(document=_OWN.sub("", answer.document))


def _read_again(service: System, family: Family, written: Answer) -> str:
    id = loads(written.document).get("id") if written.status < 300 else None
    return ask(service, request(family.token, f"GET /api/parenting-goals/{id}")).document


def _refused(families: Sequence[Family]) -> dict[str, bytes]:
    """Requests of a token that isn't known, and for the rows of another family."""
    first, *others = families
    return {
        "unknown token": KINDS["child"](first._replace(token=f"{first.token[:-1]}!")),
        "no child": KINDS["child"](first._replace(child_id=2**40)),
        **{
            f"another family's {kind}": KINDS[kind](other._replace(token=first.token))
            for other in others[:1]
            for kind in ("child", "update")
        },
    }


def _compare(what: str, expected: Any, found: Any) -> None:
    if expected != found:
        raise ValueError(f"{what}: not the service's answer\n{found}\ninstead of\n{expected}")
