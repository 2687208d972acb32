"""Draws line diagrams with logarithmic axes, as SVG."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from textwrap import wrap
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

_COLOURS: Final = {
    "pgbench": "#666666",
    "bare": "#c25100",
    "drizzle x1": "#8a5fbf",
    "drizzle x2": "#c4a6e8",
    "bun x1": "#2f8f4e",
    "bun x2": "#8ccf9d",
    "one worker": "#7fb3d9",
    "service": "#1f77b4",
}
_MEANINGS: Final = {
    "pgbench": "pgbench, the ceiling",
    "bare": "bare, the floor",
    "drizzle x1": "Express, Drizzle",
    "drizzle x2": "Drizzle, two processes",
    "bun x1": "Bun by hand",
    "bun x2": "Bun, two processes",
    "one worker": "service, one worker",
    "service": "service",
}
_WIDTH: Final = 260
_HEIGHT: Final = 170
# Margins of a diagram, for its numbers and titles.
_LEFT: Final = 60
_RIGHT: Final = 30
_ABOVE: Final = 34
_BELOW: Final = 50
_LINE_HEIGHT: Final = 16
# Width of a legend's entry.
_ENTRY: Final = 170
_STYLE: Final = (
    "text{font:11px sans-serif;fill:#333}.t{font-weight:bold}.e{text-anchor:end}.m{text-anchor:middle}"
    "path{fill:none;stroke-width:2}.g{stroke:#ddd;stroke-width:1}"
)
# Multiples of the powers of ten that are marked on an axis; the second choice is used if there's no room for the first.
_MARK_STEPS: Final = ((1, 2, 5), (1,))
_MAX_MARKS: Final = 13
# Upper bound of the average width of a character.
_CHARACTER_WIDTH: Final = 6.2


class Line(NamedTuple):
    """Points of a line; it has the colour of its system, and is dashed for a second measure."""

    system: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


class Diagram(NamedTuple):
    """Lines with a title; `across` is the title of the horizontal axis, `ticks` are the values to mark there."""

    title: str
    across: str
    ticks: Sequence[float]
    lines: Sequence[Line]

    def draw(self) -> str:
        marks = axis_marks([y for line in self.lines for _, y in line.points if y > 0])
        place_x = _scale(min(self.ticks), max(self.ticks), _WIDTH)
        place_y = _scale(marks[-1], marks[0], _HEIGHT)
        parts = [f'<text class="t" y="-12">{escape(self.title)}</text>']
        for mark in marks:
            y = place_y(mark)
            parts.append(f'<path class="g" d="M0 {y}h{_WIDTH}"/><text class="e" x="-6" y="{y + 4}">{mark:,g}</text>')
        parts += [
            f'<text class="m" x="{place_x(tick)}" y="{_HEIGHT + 16}">{_short(tick)}</text>' for tick in self.ticks
        ]
        parts.append(f'<text class="m" x="{_WIDTH / 2}" y="{_HEIGHT + 33}">{escape(self.across)}</text>')
        for line in self.lines:
            places = [(place_x(x), place_y(y)) for x, y in line.points if y > 0]
            colour = _COLOURS[line.system]
            if len(places) == 1:
                parts.append(f'<circle cx="{places[0][0]}" cy="{places[0][1]}" r="3" fill="{colour}"/>')
            elif places:
                dash = ' stroke-dasharray="5 4"' if line.dashed else ""
                path = " ".join(f"{x},{y}" for x, y in places)
                parts.append(f'<path d="M{path}" stroke="{colour}"{dash}/>')
        return "".join(parts)


def picture(diagrams: Sequence[Diagram], caption: str, columns: int) -> str:
    """SVG of diagrams in a grid of `columns`, below a caption and a legend."""
    wide, high = _LEFT + _WIDTH + _RIGHT, _ABOVE + _HEIGHT + _BELOW
    width = columns * wide
    words = wrap(caption, int((width - 24) / _CHARACTER_WIDTH))
    drawn = [system for system in _COLOURS if any(system == line.system for each in diagrams for line in each.lines)]
    in_row = width // _ENTRY
    legend = _LINE_HEIGHT * (len(words) + 1)
    head = legend + _LINE_HEIGHT * ceil(len(drawn) / in_row)
    height = head + ceil(len(diagrams) / columns) * high
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    parts += [
        f'<text x="12" y="{_LINE_HEIGHT * (row + 1) + 4}">{escape(line)}</text>' for row, line in enumerate(words)
    ]
    for index, system in enumerate(drawn):
        x, y = 12 + _ENTRY * (index % in_row), legend + _LINE_HEIGHT * (index // in_row)
        parts.append(f'<path d="M{x} {y}h24" stroke="{_COLOURS[system]}"/>')
        parts.append(f'<text x="{x + 30}" y="{y + 4}">{_MEANINGS[system]}</text>')
    for index, diagram in enumerate(diagrams):
        x = _LEFT + index % columns * wide
        y = head + _ABOVE + index // columns * high
        parts.append(f'<g transform="translate({x} {y})">{diagram.draw()}</g>')
    return "\n".join([*parts, "</svg>\n"])


def axis_marks(values: Sequence[float]) -> list[float]:
    """Round numbers that enclose values above 0, and those between: 1, 2, 5, 10 and so on, or 1, 10, 100."""
    low, high = (min(values), max(values)) if values else (1, 1)
    powers = range(floor(log10(low)) - 1, ceil(log10(high)) + 2)
    for steps in _MARK_STEPS:
        marks = [float(f"{step}e{power}") for power in powers for step in steps]
        first = max(index for index, mark in enumerate(marks) if mark <= low)
        last = min(index for index, mark in enumerate(marks) if mark >= high and index > first)
        if last - first < _MAX_MARKS:
            break
    return marks[first : last + 1]


def _scale(low: float, high: float, size: int) -> Callable[[float], float]:
    span = log10(high / low) or 1
    return lambda value: round(log10(value / low) / span * size, 1) + 0.0


def _short(number: float) -> str:
    """Number as text with three digits, in thousands from 1000."""
    return f"{number:g}" if number < 1000 else f"{number / 1000:.3g}k"
