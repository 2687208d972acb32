"""Adds up what all workers published, those that have ended included."""

from collections.abc import Callable, Iterable
from operator import add
from threading import Lock

import msgspec

from api.metrics import Family, decode_families, families
from api.server.board import Row

Families = dict[str, Family]
# Each row of the board, and whether its worker runs.
Rows = Iterable[tuple[Row, bool]]


class Totals:
    """Sums over this process and its workers; may be used by several threads."""

    def __init__(self) -> None:
        self._rows: Callable[[], Rows] = tuple
        # Counters and histograms of workers that have ended, so that sums never go back.
        self._ended: Families = {}
        self._lock = Lock()

    def watch(self, rows: Callable[[], Rows]) -> None:
        """Add up these rows from now on."""
        self._rows = rows

    def clear(self, row: Row) -> None:
        """Keep what the last worker of a row counted, and clear the row for the next one."""
        with self._lock:
            _add(self._ended, (family for family in _read(row) if family.kind != "gauge"))
            row.clear()

    def families(self) -> list[Family]:
        """All sums as they are now; gauges of workers that run only."""
        sums: Families = {}
        _add(sums, families())
        with self._lock:
            _add(sums, self._ended.values())
            for row, runs in self._rows():
                _add(sums, (family for family in _read(row) if runs or family.kind != "gauge"))
        return list(sums.values())


def _read(row: Row) -> list[Family]:
    data = row.published()
    return decode_families(data) if data else []


def _add(sums: Families, families: Iterable[Family]) -> None:
    for family in families:
        there = sums.get(family.name)
        if there is None or (there.kind, there.labels, there.bounds) != (family.kind, family.labels, family.bounds):
            # What another release counted in another form isn't comparable.
            sums[family.name] = msgspec.structs.replace(
                family, cells={labels: list(cells) for labels, cells in family.cells.items()}
            )
            continue
        for labels, cells in family.cells.items():
            before = there.cells.get(labels)
            merge: Callable[[float, float], float] = max if family.is_shared else add
            there.cells[labels] = [*map(merge, before, cells)] if before else list(cells)
