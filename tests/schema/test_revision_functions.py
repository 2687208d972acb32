"""The functions that revisions of an onboarding document are made of, called with values of each kind."""

import json
import re
from typing import Any, Final

import pytest

from api.database.aliases import Connection

SALT: Final = "0f" * 16
REVISION: Final = re.compile(
    r"([0-9a-f]{32})\.([\w+/]{5})\.([0345])\.([\w+/]{45})\.((?:[\w+/]{20})*)\.([\w+/]*)\.([\w+/]*)"
)
DOCUMENT: Final[dict[str, Any]] = {
    "basicInfo": {"name": "Noor", "parentType": "mom", "email": ""},
    "stressAssessment": {"primaryConcerns": ["sleep"], "supportNetwork": []},
    "childProfiles": [{"name": "Zoe", "age": 3, "specialNeeds": ["asthma"]}, {"name": "Bo", "age": 1}],
    "goals": {"shortTerm": ["Rest", " ", "Eat"], "longTerm": ["Read", "Walk"], "communicationPreference": "phone"},
}
FIELDS: Final = (
    "basicInfo,name", "basicInfo,parentType", "basicInfo,experienceLevel", "basicInfo,email",
    "stressAssessment,stressLevel", "stressAssessment,primaryConcerns", "stressAssessment,supportNetwork",
    "goals,supportAreas", "goals,communicationPreference",
)  # fmt: skip


async def digest(database: Connection, salt: str, value: str | None) -> str:
    found: str = await database.fetchval("select onboarding_digest($1, $2)", salt, value)
    return found


async def child_digest(database: Connection, key: str, name: str, age: str, needs: str) -> str:
    parts = [(SALT, key), (f"{SALT}name", name), (f"{SALT}age", age), (f"{SALT}specialNeeds", needs)]
    return "".join([await digest(database, *part) for part in parts])


async def test_onboarding_digest(database: Connection) -> None:
    """Digests are kept, so they are the same in each version of PostgreSQL."""
    found = [await digest(database, *each) for each in (("a", "b"), ("b", "a"), ("a", ""), ("a", None))]
    assert found == ["Jv3et", "vgcpc", "9aliV", "9aliV"]


async def test_onboarding_field(database: Connection) -> None:
    document = json.dumps({"a": {"b": "", "c": [], "d": "x", "e": [""], "f": {}, "g": None}})
    for name, value in {"b": None, "c": None, "d": '"x"', "e": '[""]', "f": "{}", "g": "null", "h": None}.items():
        assert await database.fetchval("select onboarding_field($1, $2)", document, f"{{a,{name}}}") == value, name


async def test_leaves_out(database: Connection) -> None:
    leaves = "select leaves_out($1, $2)"
    path = "{goals,communicationPreference}"
    for document, is_left_out in (
        ({"goals": {}}, True),
        ({"goals": {"communicationPreference": None}}, False),
        ({"goals": {"communicationPreference": "phone"}}, False),
        ({"goals": []}, False),
        ({"goals": {"supportAreas": []}}, True),
        ({}, False),
    ):
        assert await database.fetchval(leaves, json.dumps(document), path) is is_left_out, document
    assert await database.fetchval(leaves, '{"goals": {}}', "{goals,supportAreas}") is False


async def test_onboarding_children(database: Connection) -> None:
    """Each is known by its id, or by its name and which of its namesakes without an id it is."""
    entries = [
        {"name": "Zoe", "id": 7}, {"name": "ZOE"}, {"name": "zoe"}, {"name": "Bo", "id": 7}, {"name": "Zoe", "id": 8},
        {}, {"name": "Bo"},
    ]  # fmt: skip
    found = await database.fetch("select * from onboarding_children($1) order by place", json.dumps(entries))
    assert [tuple(row)[2:] for row in found] == [
        ("7", "zoe", "zoe/1", "#7"),
        (None, "zoe", "zoe/1", "zoe/1"),
        (None, "zoe", "zoe/2", "zoe/2"),
        (None, "bo", "bo/1", "bo/1"),
        ("8", "zoe", "zoe/2", "#8"),
        (None, "", "/1", "/1"),
        (None, "bo", "bo/2", "bo/2"),
    ]
    assert [(row["place"], json.loads(row["entry"])) for row in found] == list(enumerate(entries, start=1))
    for nothing in (None, "5", "{}", "[]"):
        assert await database.fetch("select * from onboarding_children($1)", nothing) == []


async def test_onboarding_goals(database: Connection) -> None:
    found = await database.fetch(
        "select * from onboarding_goals($1)",
        json.dumps({"longTerm": "Read", "shortTerm": ["", "Rest", 5, " \n", None, " Eat "], "supportAreas": ["x"]}),
    )
    assert [tuple(row) for row in found] == [
        ("short_term", 2, "Rest"), ("short_term", 6, " Eat "), ("long_term", 1, "Read"),
    ]  # fmt: skip
    assert await database.fetch("select * from onboarding_goals(null)") == []


async def merge_base(database: Connection, given: str, document: dict[str, Any]) -> list[str]:
    found = await database.fetchval("select next_merge_base($1, $2)", given, json.dumps(document))
    return str(found).split(".")


