"""The picture of a report: throughput and latency against connections, and latency against offered rate."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from operator import attrgetter
from typing import Final, NamedTuple

from tests.load.figures import Figures, Report, Step
from tests.load.requests import WORKLOADS
from tests.load.tables import TITLES

_COLOURS: Final = {"pgbench": "#888888", "bare": "#d95f02", "service": "#1f77b4"}
_WIDTH: Final = 250
_HEIGHT: Final = 170
_MARGIN: Final = 54
_STYLE: Final = (
    "text{font:11px sans-serif;fill:#333}.t{font-weight:bold}.e{text-anchor:end}.m{text-anchor:middle}"
    "path{fill:none;stroke-width:2}.g{stroke:#ddd;stroke-width:1}"
)


class Line(NamedTuple):
    """Points of a line, and how it's drawn: in the colour of a system, dashed for a second measure."""

    system: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


def draw(report: Report) -> str:
    """SVG of a report."""
    panels = [_throughput(report, workload) for workload in WORKLOADS]
    panels += [_latency(report, workload) for workload in WORKLOADS]
    panels.append(offered(report.steps))
    return picture(panels, f"{report.date}, {report.machine}, {report.families:,} families")


def picture(panels: Sequence["Panel"], caption: str, columns: int = 3) -> str:
    """SVG of panels, a few side by side, below a line of words and the meaning of the colours."""
    rows = ceil(len(panels) / columns)
    width, height = columns * (_WIDTH + 2 * _MARGIN), 44 + rows * (_HEIGHT + 2 * _MARGIN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{_MARGIN}" y="18">{caption}; latency: p99 whole, p50 dashed; pgbench is the ceiling</text>',
    ]
    for index, (system, colour) in enumerate(_COLOURS.items()):
        x = _MARGIN + 90 * index
        parts.append(f'<path d="M{x} 34h24" stroke="{colour}"/><text x="{x + 30}" y="38">{system}</text>')
    for index, panel in enumerate(panels):
        x = _MARGIN + index % columns * (_WIDTH + 2 * _MARGIN)
        y = 44 + _MARGIN + index // columns * (_HEIGHT + 2 * _MARGIN)
        parts.append(f'<g transform="translate({x} {y})">{panel.draw()}</g>')
    return "\n".join([*parts, "</svg>\n"])


class Panel(NamedTuple):
    """A diagram with logarithmic axes."""

    title: str
    across: str
    ticks: Sequence[float]
    lines: Sequence[Line]

    def draw(self) -> str:
        values = [y for line in self.lines for _, y in line.points if y > 0] or [1.0]
        low, high = floor(log10(min(values))), ceil(log10(max(values)))
        high = max(high, low + 1)
        place_x = _scale(log10(min(self.ticks)), log10(max(self.ticks)), _WIDTH)
        place_y = _scale(high, low, _HEIGHT)
        parts = [f'<text class="t" y="-10">{self.title}</text>']
        for power in range(low, high + 1):
            y = place_y(10**power)
            parts.append(
                f'<path class="g" d="M0 {y}h{_WIDTH}"/><text class="e" x="-6" y="{y + 4}">{10**power:,g}</text>'
            )
        parts += [f'<text class="m" x="{place_x(tick)}" y="{_HEIGHT + 16}">{tick:,g}</text>' for tick in self.ticks]
        parts.append(f'<text class="m" x="{_WIDTH / 2}" y="{_HEIGHT + 32}">{self.across}</text>')
        for line in self.lines:
            points = " ".join(f"{place_x(x)},{place_y(y)}" for x, y in line.points if y > 0)
            dash = ' stroke-dasharray="5 4"' if line.dashed else ""
            parts.append(f'<path d="M{points}" stroke="{_COLOURS[line.system]}"{dash}/>')
        return "".join(parts)


def _scale(low: float, high: float, size: int) -> Callable[[float], float]:
    span = (high - low) or 1
    return lambda value: round((log10(value) - low) / span * size, 1)


def _throughput(report: Report, workload: str) -> Panel:
    counts = list(report.seconds)
    ceiling = report.find(workload, "pgbench").rate
    lines = [Line("pgbench", [(counts[0], ceiling), (counts[-1], ceiling)])]
    lines += _by_connections(report, workload, lambda found: found.rate)
    return Panel(f"{TITLES[workload]}: requests a second", "connections", counts, lines)


def _latency(report: Report, workload: str) -> Panel:
    lines = _by_connections(report, workload, lambda found: found.p99)
    lines += _by_connections(report, workload, lambda found: found.p50, dashed=True)
    return Panel(f"{TITLES[workload]}: milliseconds", "connections", list(report.seconds), lines)


def _by_connections(
    report: Report, workload: str, value: Callable[[Figures], float], *, dashed: bool = False
) -> list[Line]:
    return [
        Line(
            system,
            [(count, value(report.find(workload, system, count))) for count in report.seconds],
            dashed,
        )
        for system in ("bare", "service")
    ]


def offered(steps: Sequence[Step]) -> "Panel":
    """Latency against the rate that was offered."""
    systems = dict.fromkeys(step.system for step in steps)
    lines = [
        Line(system, [(step.offered, value(step)) for step in steps if step.system == system], dashed)
        for system in systems
        for value, dashed in ((attrgetter("p99"), False), (attrgetter("p50"), True))
    ]
    return Panel("mix, open loop: milliseconds", "requests a second offered", _spread(steps), lines)


def _spread(steps: Sequence[Step]) -> list[float]:
    """Rates far enough from each other to be written below an axis, the lowest and the highest among them."""
    rates = sorted({step.offered for step in steps}, reverse=True)
    chosen = rates[:1]
    for rate in rates:
        if rate < chosen[-1] / 1.6:
            chosen.append(rate)
    return [*chosen[:-1], rates[-1]] if len(chosen) > 1 else rates
