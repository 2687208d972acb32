"""The figures of measurements, and their medians."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil
from statistics import median
from typing import Final

import msgspec

# Shares of the offered requests that have to be answered in time, and that may fail.
KEPT_UP: Final = 0.95
MAY_FAIL: Final = 0.001


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement, or the median of several: latencies in milliseconds, CPU in microseconds a request.

    pgbench has no latencies.
    """

    workload: str
    system: str
    connections: int
    rate: float
    errors: int = 0
    p50: float = 0
    p99: float = 0
    p999: float = 0
    service_cpu: float = 0
    postgres_cpu: float = 0
    generator_cpu: float = 0

    @property
    def key(self) -> tuple[str, str, int]:
        return self.workload, self.system, self.connections


class Ceiling(msgspec.Struct, frozen=True, kw_only=True):
    """The form of the statement and the number of clients with which pgbench was fastest."""

    workload: str
    form: str
    clients: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement at a fixed rate of requests a second (`offered`); latencies are in milliseconds.

    `achieved` are the requests answered a second, `generator` is the share of a core that the load generator used.
    """

    system: str
    requests: int
    offered: float
    achieved: float
    errors: int
    generator: float
    p50: float
    p99: float
    p999: float

    @property
    def kept_up(self) -> bool:
        """Whether nearly all requests were answered in time, and hardly any failed."""
        return self.achieved >= KEPT_UP * self.offered and self.errors <= MAY_FAIL * self.requests


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Results of a run of the bench; `memory` is that of the largest worker, in megabytes, before and after.

    `peers` says how each of them is run, `ratios` by peer and workload how many times its rate the service has.
    """

    date: str
    machine: str
    versions: dict[str, str]
    families: int
    rounds: dict[int, int]
    seconds: dict[int, float]
    ceilings: list[Ceiling]
    medians: list[Figures]
    steps: list[Step]
    memory: dict[str, tuple[int, int]]
    peers: dict[str, str] = {}
    ratios: dict[str, dict[str, float]] = {}

    @property
    def systems(self) -> tuple[str, ...]:
        """The HTTP servers, from the slowest kind to the service."""
        return ("bare", *self.peers, "service")

    def find(self, workload: str, system: str, connections: int | None = None) -> Figures:
        """Medians of a workload on a system; pgbench has only its best number of connections."""
        return next(
            found
            for found in self.medians
            if (found.workload, found.system) == (workload, system) and connections in {None, found.connections}
        )


def medians(figures: Sequence[Figures]) -> list[Figures]:
    """Median of each figure over measurements of the same thing; errors are summed."""
    return [_median(list(same)) for _, same in groupby(sorted(figures, key=_key), key=_key)]


def median_ratio(figures: Sequence[Figures], workload: str, connections: int, systems: tuple[str, str]) -> float:
    """How many times the second system's rate the first has: the median over rounds, which have one of each."""
    one, other = (
        [found.rate for found in figures if found.key == (workload, system, connections)] for system in systems
    )
    return median(first / second for first, second in zip(one, other, strict=True))


def _key(figures: Figures) -> tuple[str, str, int]:
    return figures.key


def _median(same: list[Figures]) -> Figures:
    measured = [field.name for field in msgspec.structs.fields(Figures) if field.type is float]
    numbers: dict[str, float] = {name: median(getattr(found, name) for found in same) for name in measured}
    return msgspec.structs.replace(same[0], **numbers, errors=sum(found.errors for found in same))


def percentile(values: Sequence[float], share: float) -> float:
    """Smallest of sorted values that a share of them, in (0, 1], doesn't exceed; 0 if there are none."""
    # The product may be slightly above a whole number, because of rounding.
    return values[max(0, ceil(share * len(values) - 1e-9) - 1)] if values else 0
