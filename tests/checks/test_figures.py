"""Intervals of statements are said in words, and what is said of them is read."""

from pathlib import Path
from typing import Final

import pytest

from api.checks.figures import check_figures, figures_in, intervals_in
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statements

DAY: Final = 86_400
# Words below a statement's name, an expression, and the interval that isn't said.
SAID: Final = [
    ("Kept for three days.", "now() + interval '3 days'", None),
    ("Kept for three days.", "now() + interval '4 days'", "4 days"),
    ("Kept for a day.", "now() + interval '24 hours'", None),
    ("Kept for a day.", "now() + interval '23 hours'", "23 hours"),
    ("For an hour.", "now() + '1 hour'::interval", None),
    ("For an hour.", "now() + cast('2 hours' as interval)", "2 hours"),
    ("Kept.", "now() - interval '18 seconds'", "18 seconds"),
    ("A week at most.", "least(now(), now() - interval '7 days')", None),
    ("It is tried again after half an hour.", "now() - interval '30 minutes'", None),
    ("It is tried again after half an hour.", "now() - interval '1 hour'", "1 hour"),
    ("For some days.", "now() + :days::integer * interval '1 day'", None),
    ("Longer.", "now() + greatest(interval '0', interval '1 day 2 hours')", "1 day 2 hours"),
    ("A day, and two hours.", "now() + interval '1 day 2 hours'", None),
]


def test_the_tree_says_its_intervals() -> None:
    assert check_figures(STATEMENTS.values()) == []
    assert sum("interval '" in statement.text for statement in STATEMENTS.values()) > 20


@pytest.mark.parametrize(("words", "expression", "unsaid"), SAID)
def test_an_interval_that_is_not_said_is_named(tmp_path: Path, words: str, expression: str, unsaid: str | None) -> None:
    path = tmp_path / "queries.sql"
    path.write_text(f"-- Queries.\n\n-- name: get_moment :value\n-- {words}\nselect 1,\n       {expression};\n")
    found = check_figures(read_statements(tmp_path).values())
    what = f"{path}:6: get_moment: say in its comment what takes {unsaid}, or correct the interval"
    assert list(map(str, found)) == ([what] if unsaid else [])


def test_the_head_of_the_file_and_notes_count(tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text(
        "-- Links, for an\n-- hour.\n\n-- name: get_moment :value\n-- lock: two days are rare.\n"
        "select now() + interval '1 hour' + interval '2 days';\n"
    )
    assert check_figures(read_statements(tmp_path).values()) == []


def test_figures_are_read() -> None:
    text = "90 days, a year or Ten minutes; a quarter of 3 and an\u00e9 day"
    assert figures_in(text) == {90 * DAY, 365 * DAY, 600}
    assert intervals_in("now() - INTERVAL '2 days' or '01:00:00'::interval and '5 minutes'::interval") == {2 * DAY, 300}
