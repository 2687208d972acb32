"""The requests of each workload, as bytes to send."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final, NamedTuple
from urllib.parse import SplitResult

import msgspec

NEW_GOAL: Final = {"title": "Elke dag samen eten", "category": "short_term", "priority": 30}
GOAL_PATCH: Final = {"priority": 40}
# Percentages of the mix.
MIX: Final = {"child": 75, "list": 5, "update": 15, "insert": 5}
# Requests of the mix for each family, so that every kind comes often for every family.
_MIXED_PER_FAMILY: Final = 4


class _Goal(msgspec.Struct):
    id: int


class _Goals(msgspec.Struct):
    items: list[_Goal]


class Family(NamedTuple):
    """Token of a family, and ids of it, its child and its goal."""

    token: str
    user_id: int
    profile_id: int
    child_id: int
    goal_id: int


def request(token: str, line: str, document: object = None) -> bytes:
    """Request of who has a session's token; `line` is its method and path."""
    head = f"{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    if document is None:
        return f"{head}\r\n".encode()
    body = msgspec.json.encode(document)
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


KINDS: Final[Mapping[str, Callable[[Family], bytes]]] = {
    "child": lambda family: request(family.token, f"GET /api/child-profiles/{family.child_id}"),
    "family": lambda family: request(
        family.token, "GET /api/users/me?include=parentProfile,childProfiles,parentingGoals"
    ),
    "list": lambda family: request(family.token, "GET /api/parenting-goals?limit=20"),
    "insert": lambda family: request(family.token, "POST /api/parenting-goals", NEW_GOAL),
    "update": lambda family: request(family.token, f"PATCH /api/parenting-goals/{family.goal_id}", GOAL_PATCH),
}
WORKLOADS: Final = (*KINDS, "mix")


def make_requests(workload: str, families: Sequence[Family]) -> list[bytes]:
    """Requests of a workload, always the same for the same families."""
    if workload != "mix":
        return [KINDS[workload](family) for family in families]
    random = Random(1)
    kinds = random.choices(list(MIX), list(MIX.values()), k=_MIXED_PER_FAMILY * len(families))
    return [KINDS[kind](families[index % len(families)]) for index, kind in enumerate(kinds)]


class Session(NamedTuple):
    """A line of `sessions.tsv`."""

    token: str
    user_id: int
    profile_id: int
    child_id: int


def read_sessions(path: Path) -> Iterator[Session]:
    """Sessions that `just seed` wrote, without those of parents who have no child.

    Raises:
        OSError: the file can't be read.
        ValueError: a line has another format.

    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            token, user_id, profile_id, child_id = line.split("\t")
            if child_id:
                yield Session(token, int(user_id), int(profile_id), int(child_id))
        except ValueError:
            raise ValueError(f"{path}:{number}: not a token and three ids, as `just seed` writes them") from None


def read_families(address: SplitResult, sessions: Path, count: int) -> list[Family]:
    """At most `count` families of a `sessions.tsv`, each with its first goal; families without one are skipped.

    Raises:
        OSError: the file can't be read, or the service can't be reached.
        ValueError: a line has another format, or the service doesn't know a session.

    """
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    with closing(kind(address.hostname or "", address.port, timeout=10)) as connection:
        found = ((session, _first_goal(connection, session.token)) for session in read_sessions(sessions))
        return list(islice((Family(*session, goal_id) for session, goal_id in found if goal_id), count))


def _first_goal(connection: HTTPConnection, token: str) -> int | None:
    connection.request("GET", "/api/parenting-goals?limit=1", headers={"Authorization": f"Bearer {token}"})
    try:
        response = connection.getresponse()
        body = response.read()
        if response.status == 401:
            raise ValueError(
                "the service doesn't know a session of the file, which expired or is another database's: "
                "`just seed N` on the service's database writes new ones"
            )
        if response.status != 200:
            raise ValueError(f"what answers there isn't this service: status {response.status}")
        items = msgspec.json.decode(body, type=_Goals).items
    except (HTTPException, msgspec.MsgspecError):
        raise ValueError("what answers there isn't this service") from None
    return items[0].id if items else None


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    """Write the file for wrk.lua: requests separated by zero bytes."""
    path.write_bytes(b"\0".join(requests))
