"""Invalid documents: each error has its pointer, and nothing is written."""

from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.consents.test_answers import decline
from tests.consents.test_health_data import COMPLETE, PARTS, refused
from tests.onboarding.documents import DOCUMENT, complete, rows, save

NUL = "a\0b"

# An invalid part of the document, and its pointer.
WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"basicInfo": None}, {"/basicInfo"}),
    ({"stressAssessment": None}, {"/stressAssessment"}),
    ({"childProfiles": None}, {"/childProfiles"}),
    ({"goals": None}, {"/goals"}),
    ({"goals": {"communicationPreference": None}}, {"/goals/communicationPreference"}),
    ({"basicInfo": []}, {"/basicInfo"}),
    ({"childProfiles": {}}, {"/childProfiles"}),
    ({"hobbies": []}, {"/hobbies"}),
    ({"basicInfo": {"nickname": "N"}}, {"/basicInfo/nickname"}),
    ({"basicInfo": {"name": ""}}, {"/basicInfo/name"}),
    ({"basicInfo": {"name": "\u2003\n"}}, {"/basicInfo/name"}),
    ({"basicInfo": {"name": "n" * 101}}, {"/basicInfo/name"}),
    ({"basicInfo": {"name": NUL}}, {"/basicInfo/name"}),
    ({"basicInfo": {"parentType": "uncle"}}, {"/basicInfo/parentType"}),
    ({"basicInfo": {"experienceLevel": "expert"}}, {"/basicInfo/experienceLevel"}),
    ({"stressAssessment": {"stressLevel": "extreme"}}, {"/stressAssessment/stressLevel"}),
    ({"stressAssessment": {"primaryConcerns": ["c"] * 51}}, {"/stressAssessment/primaryConcerns"}),
    ({"stressAssessment": {"supportNetwork": ["ok", "s" * 201]}}, {"/stressAssessment/supportNetwork/1"}),
    ({"childProfiles": [{"name": "Bram", "age": 19}]}, {"/childProfiles/0/age"}),
    ({"childProfiles": [{"name": "Bram", "age": -1}]}, {"/childProfiles/0/age"}),
    ({"childProfiles": [{"name": "Bram", "age": 1.5}]}, {"/childProfiles/0/age"}),
    ({"childProfiles": [{"name": "Bram"}]}, {"/childProfiles/0/age"}),
    ({"childProfiles": [{"name": " ", "age": 1}]}, {"/childProfiles/0/name"}),
    ({"childProfiles": [{"name": "Bram", "age": 1, "id": 0}]}, {"/childProfiles/0/id"}),
    ({"childProfiles": [{"name": "Bram", "age": 1, "nickname": "B"}]}, {"/childProfiles/0/nickname"}),
    ({"basicInfo": {"email": "noor@"}}, {"/basicInfo/email"}),
    ({"revision": 7}, {"/revision"}),
    ({"childProfiles": [{"name": "Bram", "age": 1, "specialNeeds": [NUL]}]}, {"/childProfiles/0/specialNeeds/0"}),
    ({"childProfiles": [{"name": f"Kind {number}", "age": 1} for number in range(501)]}, {"/childProfiles"}),
    ({"goals": {"shortTerm": [""]}}, {"/goals/shortTerm/0"}),
    ({"goals": {"longTerm": ["fine", "t" * 201]}}, {"/goals/longTerm/1"}),
    ({"goals": {"longTerm": ["t"] * 1001}}, {"/goals/longTerm"}),
    ({"goals": {"longTerm": [7]}}, {"/goals/longTerm/0"}),
    ({"goals": {"supportAreas": ["s" * 201]}}, {"/goals/supportAreas/0"}),
    ({"goals": {"communicationPreference": "c" * 201}}, {"/goals/communicationPreference"}),
    (
        {"basicInfo": {"name": 7}, "childProfiles": [{"age": 19}], "goals": {"shortTerm": NUL}},
        {"/basicInfo/name", "/childProfiles/0/age", "/childProfiles/0/name", "/goals/shortTerm"},
    ),
]
wrong = pytest.mark.parametrize(
    ("part", "pointers"), WRONG, ids=lambda part: str(sorted(part) if isinstance(part, set) else part)[:40]
)


def pointers_of(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.text
    return {error["pointer"] for error in answer.json()["errors"]}


async def test_what_takes_consent_has_its_pointer(accounts: Accounts) -> None:
    parent = await accounts.parent(completed=False)
    await decline(parent)
    document = COMPLETE | PARTS["goals/shortTerm"]
    assert refused(await save(parent, document)) == ["/data/goals/shortTerm"]
    assert refused(await complete(parent, document)) == ["/goals/shortTerm"]


@wrong
async def test_a_step(part: dict[str, Any], pointers: set[str], accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    assert pointers_of(await save(parent, part)) == {f"/data{pointer}" for pointer in pointers}
    assert (await rows(database, parent)).profiles == []


@wrong
async def test_a_whole_document(
    part: dict[str, Any], pointers: set[str], accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent(profile=False)
    document = DOCUMENT | part
    for name in ("basicInfo", "stressAssessment"):
        if isinstance(part.get(name), dict):
            document[name] = DOCUMENT[name] | part[name]
    assert pointers_of(await complete(parent, document)) == pointers
    assert (await rows(database, parent)).profiles == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/step", "/data"}),
        ({"step": 5, "data": {}}, {"/step"}),
        ({"step": -1, "data": {}}, {"/step"}),
        ({"step": 10**30, "data": {}}, {"/step"}),
        ({"step": "1", "data": {}}, {"/step"}),
        ({"step": None, "data": None}, {"/step", "/data"}),
        ({"step": 1, "data": [], "completed": True}, {"/data", "/completed"}),
        ([], {""}),
    ],
)
async def test_an_invalid_step_or_body(body: Any, pointers: set[str], accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    assert pointers_of(await parent.client.post("/api/onboarding/progress", json=body)) == pointers
    assert (await rows(database, parent)).profiles == []


@pytest.mark.parametrize("path", ["/api/onboarding/progress", "/api/onboarding/complete"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"step":1,"data":{"basicInfo":{"name":"\\ud800"}}}', 400),
        (b'{"step":1,"data":{"basicInfo":{"name":"\xff"}}}', 400),
        (b'{"step":1,"data":' + b'{"goals":' * 5000 + b"1" + b"}" * 5001, 400),
        (b'{"step":1,"data":{"basicInfo":{"name":"' + b"n" * 262144 + b'"}}}', 413),
    ],
    ids=["empty", "cut off", "lone surrogate", "invalid UTF-8", "deep", "too large"],
)
async def test_a_body_that_is_not_a_document(
    path: str, body: bytes, status: int, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent(profile=False)
    answer = await parent.client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await rows(database, parent)).profiles == []


async def test_a_refused_edit_changes_nothing(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await complete(parent)
    before = await rows(database, parent)
    edit = {"basicInfo": {"name": "Anders"}, "childProfiles": [{"name": "Bram", "age": 5}, {"name": "Bo", "age": 19}]}
    assert pointers_of(await save(parent, edit)) == {"/data/childProfiles/1/age"}
    assert await rows(database, parent) == before
