"""Views are taken for tables, where all that they show is of the owner that they name."""

from pathlib import Path

import psycopg
import pytest

from api.checks.ownership import owned_tables
from api.checks.ownership.views import check_views
from api.checks.schema import dump_schema
from api.facts import family_table

GOALS = """
 SELECT c.parent_profile_id, c.id, g.title
   FROM (public.child_profiles c
     JOIN public.parenting_goals g ON ((g.parent_profile_id = c.parent_profile_id)))"""

_OTHERS = (
    "shows rows of parenting_goals that may not be of its parent_profile_id: restrict parenting_goals by that column"
)
_MIXED = "a window, a limit or `distinct on` takes rows of all families together: put that into the statements"
RIGHT = {
    "a join by the owner": GOALS,
    "a left join by the owner": GOALS.replace("JOIN", "LEFT JOIN"),
    "a union": f"{GOALS}\nUNION ALL\n{GOALS}",
    "an aggregate of each owner": """
 SELECT parent_profile_id, count(*) AS goals
   FROM public.parenting_goals
  GROUP BY parent_profile_id""",
}
WRONG = {
    "a join by another column": (
        GOALS.replace("(g.parent_profile_id = c", "(g.id = c").replace("c.parent_profile_id)))", "c.id)))"),
        _OTHERS,
    ),
    "another column as the owner": (
        "\n SELECT id AS parent_profile_id, title\n   FROM public.parenting_goals",
        _OTHERS,
    ),
    "half of a union": (
        f"{GOALS}\nUNION ALL\n SELECT id AS parent_profile_id, id, title\n   FROM public.parenting_goals",
        _OTHERS,
    ),
    "a window over all": (
        "\n SELECT parent_profile_id, rank() OVER (ORDER BY created_at) AS place\n   FROM public.parenting_goals",
        _MIXED,
    ),
    "a limit": (
        f"{GOALS}\n LIMIT 5",
        _MIXED,
    ),
}


def said(folder: Path, query: str) -> list[str]:
    (folder / "schema.sql").write_text(f"--\n\nCREATE VIEW public.own_goals AS{query};\n\n\n")
    faults = list(check_views(folder / "schema.sql"))
    assert {(fault.line, fault.statement) for fault in faults} <= {(3, "own_goals")}
    return [fault.what for fault in faults]


@pytest.mark.parametrize("query", RIGHT.values(), ids=RIGHT)
def test_a_view_of_one_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setitem(owned_tables.OWNED, "own_goals", family_table("own_goals")["own_goals"])
    assert said(tmp_path, query) == []


@pytest.mark.parametrize(("query", "what"), WRONG.values(), ids=WRONG)
def test_a_view_of_others_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, what: str) -> None:
    monkeypatch.setitem(owned_tables.OWNED, "own_goals", family_table("own_goals")["own_goals"])
    assert said(tmp_path, query) == [what]


def test_a_view_that_no_feature_knows(tmp_path: Path) -> None:
    what = "shows rows of {}, and no feature says whose: give it their owner, and name that in a facts.py"
    assert said(tmp_path, GOALS) == [what.format(table) for table in ("child_profiles", "parenting_goals")]
    assert said(tmp_path, "\n SELECT slug\n   FROM public.library_suggestions") == []


def test_views_are_read_as_pg_dump_writes_them(migrated: str, tmp_path: Path) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute(f"create view own_goals as {GOALS}".encode())
        connection.execute(f"create materialized view all_goals with (fillfactor = 90) as {GOALS}".encode())
    (tmp_path / "schema.sql").write_text(dump_schema(migrated))
    assert {fault.statement for fault in check_views(tmp_path / "schema.sql")} == {"own_goals", "all_goals"}
