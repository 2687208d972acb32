"""The functions of the three-way merge, called with what a tab was given, what is stored and what it posts.

Without a revision nothing was given (None); an onboarding that is being completed has one without content ("").
"""

import json
from typing import Any, Final

import pytest

from api.database.aliases import Connection
from tests.schema.merging import children, goals, lists

GIVEN: Final = "next_merge_base(repeat('0f', 16) || '..' || $1::integer || '....', $2)"


async def base(database: Connection, document: dict[str, Any] | str | None, width: int = 5) -> str | None:
    """What a tab was given with a document."""
    if not isinstance(document, dict):
        return document
    found: str = await database.fetchval(f"select {GIVEN}", width, json.dumps(document))
    return found


# What was given, the rows that it was, what is stored and posted, and what comes of it.
ChildrenCase = tuple[str | None, list[int] | None, str, str | None, str]
# What was given, with how many characters of a digest, what is stored and posted, and what comes of it.
GoalsCase = tuple[str | None, int, str, str, str]

CHILDREN: Final[list[ChildrenCase]] = [
    # Without a revision nothing is removed; further namesakes are the last one, or one new child.
    (
        None,
        None,
        "#11 bo 2 -, #12 Zoë 1 -",
        "bo 1, bo 1 astma, bo 2 astma",
        "#11 bo 2 astma @1,2,3 changed, #12 Zoë 1 -",
    ),
    (
        None,
        None,
        "#11 Sam 1 bril, #12 bo 1 -",
        "#11 Sam 1, #12 bo 1 astma, bo 1 -, Bo 1 astma",
        "#11 Sam 1 bril @1, #12 bo 1 astma @2 changed, bo 1 astma @3,4 added",
    ),
    (
        None,
        None,
        "#11 Zoë 2 bril, #21 bo 1 bril, #22 Bo 1 -",
        "#11 Zoë 3, Zoë 1 astma, Zoë 2, Bo 1, Bo 1 bril",
        "#11 Zoë 3 bril @1 changed, #21 bo 1 bril @4, #22 Bo 1 bril @5 changed, Zoë 2 astma @2,3 added",
    ),
    (
        None,
        None,
        "#11 Zoë 1 astma, #12 Zoë 1 -, #21 Sam 1 bril",
        "#11 Zoë 1 astma, #12 Zoë 3 -, Zoë 1 astma, Zoë 3 bril, Bo 1 -, #11 Zoë 1 astma",
        "#11 Zoë 1 astma @1, #12 Zoë 3 - @2 changed, #21 Sam 1 bril, Zoë 1 astma @3,4,6 added, Bo 1 - @5 added",
    ),
    # As an onboarding is completed each entry is a row of its own.
    ("", None, "#11 Bo 3 -", "Bo 1 -", "#11 Bo 1 - @1 changed"),
    ("", None, "#11 Sam 2 -, #21 Sam 1 - touched", None, "#11 Sam 2 -, #21 Sam 1 - touched"),
    ("", None, "#21 bo 1 -, #22 Sam 2 -, #23 Sam 1 -", "", "#21 bo 1 -, #22 Sam 2 -, #23 Sam 1 -"),
    (
        "",
        None,
        "Bo 1, Sam 1 -, bo 1 -",
        "Zoë 2 bril, Sam 1 astma, bo 1 -",
        "Zoë 2 bril @1 added, Sam 1 astma @2 changed, Bo 1 - @3 changed, bo 1 -",
    ),
    # A tab changes what it was given, and removes what is as it was given.
    ("", [], "", "", ""),
    ("#11 Bo 1", [11], "#21 bo 2 -", "#11 Ada 1", "Ada 1 @1 added, #21 bo 2 -"),
    ("Bo 3, bo 1", [11, 12], "#11 Bo 3 -, #12 bo 1 -", "", "#11 Bo 3 - removed, #12 bo 1 - removed"),
    ("#11 Sam 3 -, #12 Sam 1 bril", [11, 12], "#11 Sam 3 - touched", "", "#11 Sam 3 - touched"),
    (
        "#11 Bo 1 bril",
        None,
        "#21 Bo 3 astma",
        "#11 Bo 3 bril, Sam 3 -",
        "Bo 3 bril @1 added, Sam 3 - @2 added, #21 Bo 3 astma",
    ),
    (
        "bo 2 -, Sam 2",
        [11, 12],
        "#11 bo 2 -, #12 Sam 2 astma, #21 Sam 3 bril",
        "Ada 2 -",
        "#11 Ada 2 - @1 changed, #12 Sam 2 astma, #21 Sam 3 bril",
    ),
    (
        "Bo 2 -, Bo 2 bril, Sam 2",
        None,
        "Zoë 2 bril, Sam 2",
        "Bo 2 -, bo 1 bril, Sam 2",
        "bo 1 bril @2 added, Sam 2 @3, Zoë 2 bril",
    ),
    (
        "#11 Sam 2 -, #12 Sam 3 astma",
        [11, 12],
        "#12 Sam 2 astma, #21 bo 3 bril",
        "#11 Sam 2 astma, #12 Sam 1 -",
        "Sam 2 astma @1 added, #12 Sam 1 - @2 changed, #21 bo 3 bril",
    ),
    (
        "Bo 3 -, Bo 2",
        None,
        "#11 Ada 2 -, #12 Sam 2 -, #21 Sam 1 bril, #22 Bo 2 -, #23 bo 2 - touched, #24 Bo 1 bril",
        "Bo 2",
        "#22 Bo 2 - @1, #11 Ada 2 -, #12 Sam 2 -, #21 Sam 1 bril, #23 bo 2 - touched, #24 Bo 1 bril",
    ),
    (
        "#11 bo 3 astma, Bo 3 astma",
        [11, 0],
        "#11 bo 3 bril, #13 Bo 3 astma",
        "Bo 2 bril, Bo 3 astma, Bo 2 astma, bo 1 -, Bo 2 -, bo 2",
        (
            "Bo 2 bril @1 added, #11 bo 3 astma @2 changed, #13 Bo 2 astma @3 changed, bo 1 - @4 added, "
            "Bo 2 - @5 added, bo 2 @6 added"
        ),
    ),
    (
        "Bo 3 astma, Zoë 3 astma",
        None,
        "#11 Bo 3 astma, #12 Zoë 2 - touched, #21 Bo 2 - touched",
        "Bo 3 -, Ada 3 astma, Zoë 3 astma, Zoë 3 bril",
        "#11 Bo 3 - @1 changed, Ada 3 astma @2 added, #12 Zoë 2 - touched @3, Zoë 3 bril @4 added, #21 Bo 2 - touched",
    ),
    (
        "#11 Bo 1 -, Sam 3 -, Sam 1",
        [11, 12, 13],
        "#11 Bo 1 -, #12 bo 1 -, #13 Sam 1 -, #21 Zoë 1 -, #22 bo 2 bril, #23 Bo 2 astma",
        "#11 Bo 1 -, Ada 3 -, Bo 1",
        "#11 Bo 1 - @1, #12 Ada 1 - @2 changed, #13 Bo 1 - @3 changed, #21 Zoë 1 -, #22 bo 2 bril, #23 Bo 2 astma",
    ),
    # Of several children that the tab added and renamed each is known by its turn.
    (
        "Bo 3 -, Sam 3 -",
        [11, 12],
        "#11 Bo 3 -, #12 Sam 3 -",
        "Zoë 3 -, Ada 3 -",
        "#11 Zoë 3 - @1 changed, #12 Ada 3 - @2 changed",
    ),
    # An id that no row has, is nobody's new name; and one of a row that was gone before isn't there now.
    ("Bo 3 -", [11], "#11 Bo 3 -", "#99 Ada 3 -", "Ada 3 - @1 added, #11 Bo 3 - removed"),
    ("#11 Bo 3 -", [0], "#11 Bo 3 -", "#11 Bo 3 -", "#11 Bo 3 -"),
]


