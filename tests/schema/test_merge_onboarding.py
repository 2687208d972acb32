"""merge_onboarding, called with an onboarding document or the rows that it became, and what a tab posts."""

import json
from typing import Any, Final

import pytest

from api.database.aliases import Connection
from tests.schema.merging import children, goals, lists

MERGE: Final = (
    "select merge_onboarding("
    "case when $8 then next_merge_base(repeat('0f', 16) || '..5....', $1) end, null, $2, $3, $4, $5, $6, $7)"
)


async def merged(
    database: Connection,
    given: dict[str, Any] | None,
    stored: dict[str, Any],
    posted: dict[str, Any],
    *,
    rows: tuple[str, str] | None = None,
    completing: bool = False,
    has_revision: bool = True,
) -> dict[str, Any]:
    """What is to be done; `rows` are those of children and goals, if there are any."""
    found = await database.fetchval(
        MERGE,
        None if given is None else json.dumps(given),
        rows is not None and not completing,
        completing,
        json.dumps(stored),
        json.dumps(children(rows[0])) if rows else None,
        json.dumps(goals(rows[1])) if rows else None,
        json.dumps(posted),
        has_revision,
    )
    result: dict[str, Any] = json.loads(found)
    return result


def document(kids: str | None, titles: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {} if kids is None else {"childProfiles": children(kids)}
    return found if titles is None else found | {"goals": lists(titles)}


@pytest.mark.parametrize(
    ("given", "stored", "posted", "left"),
    [
        # What a tab posts as it was given stays as it is, also in another order.
        ("Bo 1 -, Sam 2 -", "Sam 2 -, Bo 1 -", "Bo 1 -, Sam 2 -", "Sam 2 -, Bo 1 -"),
        ("Bo 1 -, Sam 2 -", "Sam 2 -, Bo 1 -", "Bo 3 -, Sam 2 -", "Bo 3 -, Sam 2 -"),
        # Ids that a document has are no part of it.
        ("Bo 1 -", "#5 Bo 1 -", "Bo 2 -, #9 Sam 1 -", "Bo 2 -, Sam 1 -"),
        ("Bo 1 -", "Bo 1 -", "", ""),
        ("Bo 1 -", "Bo 1 -", None, "Bo 1 -"),
        (None, "Bo 1 -", "bo 2 -", "Bo 2 -"),
    ],
)
async def test_children_of_a_document(
    database: Connection, given: str | None, stored: str, posted: str | None, left: str
) -> None:
    found = await merged(database, None if given is None else document(given), document(stored), document(posted))
    assert found["document"]["childProfiles"] == [
        {"name": child["name"], "age": child["age"], "specialNeeds": child["specialNeeds"]} for child in children(left)
    ]
    assert (found["children"], found["goals"], found["childIds"]) == (None, None, None)


async def test_children_of_a_document_that_has_none(database: Connection) -> None:
    documents: list[dict[str, Any]] = [{}, {"childProfiles": {}}]
    for stored in documents:
        found = await merged(database, document(""), stored, document(""))
        assert found["document"] == document("")


@pytest.mark.parametrize(
    ("given", "stored", "posted", "left"),
    [
        (
            "short: Eten, Rust; long: Lezen",
            "short: Eten, Rust; long: Lezen",
            "short: Rust; long: Sport",
            "short: Rust; long: Sport",
        ),
        ("short: Eten; long: Lezen", "short: Eten; long: Lezen", "long:", "short: Eten; long:"),
        ("short: Eten", "short: Eten, Rust", "short: Sport", "short: Sport, Rust"),
        # A list that neither has isn't made up.
        ("short: Eten", "short: Eten", "short: Rust", "short: Rust"),
        ("short: Eten; long:", "short: Eten; long:", "short: Rust", "short: Rust; long:"),
        # One that is posted is there, also without goals.
        ("short: Eten", "short: Eten", "short: Eten; long:", "short: Eten; long:"),
        # Of many each list keeps its order.
        (
            "short: Eten; long:",
            "short: Eten; long:",
            "short: Eten, Rust, Lezen, Sport, Bed, Spel, Dans, Zang; long: Werk, Tuin",
            "short: Eten, Rust, Lezen, Sport, Bed, Spel, Dans, Zang; long: Werk, Tuin",
        ),
    ],
)
async def test_goals_of_a_document(database: Connection, given: str, stored: str, posted: str, left: str) -> None:
    found = await merged(database, document(None, given), document(None, stored), document(None, posted))
    assert found["document"]["goals"] == lists(left)
    # Without the goals' lists nothing becomes of them.
    found = await merged(database, document(None, given), document(None, stored), {"goals": {"supportAreas": ["x"]}})
    assert found["document"]["goals"] == lists(stored) | {"supportAreas": ["x"]}


async def test_goals_of_a_document_without_a_revision(database: Connection) -> None:
    """One that goes to the other list comes behind those that stood there, and its own list stays."""
    stored = document(None, "short: Eten, Rust; long: Lezen")
    posted = document(None, "short: Lezen, Eten, Rust")
    found = await merged(database, None, stored, posted, has_revision=False)
    assert found["document"]["goals"] == lists("short: Eten, Rust, Lezen; long:")


async def test_an_empty_text(database: Connection) -> None:
    """It fills what a document doesn't have, and no column."""
    given: dict[str, Any] = {"basicInfo": {}}
    posted = {"basicInfo": {"name": ""}}
    found = await merged(database, given, given, posted)
    assert found["document"] == posted
    found = await merged(database, given, given, posted, rows=("", ""))
    assert found["columns"] == given


async def test_rows_of_a_completed_onboarding(database: Connection) -> None:
    """Only what changes is told, with the rows that the posted children are."""
    given = document("#11 Bo 1 -, #12 Sam 2 -", "short: Eten; long: Lezen") | {"basicInfo": {"name": "Noor"}}
    rows = ("#11 Bo 1 -, #12 Sam 2 -", "short Eten #1, long Lezen #2")
    posted = document("Ada 3 -, #12 Sam 3 -", "short: Eten, Rust; long: Sport") | {"basicInfo": {"parentType": "dad"}}
    found = await merged(database, given, {"basicInfo": {"parentType": "mom"}, "notes": "x"}, posted, rows=rows)
    assert found["columns"] == {"basicInfo": {"parentType": "dad"}, "goals": {}}
    assert found["document"]["basicInfo"] == {"parentType": "dad"}
    assert found["children"] == children("Ada 3 - @1 added, #12 Sam 3 - @2 changed, #11 Bo 1 - removed")
    assert found["goals"] == goals("short Rust added, long Sport #2 changed from long Lezen #2")
    assert found["childIds"] == [0, 12]
    # What isn't posted is not looked at, and the same again changes nothing.
    found = await merged(database, given, {}, {"basicInfo": {"name": "Noor"}}, rows=rows)
    assert (found["children"], found["goals"], found["childIds"]) == (None, None, None)
    found = await merged(database, given, {}, given, rows=rows)
    assert (found["children"], found["goals"], found["childIds"]) == (None, None, [11, 12])
    # A child that another tab removed has no row, and no children have none.
    found = await merged(database, given, {}, given, rows=("#12 Sam 2 -", rows[1]))
    assert (found["children"], found["childIds"]) == (None, [0, 12])
    found = await merged(database, given, {}, document(""), rows=("", rows[1]))
    assert (found["children"], found["childIds"]) == (None, [])


async def test_a_completion_makes_rows_of_the_document(database: Connection) -> None:
    """Rows that are there already stay, and each part of the document goes to the columns whole."""
    stored = document("Bo 0 -, Sam 18 bril", "short: Eten; long: Lezen") | {"basicInfo": {"name": "Noor"}}
    stored["childProfiles"] += [
        {"name": "Old", "age": 19}, {"name": "New", "age": -1}, {"name": "Half", "age": 1.5}, {"name": 5, "age": 1},
        {"name": "None"},
    ]  # fmt: skip
    posted = {"goals": {"shortTerm": ["Eten", "Rust"]}, "stressAssessment": {"stressLevel": "low"}}
    rows = ("#11 Sam 2 -, #12 Ada 4 -", "short Eten #1, sleep Sport #2")
    found = await merged(database, None, stored, posted, rows=rows, completing=True)
    assert found["children"] == children("Bo 0 - @1 added, #11 Sam 18 bril @2 changed")
    assert found["goals"] == goals("short Rust added, long Lezen added")
    assert found["childIds"] is None
    assert found["document"] == stored | {
        "goals": {"shortTerm": ["Eten", "Rust"], "longTerm": ["Lezen"]},
        "stressAssessment": {"stressLevel": "low"},
    }
    assert found["columns"] == {
        "basicInfo": {"name": "Noor"}, "stressAssessment": {"stressLevel": "low"}, "goals": found["document"]["goals"],
    }  # fmt: skip
    # What this save takes away is null, as a save before may have filled its column.
    given = {"basicInfo": {"name": "Noor", "email": "a@b"}}
    emptied = {"basicInfo": {"name": "Noor", "email": ""}}
    found = await merged(database, given, given, emptied, rows=("", ""), completing=True)
    assert found["columns"] == {"basicInfo": {"name": "Noor", "email": None}, "stressAssessment": {}, "goals": {}}
    assert (found["children"], found["goals"], found["document"]) == (None, None, {"basicInfo": {"name": "Noor"}})
