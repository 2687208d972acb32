"""Where servers are in the write-ahead log, and what follows from that."""

import re
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

import msgspec

from api.database.queries import Queries, bind, text_of

# `ANY 1 (node2, "node-3")`, `FIRST 2 (a, b)`, `2 (a, b)` and `a, b`, as PostgreSQL reads `synchronous_standby_names`.
_WAITS_FOR: Final = re.compile(r"\s*(?:(any\s+)?(?:first\s+)?(\d+)\s*\((.*)\)|(.*))\s*", re.IGNORECASE | re.DOTALL)
_NAME: Final = re.compile(r'"((?:[^"]|"")*)"|([^\s,"]+)')


class Position(NamedTuple):
    """A place in the log. A later timeline holds whatever was confirmed on those before, so it's further."""

    timeline: int
    lsn: int


NOWHERE: Final = Position(0, 0)


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
GET_POSITION: Final = text_of(bind(ReplicationQueries).get_position)


@lru_cache(maxsize=8)
def read_confirming(waits_for: str) -> frozenset[str] | None:
    """The standbys any of which confirms a commit alone, in lower case, by `synchronous_standby_names`.

    There are none where commits wait for no standby, and it's None where some may show what isn't confirmed yet, as the
    word of several is needed, or that of whichever comes first.
    """
    found = _WAITS_FOR.fullmatch(waits_for)
    any_of, number, listed, plain = found.groups() if found else (None, None, None, "")
    written: str = (listed if number else plain) or ""
    names = frozenset((quoted.replace('""', '"') or bare).lower() for quoted, bare in _NAME.findall(written))
    is_alone = int(number or 1) == 1 and (any_of or len(names) <= 1)
    return names if is_alone else None


class Snapshot(NamedTuple):
    """Transactions that a statement sees, as `pg_snapshot` says it: those before `xmax` that aren't under way."""

    xmax: int
    under_way: frozenset[int]


def read_snapshot(text: str) -> Snapshot:
    """A `pg_snapshot`: xmin:xmax:xip,… as text."""
    _, xmax, under_way = text.split(":")
    return Snapshot(int(xmax), frozenset(map(int, filter(None, under_way.split(",")))))
