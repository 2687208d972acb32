"""The parents' suggestions over HTTP, as the web client calls for them."""

import asyncio
from secrets import token_hex
from typing import Any, Final

import httpx
import pytest

from api.database.aliases import Connection
from api.suggestions.schemas import Suggestion
from tests.accounts import Accounts, Parent

ADD_TEXT: Final = """
insert into library_suggestions (slug, category, title_nl, title_en, text_nl, text_en)
values ($1, 'sleep', 'Titel', 'Title', $1 || ' nl', $1 || ' en')
"""
GIVE: Final = """
insert into suggestions (parent_profile_id, slug, relevance, expires_at)
values ($1, $2, $3, now() + interval '14 days')
returning id
"""
FIELDS: Final = "id text type context relevance relatedChatId relatedChatTitle usedAt expiresAt createdAt"


@pytest.fixture(autouse=True)
async def library(own_library: None) -> None:
    """Each test has texts of its own."""


async def give(database: Connection, parent: Parent, *relevances: int) -> list[int]:
    """Ids of new suggestions of a parent, each of another text."""
    ids = []
    for relevance in relevances:
        slug = f"text-{token_hex(6)}"
        await database.execute(ADD_TEXT, slug)
        ids.append(await database.fetchval(GIVE, parent.parent_profile_id, slug, relevance))
    return ids


async def listed(parent: Parent, query: str = "") -> Any:
    response = await parent.client.get(f"/api/suggestions{query}")
    assert response.status_code == 200
    return response.json()


async def ids_of(parent: Parent, query: str = "") -> list[int]:
    return [suggestion["id"] for suggestion in await listed(parent, query)]


async def act(parent: Parent, id: int | str, action: str, **request: Any) -> httpx.Response:
    return await parent.client.post(f"/api/suggestions/{id}/{action}", **request)


