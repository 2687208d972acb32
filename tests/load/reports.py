"""Made-up reports."""

from collections.abc import Sequence
from typing import Final

from tests.load.figures import Ceiling, Figures, Report, Step
from tests.load.requests import WORKLOADS


def step(offered: float, *, system: str = "service", p99: float = 9) -> Step:
    return Step(
        system=system, requests=1000, offered=offered, achieved=offered, errors=0, generator=0.25,
        p50=1, p99=p99, p999=99,
    )  # fmt: skip


# Multiples of the service's rate, and p50.
_SYSTEMS: Final = {
    "bare": (0.5, 1.6),
    "drizzle x1": (0.25, 2.5),
    "drizzle x2": (0.3, 2.5),
    "bun x1": (0.8, 2.5),
    "bun x2": (0.9, 2.5),
    "one worker": (0.6, 1.5),
    "service": (1, 2),
}


def report(
    rate: float = 1000,
    *,
    machine: str = "Processor",
    steps: Sequence[Step] = (step(100), step(200)),
    peers: Sequence[str] = (),
) -> Report:
    """A report where pgbench has four times the service's rate with one connection, and the bare application half."""
    counts = (1, 128)
    figures = [
        Figures(workload=workload, system="pgbench", connections=8, rate=4 * rate, postgres_cpu=30, generator_cpu=3)
        for workload in WORKLOADS
    ]
    figures += [
        Figures(
            workload=workload, system=system, connections=count, rate=rate * factor * count, errors=1,
            p50=p50, p99=5, p999=8.04, service_cpu=100 * factor, postgres_cpu=20, generator_cpu=4,
        )
        for workload in WORKLOADS
        for system, (factor, p50) in _SYSTEMS.items()
        if system in {"bare", *peers, "service"}
        for count in counts
    ]  # fmt: skip
    return Report(
        date="2026-01-02",
        machine=machine,
        versions={"Python": "3.11"},
        families=100_000,
        rounds={1: 5, 128: 3},
        seconds={1: 0.5, 128: 1},
        ceilings=[Ceiling(workload=workload, form="plain", clients=8) for workload in WORKLOADS],
        medians=figures,
        steps=list(steps),
        memory={"bare": (40, 41), "service": (90, 91)},
        peers=dict.fromkeys(peers, "1 process, 8 connections"),
        ratios={peer: dict.fromkeys(WORKLOADS, 1 / _SYSTEMS[peer][0]) for peer in peers},
    )
