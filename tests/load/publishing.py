"""Publishes the figures of a bench: to the terminal, a JSON file, a picture and README.md."""

import re
from pathlib import Path
from typing import Final

import msgspec

from api.paths import ROOT
from api.terminal import say
from tests.load.figures import Report
from tests.load.picture import draw
from tests.load.tables import markdown

HERE: Final = Path(__file__).parent
README: Final = ROOT / "README.md"
_MARKED: Final = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)


def publish(report: Report, connections: int) -> None:
    """Show and save a report; `connections` is the number that ratios are shown for."""
    text = markdown(report, connections)
    say(f"\n{text}\n")
    (HERE / "results" / "bench.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    (HERE / "bench.svg").write_text(draw(report), "utf-8")
    README.write_text(marked(README.read_text("utf-8"), text), "utf-8")


def marked(document: str, text: str) -> str:
    """Document with the text between its markers replaced.

    Raises:
        ValueError: it doesn't have the markers once each.

    """
    replaced, count = _MARKED.subn(lambda _: f"\n{text}\n", document)
    if count != 1:
        raise ValueError("README.md needs <!-- bench --> and <!-- /bench --> once, on lines of their own")
    return replaced