async def test_a_list_has_what_is_open_best_first(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    ids = await give(database, parent, 20, 60, 40, 60, 99, 98, 97)
    for id, closed in zip(ids[4:], ("used_at", "dismissed_at", "expires_at"), strict=True):
        await database.execute(f"update suggestions set {closed} = now() where id = $1", id)
    suggestions = await listed(parent)
    assert [each["id"] for each in suggestions] == [ids[1], ids[3], ids[2], ids[0]]
    assert all(" ".join(each) == FIELDS == " ".join(Suggestion.example) for each in suggestions)
    first = suggestions[0]
    assert (first["type"], first["context"], first["relevance"]) == ("sleep", "home", 60)
    assert (first["relatedChatId"], first["relatedChatTitle"], first["usedAt"]) == (None, None, None)


async def test_a_context_that_nobody_knows_has_none(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    ids = await give(database, parent, 50)
    assert await ids_of(parent, "?context=chat") == await ids_of(parent, "?context=home") == ids
    assert [each["context"] for each in await listed(parent, "?context=chat")] == ["chat"]
    for unknown in ("village", "undefined", "", "Chat", "chat,home", "x" * 5000, "%F0%9F%92%A4"):
        assert await listed(parent, f"?context={unknown}") == []
    assert await listed(parent, "/village") == []


@pytest.mark.parametrize(("profile", "completed"), [(False, False), (True, False), (True, True)])
async def test_who_has_none_gets_an_empty_list(accounts: Accounts, *, profile: bool, completed: bool) -> None:
    parent = await accounts.parent(profile=profile, completed=completed)
    for query in ("", "?context=chat", "/village"):
        assert await listed(parent, query) == []


@pytest.mark.parametrize(("tag", "language"), [("nl", "nl"), ("en-GB", "en"), ("EN", "en"), ("tr", "nl")])
async def test_a_text_is_in_the_language_of_the_profile(
    accounts: Accounts, database: Connection, tag: str, language: str
) -> None:
    parent = await accounts.parent()
    await database.execute(
        "update parent_profiles set preferred_language = $2 where id = $1", parent.parent_profile_id, tag
    )
    await give(database, parent, 50)
    response = await parent.client.get(
        "/api/suggestions", headers={"Accept-Language": "nl" if language == "en" else "en"}
    )
    assert [each["text"].split()[-1] for each in response.json()] == [language]


@pytest.mark.parametrize(
    "request_", [{}, {"content": b"", "headers": {"Content-Type": "application/json"}}, {"json": {"any": "thing"}}]
)
@pytest.mark.parametrize("action", ["use", "dismiss"])
async def test_what_is_used_or_dismissed_is_gone_and_again_is_no_fault(
    accounts: Accounts, database: Connection, action: str, request_: dict[str, Any]
) -> None:
    parent = await accounts.parent()
    first, second = await give(database, parent, 50, 40)
    answers = await asyncio.gather(*[act(parent, first, action, **request_) for _ in range(3)])
    assert [answer.status_code for answer in answers] == [200] * 3
    assert all(answer.json()["message"] and list(answer.json()) == ["message"] for answer in answers)
    assert await ids_of(parent) == [second]
    column = {"use": "used_at", "dismiss": "dismissed_at"}[action]
    moment = await database.fetchval(f"select {column} from suggestions where id = $1", first)
    assert moment is not None
    assert (await act(parent, first, action)).status_code == 200
    assert await database.fetchval(f"select {column} from suggestions where id = $1", first) == moment


async def test_feedback_is_kept_the_last_one_counts(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    [id] = await give(database, parent, 50)
    kept = "select array[rating::text, feedback] from suggestions where id = $1"
    for body in (
        {"rating": 5, "feedback": "Fijn é 💤"},
        {"rating": 1, "feedback": None},
        {"rating": 3, "feedback": ""},
    ):
        answer = await act(parent, id, "feedback", json=body)
        assert (answer.status_code, list(answer.json())) == (200, ["message"])
        assert await database.fetchval(kept, id) == [str(body["rating"]), body["feedback"]]
    await act(parent, id, "use")
    assert (await act(parent, id, "feedback", json={"rating": 4})).status_code == 200
    assert await database.fetchval(kept, id) == ["4", None]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"rating": 0}, "/rating"),
        ({"rating": 6}, "/rating"),
        ({"rating": 2.5}, "/rating"),
        ({"rating": None}, "/rating"),
        ({"feedback": "x"}, "/rating"),
        ({"rating": 3, "feedback": "x" * 2001}, "/feedback"),
        ({"rating": 3, "feedback": "\0"}, "/feedback"),
        ({"rating": 3, "stars": 3}, "/stars"),
    ],
)
async def test_feedback_that_is_wrong_is_named(
    accounts: Accounts, database: Connection, body: dict[str, Any], pointer: str
) -> None:
    parent = await accounts.parent()
    [id] = await give(database, parent, 50)
    answer = await act(parent, id, "feedback", json=body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])


async def test_another_familys_suggestion_is_not_there(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    [id] = await give(database, other, 50)
    for action, request in (("use", {}), ("dismiss", {}), ("feedback", {"json": {"rating": 3}})):
        for wrong in (id, 2**62, 2**63, f"+{id}", f"0{id}", "x"):
            answer = await act(parent, wrong, action, **request)
            code = "suggestion_not_found" if wrong in {id, 2**62} else "not_found"
            assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert await ids_of(parent) == []
    assert await ids_of(other) == [id]


async def test_nobody_gets_anything_without_a_session(client: httpx.AsyncClient) -> None:
    for path in ("", "?context=chat", "/village"):
        assert (await client.get(f"/api/suggestions{path}")).status_code == 401
    assert (await client.post("/api/suggestions/1/use")).status_code == 401


async def test_a_text_that_leaves_the_library_leaves_its_parents(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    first, second = await give(database, parent, 50, 40)
    slug = await database.fetchval("select slug from suggestions where id = $1", first)
    await database.execute("update library_suggestions set text_nl = 'Anders' where slug = $1", slug)
    assert (await listed(parent))[0]["text"] == "Anders"
    await database.execute("delete from library_suggestions where slug = $1", slug)
    assert await ids_of(parent) == [second]
    assert (await act(parent, first, "use")).status_code == 404


async def test_of_two_at_once_both_get_their_own(accounts: Accounts, database: Connection) -> None:
    parents = [await accounts.parent() for _ in range(8)]
    own = [await give(database, parent, 50) for parent in parents]
    assert await asyncio.gather(*[ids_of(parent) for parent in parents]) == own
    answers = await asyncio.gather(*[act(parent, ids[0], "use") for parent, ids in zip(parents, own, strict=True)])
    assert {answer.status_code for answer in answers} == {200}
