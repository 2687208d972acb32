"""Tables, pictures, and the files they are written to."""

from collections.abc import Iterator
from itertools import combinations
from math import inf
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.load import publishing
from tests.load.bench import ONE_WORKER
from tests.load.diagram import axis_marks
from tests.load.figures import Report
from tests.load.peers.running import PEERS, Form
from tests.load.picture import choose_ticks, draw, draw_steps
from tests.load.publishing import README, marked, publish
from tests.load.reports import report, step
from tests.load.tables import markdown

MARKERS = "<!-- bench -->\nold\n<!-- /bench -->\n"
SVG = "{http://www.w3.org/2000/svg}"


def test_text_between_markers_is_replaced() -> None:
    document = marked(f"before\n{MARKERS}after\n", r"new \1")
    assert document == "before\n<!-- bench -->\n\nnew \\1\n<!-- /bench -->\nafter\n"
    assert marked(document, r"new \1") == document


@pytest.mark.parametrize(
    "document",
    [
        *["", "no markers\n", "<!-- bench -->\n", "<!-- /bench -->\n<!-- bench -->\n"],
        *["`<!-- bench --> <!-- /bench -->`\n", 2 * MARKERS],
    ],
)
def test_markers_that_are_missing_or_there_twice(document: str) -> None:
    with pytest.raises(ValueError, match="needs <!-- bench -->"):
        marked(document, "new")


def test_the_readme_has_its_markers_and_shows_the_picture() -> None:
    document = README.read_text("utf-8")
    assert "\nnew\n" in marked(document, "new")
    assert "](tests/load/bench.svg)" in document


def test_tables() -> None:
    text = markdown(report(), 128)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    ratios, cpu, *by_connections = [row for row in rows if row[0] == "mix"]
    assert ratios == ["mix", "4,000", "64,000", "128,000", "32.00", "2.00", "2.0", "5.0", "8.0", "2.5"]
    assert cpu == ["mix", "30 + 3", "50 + 20 + 4", "100 + 20 + 4"]
    assert by_connections == [
        ["mix", "bare", "500; 1.6 / 5", "64,000; 1.6 / 5"],
        ["mix", "service", "1,000; 2 / 5", "128,000; 2 / 5"],
    ]
    for table in (block.splitlines() for block in text.split("\n\n") if block.startswith("|")):
        assert len(table) in {2 + 6, 2 + 2 * 6}
        assert len({line.count("|") for line in table}) == 1
    assert "child 1.25, family 1.25" in text
    assert "Errors: 24." in text
    assert "5 of 0.5 s at 1, 3 of 1 s at 128 connections" in text


def test_tables_with_peers() -> None:
    text = markdown(report(peers=["drizzle x1", "bun x1"]), 128)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    _, beside, cpu, *by_connections = [row for row in rows if row[0] == "mix"]
    assert beside == ["mix", "32,000", "102,400", "128,000", "4.00", "1.25", "2.0", "2.0", "2.5"]
    assert cpu == ["mix", "30 + 3", "50 + 20 + 4", "25 + 20 + 4", "80 + 20 + 4", "100 + 20 + 4"]
    assert [row[1] for row in by_connections] == ["bare", "drizzle x1", "bun x1", "service"]
    assert "bun x1 1 process, 8 connections" in text
    assert len({line.count("|") for line in text.split("\n\n")[5].splitlines()}) == 1


# Every peer in each form that may be measured.
_MOST: Final = [*(form.name(peer) for peer in PEERS for form in (Form(1, 8), Form(2, 8))), ONE_WORKER]


class Box(NamedTuple):
    """Position of a text; its width is estimated."""

    text: str
    left: float
    right: float
    y: float


def texts(svg: str) -> Iterator[Box]:
    """Texts of a picture, with positions in the whole picture."""
    root = ET.fromstring(svg)
    for parent in (root, *root.iter(f"{SVG}g")):
        x, y = map(float, parent.get("transform", "translate(0 0)")[10:-1].split())
        for found in parent.findall(f"{SVG}text"):
            text = found.text or ""
            kind = found.get("class")
            width = len(text) * (6.6 if kind == "t" else 6.0)
            left = x + float(found.get("x", 0)) - {"e": width, "m": width / 2}.get(kind or "", 0)
            yield Box(text, left, left + width, y + float(found.get("y", 0)))


