"""Where servers are in the write-ahead log, and what follows from that."""

import re
from typing import Final, NamedTuple, Protocol

import msgspec

from api.database.queries import Queries, bind

# `ANY 1 (node2, "node-3")`, `FIRST 2 (a, b)`, `2 (a, b)` and `a, b`, as PostgreSQL reads `synchronous_standby_names`.
_WAITS_FOR: Final = re.compile(r"\s*(?:(?:(?:any|first)\s+)?(\d+)\s*\((.*)\)|(.*))\s*", re.IGNORECASE | re.DOTALL)
_NAME: Final = re.compile(r'"((?:[^"]|"")*)"|([^\s,"]+)')


class Position(NamedTuple):
    """A place in the log. A later timeline holds whatever was confirmed on those before, so it's further."""

    timeline: int
    lsn: int


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a server is: the row of `get_position`."""

    follows: bool
    timeline: int | None
    replayed: int | None
    received: int | None
    name: str | None
    waits_for: str
    snapshot: str


class ReplicationQueries(Queries, Protocol):
    async def get_position(self) -> Place: ...


# It's asked of one server or another, over connections of their own.
GET_POSITION: Final = bind(ReplicationQueries).get_position


class Quorum(NamedTuple):
    """The standbys that commits wait for, by name in lower case, and for how many; no names: they wait for none."""

    number: int
    names: frozenset[str]

    def counts(self, name: str | None) -> bool:
        """Whether commits may wait for a standby."""
        return name is not None and (name.lower() in self.names or "*" in self.names)

    def has_all(self, standbys: int) -> bool:
        """Whether so many of the standbys can't all lack what was confirmed."""
        return bool(self.names) and "*" not in self.names and standbys > len(self.names) - self.number


def read_quorum(waits_for: str) -> Quorum:
    """The quorum of `synchronous_standby_names`."""
    found = _WAITS_FOR.fullmatch(waits_for)
    number, named, plain = found.groups() if found else (None, None, "")
    names = {
        (quoted.replace('""', '"') or bare).lower()
        for quoted, bare in _NAME.findall((named if number else plain) or "")
    }
    return Quorum(int(number or 1), frozenset(names))


class Snapshot(NamedTuple):
    """Transactions that a statement sees, as `pg_snapshot` says it: those before `xmax` that aren't under way."""

    xmax: int
    under_way: frozenset[int]


def read_snapshot(text: str) -> Snapshot:
    """A `pg_snapshot`: xmin:xmax:xip,… as text."""
    _, xmax, under_way = text.split(":")
    return Snapshot(int(xmax), frozenset(map(int, filter(None, under_way.split(",")))))
