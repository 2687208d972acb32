"""Counts what a process does, cheaply: a count is an addition in a list, about 0.2 µs with its labels.

Each worker publishes what it has counted a few times a second (`server/board.py`); the parent adds up all workers and
writes it for Prometheus (`server/monitoring/`). prometheus_client's own counters take a lock for each, and files where
there are several processes, which is ten times as much.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Literal

import msgspec

# Values of labels, in the order of their names.
Labels = tuple[str | int, ...]
Kind = Literal["counter", "gauge", "histogram"]


class Family(msgspec.Struct, frozen=True):
    """A metric, and its numbers by the values of its labels.

    A counter or gauge has one number each. A histogram has one for each bound, how many values were at most that and
    more than the bound before, one for those above all bounds, and then the sum of all values.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    cells: dict[Labels, list[float]]
    # Whether workers tell of the same thing, so that the most that one says counts, and not their sum.
    is_shared: bool = False


class Counter:
    """A number that only grows, for each combination of labels. Name and labels as Prometheus has them."""

    def __init__(self, name: str, help: str, *labels: str) -> None:
        self.family = Family(name, "counter", help, labels, (), {} if labels else {(): [0]})
        self._cells = self.family.cells
        _families[name] = self.family

    def add(self, *labels: str | int, amount: float = 1) -> None:
        cells = self._cells.get(labels)
        if cells is None:
            self._cells[labels] = [amount]
        else:
            cells[0] += amount


class Histogram:
    """How many values were within which bounds, and their sum, for each combination of labels."""

    def __init__(self, name: str, help: str, *labels: str, bounds: Sequence[float]) -> None:
        self.family = Family(name, "histogram", help, labels, tuple(bounds), {})
        self._cells = self.family.cells
        self._bounds = self.family.bounds
        if not labels:
            self._cells[()] = [0] * (len(bounds) + 2)
        _families[name] = self.family

    def observe(self, value: float, labels: Labels = ()) -> None:
        cells = self._cells.get(labels)
        if cells is None:
            cells = self._cells[labels] = [0] * (len(self._bounds) + 2)
        cells[bisect_left(self._bounds, value)] += 1
        cells[-1] += value


class Reading(msgspec.Struct, frozen=True):
    """Numbers that are looked up when they are published, and so cost nothing before.

    All workers' are added up, but for those of a gauge that is shared, of which the most counts.
    """

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[], Mapping[Labels, float]]
    kind: Kind = "gauge"
    is_shared: bool = False

    def family(self) -> Family:
        cells = {labels: [value] for labels, value in self.read().items()}
        return Family(self.name, self.kind, self.help, self.labels, (), cells, self.is_shared)


# Of this process, by name.
_families: Final[dict[str, Family]] = {}
_readings: Final[dict[str, Reading]] = {}
_encode: Final = msgspec.msgpack.Encoder().encode


def families() -> list[Family]:
    """All metrics of this process, as they are now."""
    # A copy: while a thread reads these, another may begin or end to publish some.
    return [*_families.values(), *(reading.family() for reading in tuple(_readings.values()))]


def encoded_families() -> bytes:
    """The same as `decode_families` reads it, also that of an older or newer release."""
    return _encode(families())


decode_families: Final = msgspec.msgpack.Decoder(list[Family]).decode


@contextmanager
def read(*readings: Reading) -> Iterator[None]:
    """Publish readings within the block."""
    for reading in readings:
        _readings[reading.name] = reading
    try:
        yield
    finally:
        for reading in readings:
            _readings.pop(reading.name, None)
