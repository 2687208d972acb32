"""Draws reports: throughput and latency by connections, and by offered rate."""

from collections.abc import Callable, Sequence
from typing import Final

from tests.load.diagram import Diagram, Line, picture
from tests.load.figures import Figures, Report, Step
from tests.load.requests import WORKLOADS
from tests.load.tables import TITLES

# Most parts that the rates written below an axis divide it into.
_MAX_PARTS: Final = 5


def draw(report: Report) -> str:
    """SVG of a report: pgbench is the ceiling, bare the floor, and peers are between, or where they are."""
    diagrams = [_throughput(report, workload) for workload in WORKLOADS]
    diagrams += [_latency(report, workload) for workload in WORKLOADS]
    diagrams += _offered(report.steps, "mix", ceiling=report.find("mix", "pgbench").rate)
    caption = f"{report.date}, {report.machine}, {report.families:,} families; latency: p99 whole, p50 dashed"
    return picture(diagrams, caption, columns=3)


def draw_steps(steps: Sequence[Step], workload: str, caption: str) -> str:
    """SVG of an open-loop test."""
    return picture(_offered(steps, workload), f"{caption}; latency: p99 whole, p50 dashed", columns=2)


def _throughput(report: Report, workload: str) -> Diagram:
    counts = list(report.seconds)
    ceiling = report.find(workload, "pgbench").rate
    lines = [Line("pgbench", [(counts[0], ceiling), (counts[-1], ceiling)])]
    lines += _by_connections(report, workload, lambda found: found.rate)
    return Diagram(f"{TITLES[workload]}: requests a second", "connections", counts, lines)


def _latency(report: Report, workload: str) -> Diagram:
    lines = _by_connections(report, workload, lambda found: found.p99)
    lines += _by_connections(report, workload, lambda found: found.p50, dashed=True)
    return Diagram(f"{TITLES[workload]}: milliseconds", "connections", list(report.seconds), lines)


def _by_connections(
    report: Report, workload: str, value: Callable[[Figures], float], *, dashed: bool = False
) -> list[Line]:
    return [
        Line(
            system,
            [(count, value(report.find(workload, system, count))) for count in report.seconds],
            dashed,
        )
        for system in report.systems
    ]


def _offered(steps: Sequence[Step], workload: str, ceiling: float | None = None) -> list[Diagram]:
    """Diagrams of answered requests and of latency, by offered rate."""
    ticks = choose_ticks([step.offered for step in steps])

    def lines(value: Callable[[Step], float], *, dashed: bool = False) -> list[Line]:
        systems = dict.fromkeys(step.system for step in steps)
        return [
            Line(system, [(step.offered, value(step)) for step in steps if step.system == system], dashed)
            for system in systems
        ]

    answered = lines(lambda step: step.achieved)
    if ceiling is not None:
        answered.append(Line("pgbench", [(ticks[0], ceiling), (ticks[-1], ceiling)]))
    late = [*lines(lambda step: step.p99), *lines(lambda step: step.p50, dashed=True)]
    across = "requests a second offered"
    return [
        Diagram(f"{TITLES[workload]}: answered a second", across, ticks, answered),
        Diagram(f"{TITLES[workload]}: milliseconds", across, ticks, late),
    ]


def choose_ticks(rates: Sequence[float]) -> list[float]:
    """The lowest and the highest rate, and those between that have room below an axis."""
    lowest, highest = min(rates), max(rates)
    apart = (highest / lowest) ** (1 / _MAX_PARTS)
    chosen = [lowest]
    for rate in sorted(rates):
        # Of rates that are next to each other as floating-point numbers, nothing is between.
        if chosen[-1] < rate < highest and rate >= chosen[-1] * apart and highest >= rate * apart:
            chosen.append(rate)
    return [*chosen, highest] if highest > lowest else chosen
