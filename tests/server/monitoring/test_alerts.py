"""The alerts say what to do, with recipes that there are, and the dashboard's panels lie side by side."""

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from api.paths import ROOT
from tests.server.monitoring.expressions import alerts, asked, panels


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    just = Path(sys.executable).with_name("just")
    recipes = subprocess.run([just, "--summary"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "action"}
    named = re.findall(r"`just ([\w-]+)", rule["annotations"]["action"])
    assert set(named) <= set(recipes)
    # Who is told has to know where.
    labels = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    assert set(labels) <= asked(str(rule["expr"])).labels | {"process"}


def test_no_panel_covers_another() -> None:
    assert len({panel["id"] for panel in panels()}) == len(panels())
    for one, other in combinations([panel["gridPos"] for panel in panels()], 2):
        assert (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )


def test_an_expression_that_is_wrong_is_no_expression() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        asked("sum by (a) (rate(b[5m])")
    assert asked('sum by (a) (rate(b{c="d"}[5m])) / ignoring (e) f offset 1m') == ({"b", "f"}, {"a", "c"})