@pytest.mark.parametrize(
    "svg",
    [
        draw(report()),
        draw(
            report(
                peers=["drizzle x1", "bun x1"],
                steps=[step(100, system="bun x1"), step(200, system="drizzle x1"), step(300)],
            )
        ),
        draw(report(peers=_MOST)),
        draw_steps([step(100, system=system) for system in ("bare", *_MOST, "service")], "mix", "A machine"),
        draw(report(rate=0.01, machine="A very long name & more <words> " * 10)),
        draw(report(rate=90_000, steps=[step(100_000.0, p99=0.01), step(100, system="bare", p99=9999)])),
        draw(report(steps=[step(100)])),
        draw_steps([step(500 * 1.25**number) for number in range(30)], "family", "A machine"),
        draw_steps([step(0.5, p99=0)], "mix", "A machine"),
    ],
)
def test_a_picture_is_legible(svg: str) -> None:
    root = ET.fromstring(svg)
    boxes = list(texts(svg))
    assert {"requests a second offered", "service"} <= {box.text for box in boxes}
    for box in boxes:
        assert box.left >= 0, box
        assert box.right <= float(root.get("width", inf)), box
        assert 11 <= box.y <= float(root.get("height", inf)) - 4, box
    for one, other in combinations(boxes, 2):
        assert abs(one.y - other.y) >= 11 or one.right < other.left or other.right < one.left, (one, other)


def test_lines_of_a_picture() -> None:
    root = ET.fromstring(draw(report()))
    strokes = [path.get("stroke") for path in root.iter(f"{SVG}path") if path.get("stroke")]
    ceiling, floor, service = strokes[:3]
    # The six diagrams of throughput, and one of offered rates, have a line for the ceiling, and the legend has one.
    assert strokes.count(ceiling) == 1 + 6 + 1
    assert strokes.count(floor) == 1 + 6 + 2 * 6
    assert strokes.count(service) == 1 + 6 + 2 * 6 + 3


def test_lines_of_peers() -> None:
    root = ET.fromstring(draw(report(peers=["drizzle x1", "bun x1"])))
    strokes = [path.get("stroke") for path in root.iter(f"{SVG}path") if path.get("stroke")]
    _, _, drizzle, bun, _ = strokes[:5]
    assert strokes.count(drizzle) == strokes.count(bun) == 1 + 6 + 2 * 6
    assert {"Express, Drizzle", "Bun by hand"} <= {text.text for text in root.iter(f"{SVG}text")}


@given(st.lists(st.floats(1e-3, 1e7), min_size=1))
def test_marks(values: list[float]) -> None:
    marks = axis_marks(values)
    assert marks[0] <= min(values) <= max(values) <= marks[-1]
    assert marks == sorted(set(marks))
    assert len(marks) == 2 or (marks[1] > min(values) and marks[-2] < max(values))
    assert len(marks) <= 13


@given(st.lists(st.floats(0.5, 1e5), min_size=1))
@example([0.5, 0.5000000000000001])
def test_ticks(rates: list[float]) -> None:
    ticks = choose_ticks(rates)
    assert (ticks[0], ticks[-1]) == (min(rates), max(rates))
    assert ticks == sorted(set(ticks))
    assert set(ticks) <= set(rates)
    assert len(ticks) <= 6


def test_publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results").mkdir()
    readme = tmp_path / "README.md"
    readme.write_text(MARKERS)
    monkeypatch.setattr(publishing, "HERE", tmp_path)
    monkeypatch.setattr(publishing, "README", readme)
    publish(report(), 128)
    assert msgspec.json.decode((tmp_path / "results" / "bench.json").read_bytes(), type=Report) == report()
    assert (tmp_path / "bench.svg").read_text() == draw(report())
    assert "| mix | 4,000 |" in readme.read_text()
    assert "| mix | 4,000 |" in capsys.readouterr().out