@pytest.mark.parametrize("case", CHILDREN)
async def test_merge_children(database: Connection, case: ChildrenCase) -> None:
    given, ids, stored, posted, merged = case
    found = await database.fetchval(
        "select merge_children($1, $2, $3, $4)",
        await base(database, {"childProfiles": children(given)} if given else given),
        ids,
        json.dumps(children(stored)),
        None if posted is None else json.dumps(children(posted)),
    )
    assert json.loads(found) == children(merged)


GOALS: Final[list[GoalsCase]] = [
    # Without a revision nothing is removed, and a title that is there already isn't added.
    (None, 5, "", "short: rust, Rust", "short rust added"),
    (None, 5, "long Rust #1", "short: Rust, rust", "short Rust #1 changed from long Rust #1"),
    (None, 5, "sleep Lezen #1", "short:; long: Lezen", "long Lezen #1 changed from sleep Lezen #1"),
    (None, 5, "long Eten #1", "short: rust; long: Lezen", "short rust added, long Eten #1, long Lezen added"),
    (None, 5, "short rust, long Lezen", "short: rust; long: Rust", "short rust, long Lezen, long Rust added"),
    (
        None,
        5,
        "long Lezen #1, long rust #2, long rust #3",
        "short: rust",
        "short rust #2 changed from long rust #2, long Lezen #1, long rust #3",
    ),
    (
        None,
        5,
        "general rust #1, short Eten #2, long Rust #3",
        "short:; long: Rust",
        "short Eten #2, long Rust #3, general rust #1",
    ),
    (
        None,
        5,
        "short rust #1, long Lezen #2, long Lezen #3",
        "short: Lezen, Eten, rust, rust; long: Lezen, Rust, Eten, Sport",
        (
            "short rust #1, short Lezen #3 changed from long Lezen #3, short Eten added, long Lezen #2, "
            "long Rust added, long Eten added, long Sport added"
        ),
    ),
    # As an onboarding is completed each line is a goal of its own.
    (
        "",
        5,
        "sleep Lezen, long Rust, long Rust, long Lezen, long Lezen, long Lezen, sleep rust",
        "short:",
        "sleep Lezen, long Rust, long Rust, long Lezen, long Lezen, long Lezen, sleep rust",
    ),
    # A tab renames, moves, adds and removes; a revision has room for digests of 5 characters, of 3, or for none.
    ("short: Rust", 5, "", "short: Rust", ""),
    (
        "short: Rust; long: Rust",
        5,
        "short Rust",
        "short: Sport; long: Sport, rust",
        "short Sport added, long Sport added, long rust changed from short Rust",
    ),
    ("short: Rust; long:", 5, "short Rust #1, sleep Rust #2", "long:", "short Rust #1, sleep Rust #2"),
    (
        "short: Eten, rust; long: Eten",
        0,
        "short Eten, long Eten",
        "short: Eten; long: Eten, Lezen",
        "short Eten, long Eten, long Lezen added",
    ),
    (
        "short: rust, rust; long: Eten",
        5,
        "short rust, short rust",
        "short: Lezen, rust, Sport; long: Eten, Eten",
        "short Lezen added, short rust, short Sport changed from short rust, long Eten added",
    ),
    (
        "short: Eten, Rust; long: Eten",
        5,
        "short Rust #1, long Eten #2",
        "short: Eten, Sport, Rust, Rust; long: Rust",
        "short Sport added, short Rust #1, short Rust added, long Rust #2 changed from long Eten #2",
    ),
    (
        "short: Lezen; long: Lezen",
        5,
        "short Lezen #1, long Lezen #2, general Lezen #3",
        "short: Lezen, Lezen",
        "short Lezen #1, short Lezen #3 changed from general Lezen #3, long Lezen #2",
    ),
    (
        "short: Lezen; long: Eten, Rust",
        5,
        "general rust, long Eten, long Rust",
        "short:; long: Lezen, Sport, Rust",
        "long Lezen changed from long Eten, long Sport added, long Rust, general rust",
    ),
    (
        "short: Eten; long:",
        5,
        "sleep Rust #1, sleep Lezen #2, short Eten #3",
        "short: Sport; long: Lezen, rust",
        (
            "short Sport #3 changed from short Eten #3, long Lezen #2 changed from sleep Lezen #2, "
            "long rust #1 changed from sleep Rust #1"
        ),
    ),
    (
        "short: Eten, Eten; long: Rust, rust",
        5,
        "short Eten, short Eten, long Rust, long rust",
        "long: Sport, rust",
        "short Eten, short Eten, long Sport added, long Rust, long rust removed",
    ),
    (
        "short:; long: Eten, Rust",
        3,
        "general Rust, sleep Eten, long Eten, long Eten",
        "short: Rust; long: Rust, Rust, Eten",
        "sleep Eten, short Rust changed from general Rust, long Rust added, long Eten, long Eten",
    ),
    (
        "short: Lezen; long: Lezen",
        5,
        "short Lezen #1, long Lezen #2, long Lezen #3, long Eten #4",
        "long:",
        "short Lezen #1, long Lezen #2 removed, long Lezen #3, long Eten #4",
    ),
    (
        "short: Lezen, Eten; long: Rust, Lezen",
        5,
        "short Lezen #1, long Rust #2, long Lezen #3",
        "short: Lezen, Eten; long: Sport",
        "short Lezen #1, long Sport #2 changed from long Rust #2, long Lezen #3 removed",
    ),
    (
        "short: Eten, rust; long: Rust, Eten",
        5,
        "short Eten touched, short rust touched, long Rust, long Eten touched",
        "short:; long: Eten, Eten, Eten",
        (
            "short rust touched, long Eten touched, long Eten touched changed from short Eten touched, "
            "long Eten added, long Rust removed"
        ),
    ),
    (
        "short: Eten, Lezen, rust; long: Eten, Eten",
        5,
        "short Lezen #1, short rust #2, long Eten #3 touched, long Eten #4",
        "short: Eten, Lezen, rust, Eten; long: Eten, Eten, Sport",
        "short Lezen #1, short rust #2, short Eten added, long Eten #3 touched, long Eten #4, long Sport added",
    ),
    (
        "short: Lezen, Rust; long:",
        5,
        "sleep rust #1, short Rust #2, short Lezen #3, short Lezen #4, short Rust #5 touched, sleep Eten #6",
        "short: Lezen, Sport; long: Rust",
        (
            "sleep Eten #6, short Lezen #3, short Sport added, short Rust #2 removed, short Lezen #4, "
            "short Rust #5 touched, long Rust #1 changed from sleep rust #1"
        ),
    ),
    (
        "short: rust, Eten, Rust; long: Eten, Rust, Eten",
        5,
        "short Sport #1, short Eten #2 touched, short Rust #3, long Eten #4, long Rust #5",
        "short: rust, Eten, Rust; long: Eten, Rust, Lezen, Sport",
        (
            "short Rust #3, short Eten #2 touched, short Sport #1, long Eten #4, long Rust #5, long Lezen added, "
            "long Sport added"
        ),
    ),
    (
        "short: Rust, Rust; long: Rust, rust, rust",
        5,
        "general rust #1, short Rust #2, short Sport #3, long rust #4, long Rust #5, long rust #6, sleep Eten #7",
        "short: Rust, Rust; long: Eten, Sport",
        (
            "short Rust #2, short Sport #3, long Eten #7 changed from sleep Eten #7, "
            "long Sport #4 changed from long rust #4, long Rust #5 removed, long rust #6 removed, general rust #1"
        ),
    ),
    (
        "short: Eten, rust; long: Lezen, Lezen, Eten",
        5,
        "short Sport, short Eten, short rust, long Lezen, long Eten, long rust, long Rust, long rust, sleep rust",
        "short: Rust, Sport; long: rust, Lezen, Lezen, Sport",
        (
            "sleep rust, short Rust changed from short rust, short Sport, short Eten removed, long rust, "
            "long Lezen, long Sport added, long Eten removed, long Rust, long rust"
        ),
    ),
    # Of lines and goals with one title the first is the one that was given, also of many.
    (
        "long: Eten",
        5,
        "short Eten #1, short Eten #2",
        "short: rust; long: Eten, rust, Eten, rust",
        "short rust added, short Eten #1, short Eten #2, long rust added, long Eten added, long rust added",
    ),
    (
        "short: Spel",
        5,
        "short Spel #1, short Spel #2, short Spel #3, long Spel #4, long Spel #5",
        "short:; long: Bed, Bed",
        (
            "short Spel #1 removed, short Spel #2, short Spel #3, long Bed added, long Bed added, "
            "long Spel #4, long Spel #5"
        ),
    ),
    # What changes between the same two goals is renamed, in turn.
    (
        "short: Eten, Lezen, Rust",
        5,
        "short Eten #1, short Lezen #2, short Rust #3",
        "short: Bed, Lezen, Sport",
        "short Bed #1 changed from short Eten #1, short Lezen #2, short Sport #3 changed from short Rust #3",
    ),
    (
        "short: Eten, Rust",
        5,
        "short Eten #1, short Rust #2",
        "short: Sport, Bed",
        "short Sport #1 changed from short Eten #1, short Bed #2 changed from short Rust #2",
    ),
    # One that was in neither list comes to the first line of its title, of those for soon first.
    (
        "short: Eten",
        5,
        "short Eten #1, sleep Rust #2",
        "short: Eten, Rust; long: Rust",
        "short Eten #1, short Rust #2 changed from sleep Rust #2, long Rust added",
    ),
    (
        "short: Eten",
        5,
        "short Eten #1, sleep RUST #2",
        "short: Eten, rust, Rust",
        "short Eten #1, short rust #2 changed from sleep RUST #2, short Rust added",
    ),
]


