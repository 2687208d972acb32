"""Intervals of statements are said in words, and what is said of them is read."""

from pathlib import Path
from typing import Final

import pytest

from api.checks.figures import check_figures, figures_in, intervals_in, unread_in
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statements

DAY: Final = 86_400
DIGITS: Final = "in digits as `30 days`, or correct the interval"
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
    ("Kept for thirty days.", "now() + interval '30 days'", None),
    ("Kept for thirty days.", "now() + interval '31 days'", "31 days"),
    ("Kept for a year.", "now() + interval '12 months'", None),
    ("Kept for a year.", "now() + interval '11 months'", "11 months"),
    ("A 3-day link.", "now() + interval '3 days'", None),
    ("A 13-day link.", "now() + interval '3 days'", "3 days"),
    ("A two-hour pause.", "now() + interval '2 hours'", None),
    ("For thirty-six hours.", "now() + interval '36 hours'", "36 hours"),
    ("For 36 hours.", "now() + interval '36 hours'", None),
    ("For thirty-six hours.", "now() + interval '6 hours'", "6 hours"),
    ("After 1.5 hours.", "now() - interval '1.5 hours'", None),
    ("After 1.5 hours.", "now() - interval '5 hours'", "5 hours"),
    ("After 26 hours.", "now() + interval '1 day 2 hours'", None),
    ("Two days before.", "now() + interval '-2 days'", None),
    ("For two days.", "now() + interval '48:00'", None),
    ("For two days.", "now() + interval '47:00'", "47:00"),
    ("For 90 minutes.", "now() + interval '90 min'", None),
    ("For 90 minutes.", "now() + interval '80 min'", "80 min"),
    ("For 26 hours.", "now() + interval '1 day 02:00:00'", None),
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
    what = f"{path}:6: get_moment: say in its comment what takes {unsaid}, {DIGITS}"
    assert list(map(str, found)) == ([what] if unsaid else [])


@pytest.mark.parametrize(
    ("expression", "unread"),
    [
        ("interval '3d'", "3d"),
        ("interval '1 day ago'", "1 day ago"),
        ("interval '1:20.5'", "1:20.5"),
        ("'P3D'::interval", "P3D"),
        ("interval '3' day", "3"),
        ("make_interval(days => 3)", "make_interval"),
        ("make_interval(days => :days)", None),
        ("interval '0'", None),
        ("interval 'infinity'", None),
        (":number::integer * interval '1 min'", None),
    ],
)
def test_an_interval_that_is_not_read_is_named(tmp_path: Path, expression: str, unread: str | None) -> None:
    path = tmp_path / "queries.sql"
    path.write_text(f"-- Queries.\n\n-- name: get_moment :value\n-- For 3 days.\nselect {expression};\n")
    found = [fault.what for fault in check_figures(read_statements(tmp_path).values())]
    what = f"write an interval with its units, as `interval '3 days'`: how long {unread} takes isn't read here"
    assert found == ([what] if unread else [])


def test_the_head_of_the_file_and_notes_count(tmp_path: Path) -> None:
    (tmp_path / "queries.sql").write_text(
        "-- Links, for an\n-- hour.\n\n-- name: get_moment :value\n-- lock: two days are rare.\n"
        "select now() + interval '1 hour' + interval '2 days';\n"
    )
    assert check_figures(read_statements(tmp_path).values()) == []


def test_figures_are_read() -> None:
    text = "90 days, a year or Ten minutes; a quarter of 3 and an\u00e9 day"
    assert figures_in(text) == {90 * DAY, 365 * DAY, 600}
    assert figures_in("1,000 days, or twenty-four hours") == set()
    assert unread_in("now() - interval '2 days' and '0'::interval + make_interval(days => p)") is None
    assert intervals_in("now() - '01:00:00'::interval - '1 mon'::interval") == {3600, 365 * DAY / 12}
    for text in ("interval '3d'", "'P3D'::interval", "interval '3' day", "make_interval(days => 3)"):
        assert unread_in(f"now() - interval '2 days' + {text}") is not None
    assert intervals_in("now() - INTERVAL '2 days' and '5 minutes'::interval") == {2 * DAY, 300}
