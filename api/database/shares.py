"""Shares of accounts in a worker's database connections.

An owner, a family or a user, is known by the id that its statements bind. Three things keep one from costing others:

- It has `MOST_UNDER_WAY` calls under way at most; more are refused.
- Where calls queue, each counts as if it had come `LATER` for every call that its owner had under way. Of those that
  came together the first of each owner goes before the second of any, and so on, and yet all come to their turns.
- What its calls took is remembered for some seconds. Past `BURST` an owner is costly: its calls run beside the others',
  one at a time for all costly owners together, and that place rests after each (`api.database.turns`).

The last is a leaky bucket: what was taken leaks at `RATE`.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec

from api.costly_work import Debts
from api.database.aliases import Row

# More than any page of a client asks at once.
MOST_UNDER_WAY: Final = 64
# Seconds. In a queue of 0.3 s an owner with 64 calls under way gets four times as much as others. If first calls always
# went before, those that a page makes beside its first one would be refused in every overload.
LATER: Final = 0.1
# Seconds of a connection, or of the event loop; and those that are forgotten in each second.
BURST: Final = 0.1
RATE: Final = 0.03
# So that an owner isn't costly for longer than some seconds.
MOST_REMEMBERED: Final = 0.3
# Seconds that a merged execution may take, at least and for each call, before it's looked at whose calls were large.
SLOW: Final = 0.01
SLOW_CALL: Final = 0.0005
# Most seconds that are charged for a call of a merged execution, and for each byte of its rows: PostgreSQL makes
# documents of 100 MB a second, and the service passes on as much.
SECONDS_A_CALL: Final = 0.0002
SECONDS_A_BYTE: Final = 2e-8
# Seconds that are charged for a call that failed others' merged execution, and for one that met a lock there.
FAULT: Final = 0.05
LOCKED: Final = 0.02
# Bytes of a document that is written beside others' calls: to merge 1 KB into another document takes a millisecond.
LARGE_DOCUMENT: Final = 1024
_SIZED: Final = frozenset({str, bytes, list, msgspec.Raw})

# Of a family its id, of a user its negative one.
Owner = int | None


class ShareExceeded(Exception):  # noqa: N818
    """An owner has too many calls under way."""


class Shares(Debts[Owner]):
    """What each owner has under way, and what it took lately."""

    def __init__(self) -> None:
        super().__init__(burst=BURST, rate=RATE, most=MOST_REMEMBERED)
        self._under_way: dict[int, int] = {}

    def enter(self, owner: int) -> int:
        """Begin a call; returns the owner's turn: how many it has under way already.

        Raises:
            ShareExceeded: it has too many.

        """
        turn = self._under_way.get(owner, 0)
        if turn >= MOST_UNDER_WAY:
            raise ShareExceeded
        self._under_way[owner] = turn + 1
        return turn

    def leave(self, owner: int) -> None:
        """End a call."""
        turn = self._under_way[owner] - 1
        if turn:
            self._under_way[owner] = turn
        else:
            del self._under_way[owner]

    def charge(self, client: Owner, seconds: float) -> None:
        """Remember what an owner took; what is nobody's isn't."""
        if client is not None:
            super().charge(client, seconds)

    def charge_by_size(self, owners: Sequence[Owner], rows: Sequence[Sequence[Row]], seconds: float) -> int:
        """Charge a merged execution to its owners, by the bytes of the rows that each got; returns all bytes.

        What can't come from them, such as waiting for a slow disk, is nobody's fault.
        """
        sizes = [sum(map(_size, share)) for share in rows]
        total = sum(sizes)
        for owner, size in zip(owners, sizes, strict=True):
            took = min(seconds * size / (total or 1), size * SECONDS_A_BYTE + SECONDS_A_CALL)
            self.charge(owner, took)
        return total


def place_of(since: float, turn: int) -> float:
    """Place of a call among those that wait: when it came, or later, if its owner had `turn` others under way."""
    return since + turn * LATER


def has_large_document(arguments: Sequence[object]) -> bool:
    """Whether a call brings a document that may hold up others if it's merged with them."""
    # A loop, as `any` with a generator takes twice as long.
    for argument in arguments:  # noqa: SIM110
        if type(argument) is msgspec.Raw and len(argument) > LARGE_DOCUMENT:
            return True
    return False


def owner_getter(parameters: tuple[str, ...]) -> Callable[[Sequence[Any]], Owner]:
    """Function that gives the owner that a statement's arguments bind; None if its parameters name none."""
    if "parent_profile_id" in parameters:
        return itemgetter(parameters.index("parent_profile_id"))
    if "user_id" in parameters:
        user = parameters.index("user_id")
        # Null is the owner of a row that may have none.
        return lambda arguments: arguments[user] and -arguments[user]
    return lambda _: None


def _size(row: Row) -> int:
    """Bytes or characters of a row's texts, documents and lists, and some for each column."""
    return 8 * len(row) + sum(len(value) for value in row if type(value) in _SIZED)