@pytest.mark.parametrize("case", GOALS)
async def test_merge_goals(database: Connection, case: GoalsCase) -> None:
    given, width, stored, posted, merged = case
    found = await database.fetchval(
        "select merge_goals($1, $2, $3)",
        await base(database, {"goals": lists(given)} if given else given, width),
        json.dumps(goals(stored)),
        json.dumps(lists(posted)),
    )
    assert json.loads(found) == goals(merged)


FIELDS: Final[list[tuple[Any, Any, Any, Any]]] = [
    (
        "",
        None,
        {
            "stressAssessment": {"primaryConcerns": ["eten"], "supportNetwork": ["oma"], "stressLevel": "high"},
            "goals": {"supportAreas": []},
            "childProfiles": [],
        },
        {
            "goals": {},
            "stressAssessment": {"stressLevel": "high", "supportNetwork": ["oma"], "primaryConcerns": ["eten"]},
        },
    ),
    (
        None,
        {
            "basicInfo": {"parentType": "mom", "email": "a@b"},
            "goals": {"supportAreas": ["rust"]},
            "stressAssessment": {"stressLevel": "low"},
        },
        {"basicInfo": {"name": "Noor", "parentType": "mom"}, "goals": {"supportAreas": []}},
        {"goals": {"supportAreas": []}, "basicInfo": {"name": "Noor", "parentType": "mom"}},
    ),
    (
        {"goals": {"communicationPreference": "e-mail"}},
        {"goals": {"communicationPreference": "e-mail"}, "basicInfo": {"parentType": "mom", "email": ""}},
        {
            "goals": {"longTerm": ["Rust"]},
            "basicInfo": {"experienceLevel": "first_time"},
            "stressAssessment": {"supportNetwork": []},
            "childProfiles": [],
        },
        {
            "goals": {"communicationPreference": None},
            "basicInfo": {"experienceLevel": "first_time"},
            "stressAssessment": {"supportNetwork": []},
        },
    ),
    (
        {
            "basicInfo": {"experienceLevel": "experienced", "email": ""},
            "stressAssessment": {"stressLevel": "low", "primaryConcerns": []},
            "goals": {},
        },
        {
            "basicInfo": {"experienceLevel": "experienced", "name": "", "parentType": "mom"},
            "stressAssessment": {"stressLevel": "low", "primaryConcerns": []},
            "goals": {},
        },
        {"basicInfo": {"email": "", "name": "Noor"}, "stressAssessment": {"primaryConcerns": []}, "goals": {}},
        {"goals": {}, "basicInfo": {"name": "Noor", "email": ""}, "stressAssessment": {}},
    ),
    (
        {"basicInfo": {}, "goals": {"supportAreas": ["rust"], "communicationPreference": "telefoon"}},
        {
            "goals": {"supportAreas": ["rust"], "communicationPreference": "telefoon"},
            "stressAssessment": {"primaryConcerns": ["eten"]},
        },
        {
            "basicInfo": {"parentType": "mom"},
            "goals": {"supportAreas": [], "communicationPreference": "telefoon", "shortTerm": ["Rust"]},
            "stressAssessment": {"stressLevel": "low"},
            "revision": "x",
        },
        {"goals": {"supportAreas": []}, "basicInfo": {"parentType": "mom"}, "stressAssessment": {"stressLevel": "low"}},
    ),
]


@pytest.mark.parametrize(("given", "stored", "posted", "patch"), FIELDS)
async def test_changed_fields(database: Connection, given: Any, stored: Any, posted: Any, patch: Any) -> None:
    found = await database.fetchval(
        "select changed_fields($1, $2, $3)",
        await base(database, given),
        None if stored is None else json.dumps(stored),
        json.dumps(posted),
    )
    assert json.loads(found) == patch