@pytest.mark.parametrize("width", [5, 3])
async def test_next_merge_base(database: Connection, width: int) -> None:
    """A child's digests are those of its key and, by child_digests, of its name, age and special needs."""
    values = ['"Noor"', '"mom"', None, None, None, '["sleep"]', None, None, '"phone"']
    fields = [
        await digest(database, f"{SALT}{{{path}}}", value) for path, value in zip(FIELDS, values, strict=True)
    ]  # fmt: skip
    goals = [(await digest(database, SALT, title))[:width] for title in ("Rest", "Eat", "Read", "Walk")]
    made = await merge_base(database, f"{SALT}..{width}....", DOCUMENT)
    assert made == [
        SALT, "", str(width), "".join(fields),
        await child_digest(database, "zoe/1", "Zoe", "3", '["asthma"]')
        + await child_digest(database, "bo/1", "Bo", "1", "[]"),
        goals[0] + goals[1],
        goals[2] + goals[3],
    ]  # fmt: skip
    given = ".".join(made)
    # What a document leaves out is as it was given, but the field that may be left out of its part.
    assert await merge_base(database, given, {}) == made
    # Also of a family without children.
    childless = [*made[:4], "", *made[5:]]
    assert await merge_base(database, ".".join(childless), {}) == childless
    left_out = await merge_base(database, given, {"goals": {}})
    fields[8] = await digest(database, f"{SALT}{{{FIELDS[8]}}}", None)
    assert left_out == [*made[:3], "".join(fields), *made[4:]]
    # And what it has is as it says, also where it has nothing.
    empty = await merge_base(
        database, given, {"basicInfo": {"parentType": "dad"}, "childProfiles": [], "goals": {"longTerm": []}}
    )
    fields[1] = await digest(database, f"{SALT}{{{FIELDS[1]}}}", '"dad"')
    assert empty == [*made[:3], "".join(fields), "", made[5], ""]
    assert (await merge_base(database, given, {"goals": {"shortTerm": []}}))[5:] == ["", made[6]]


async def revision(database: Connection, document: dict[str, Any]) -> tuple[str, ...]:
    """Its parts, each of which is as the document says."""
    whole: str = await database.fetchval("select onboarding_revision(5, $1)", json.dumps(document))
    found = REVISION.fullmatch(whole)
    assert found is not None, whole
    assert len(whole) <= 4096
    assert await database.fetchval("select given_revision(5, $1)", whole) == whole
    parts = found.groups()
    given = f"{parts[0]}..{parts[2]}...."
    made = await merge_base(database, given, document)
    assert list(parts[5:]) == made[5:]
    assert parts[4] in {made[4], ""}
    return parts


async def test_onboarding_revision(database: Connection) -> None:
    first = await revision(database, DOCUMENT)
    assert (first[2], len(first[4]), len(first[5]), len(first[6])) == ("5", 40, 10, 10)
    made = await merge_base(database, f"{first[0]}..5....", DOCUMENT)
    assert [*first[3:]] == made[3:]
    # A revision tells when the document was read.
    now = "select uuid_extract_timestamp($1::text::uuid) between now() - interval '1 minute' and now() + interval '1 s'"
    assert await database.fetchval(now, first[0])
    assert (await revision(database, DOCUMENT))[0] != first[0]


@pytest.mark.parametrize(
    ("children", "goals", "width", "has_children"),
    [
        (0, 801, 5, True),
        (0, 802, 4, True),
        (0, 1001, 4, True),
        (0, 1002, 3, True),
        (0, 1335, 3, True),
        (0, 1336, 0, True),
        (1, 1329, 3, True),
        (50, 1000, 3, True),
        (200, 1, 5, True),
        (200, 2, 3, True),
        (200, 3, 0, True),
        (201, 801, 5, False),
        (201, 802, 4, False),
        (201, 1002, 3, False),
    ],
)
async def test_a_revision_has_room_for_so_many_digests(
    database: Connection, children: int, goals: int, *, width: int, has_children: bool
) -> None:
    """Digests of goals are cut, or left out, before those of children are."""
    document = {
        "childProfiles": [{"name": "Bo", "age": 1}] * children,
        "goals": {"shortTerm": ["x"] * (goals // 2), "longTerm": ["x"] * (goals - goals // 2)},
    }
    parts = await revision(database, document)
    assert (parts[2], len(parts[4])) == (str(width), children * 20 * has_children)
    assert (len(parts[5]), len(parts[6])) == (width * (goals // 2), width * (goals - goals // 2))


async def test_with_revision(database: Connection) -> None:
    found = json.loads(await database.fetchval("select with_revision(5, $1)", json.dumps(DOCUMENT)))
    given = found.pop("revision")
    assert found == DOCUMENT
    assert await database.fetchval("select given_revision(5, $1)", given) == given
    assert await database.fetchval("select given_revision(6, $1)", given) is None
    assert await database.fetchval("select with_revision(5, null)") is None


async def test_given_revision(database: Connection) -> None:
    """One that isn't of the form that revisions have is none, even with the right check."""
    own = "select given_revision(5, $1)"

    async def checked(rest: str, salt: str = SALT) -> str:
        return f"{salt}.{await digest(database, f'{salt}5', rest)}.{rest}"

    fields = "a" * 45
    for width in "0345":
        assert await database.fetchval(own, whole := await checked(f"{width}.{fields}...")) == whole
    longest = f"3.{fields}..{'b' * (4096 - 89)}."
    assert await database.fetchval(own, whole := await checked(longest)) == whole
    assert await database.fetchval(own, await checked(longest + "b")) is None
    for rest in (
        f"1.{fields}...", f"2.{fields}...", f"5.{fields}..", f"5.{fields}....", f"5.{fields[1:]}...",
        f"5.{fields}a...", f"5.{fields}.{'c' * 19}..", f"5.{fields}.{'c' * 21}..", f"5.{fields}..-.", f"5.{fields}... ",
    ):  # fmt: skip
        assert await database.fetchval(own, await checked(rest)) is None, rest
    assert await database.fetchval(own, whole := await checked(f"5.{fields}.{'+/' * 20}.a.b")) == whole
    assert await database.fetchval(own, await checked(f"5.{fields}...", SALT.upper())) is None
    assert await database.fetchval(own, whole.replace("+", "-")) is None
    assert await database.fetchval(own, None) is None
