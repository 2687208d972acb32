"""Access to every route: by the owner, a stranger, an anonymous client, and one whose session has ended."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import httpx
import pytest

from api.app import load_facts, unserved_app
from api.database.aliases import Connection
from api.http.openapi.document import documented_routes
from api.http.openapi.schemas import example
from tests.accounts import Accounts, Parent

CHILD = {"name": "Bram", "age": 4}
GOAL = {"title": "Samen eten"}
PROFILE = {"name": "Noor", "stressLevel": "low", "experienceLevel": "experienced"}
DOCUMENT = {
    "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"},
    "stressAssessment": {"stressLevel": "low", "primaryConcerns": [], "supportNetwork": []},
}
LOGIN = {"username": "nobody-{session}", "password": "no such password"}

MARK = "Onmiskenbaar"
SUGGESTED: Final = """
insert into suggestions (parent_profile_id, slug, relevance, feedback, expires_at)
select $1, min(slug), 50, $2, now() + interval '1 day' from library_suggestions
returning id
"""


class Route(NamedTuple):
    """A route, and the statuses for its owner, where no session is needed for anybody, and if others for a stranger."""

    method: str
    path: str
    owner: int
    body: Any = None
    public: int | None = None
    stranger: int | None = None


ROUTES = [
    Route("POST", "/api/register", 400, {}, public=400),
    Route("POST", "/api/login", 401, LOGIN, public=401),
    Route("POST", "/api/logout", 200, public=200),
    Route("GET", "/api/user", 200),
    Route("POST", "/api/sessions", 401, LOGIN, public=401),
    Route("GET", "/api/sessions", 200),
    Route("DELETE", "/api/sessions", 204),
    Route("DELETE", "/api/sessions/{session}", 204),
    Route("GET", "/api/users/me", 200),
    Route("PATCH", "/api/users/me", 200, {}),
    Route("POST", "/api/users/me/password", 400, {}),
    Route("GET", "/api/onboarding/progress", 200),
    Route("POST", "/api/onboarding/progress", 200, {"step": 4, "data": {}}),
    Route("POST", "/api/onboarding/complete", 200, DOCUMENT),
    Route("GET", "/api/profile", 200),
    # What a form with a picture gets is in tests/pictures.
    Route("POST", "/api/profile/picture", 415, {}),
    Route("DELETE", "/api/profile/picture", 204),
    Route("GET", "/api/parent-profile", 200),
    Route("PUT", "/api/parent-profile", 200, PROFILE),
    Route("PATCH", "/api/parent-profile", 200, {}),
    Route("GET", "/api/child-profiles", 200),
    Route("POST", "/api/child-profiles", 201, CHILD),
    Route("POST", "/api/child-profiles/batch", 201, [CHILD]),
    Route("GET", "/api/child-profiles/{child}", 200),
    Route("PATCH", "/api/child-profiles/{child}", 200, {}),
    Route("DELETE", "/api/child-profiles/{child}", 204),
    Route("GET", "/api/parenting-goals", 200),
    Route("POST", "/api/parenting-goals", 201, GOAL),
    Route("POST", "/api/parenting-goals/batch", 201, [GOAL]),
    Route("GET", "/api/parenting-goals/{goal}", 200),
    Route("PATCH", "/api/parenting-goals/{goal}", 200, {}),
    Route("DELETE", "/api/parenting-goals/{goal}", 204),
    Route("DELETE", "/api/users/me", 400, {"password": "fout"}),
    Route("GET", "/api/users/me/email", 200),
    Route("POST", "/api/users/me/email/confirmation", 200),
    Route("POST", "/api/confirm-email/{token}", 400, public=400),
    Route("POST", "/api/reset-password", 200, {"email": "nobody@example.org"}, public=200),
    Route("POST", "/api/reset-password/{token}", 400, {"password": "een lange zin"}, public=400),
    Route("GET", "/api/second-factors", 200),
    Route("POST", "/api/second-factors/totp", 200),
    Route("POST", "/api/second-factors/totp/confirm", 404, {"code": "123456"}),
    Route("DELETE", "/api/second-factors/totp", 404),
    Route("POST", "/api/second-factors/recovery-codes", 200, stranger=409),
    Route("POST", "/api/passkeys/registration-options", 200),
    Route("GET", "/api/passkeys", 200),
    Route("POST", "/api/passkeys", 400, {}),
    Route("PATCH", "/api/passkeys/{passkey}", 200, {"name": "Telefoon"}),
    Route("DELETE", "/api/passkeys/{passkey}", 204),
    Route("POST", "/api/passkeys/login-options", 200, public=200),
    Route("POST", "/api/passkeys/login", 400, {}, public=400),
    Route("GET", "/api/suggestions", 200),
    Route("GET", "/api/suggestions/village", 200),
    Route("POST", "/api/suggestions/{suggestion}/use", 200),
    Route("POST", "/api/suggestions/{suggestion}/dismiss", 200),
    Route("POST", "/api/suggestions/{suggestion}/feedback", 200, {"rating": 4}),
    Route("GET", "/api/consent-texts", 200, public=200),
    Route("POST", "/api/users/me/consents", 201, {"purpose": "terms", "version": 1}),
    # The texts are everybody's.
    Route("DELETE", "/api/users/me/consents/{purpose}", 204, stranger=204),
    Route("GET", "/health/live", 200, public=200),
    Route("GET", "/health/ready", 200, public=200),
]
LISTED: Final = len(ROUTES)


def anonymise(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.rstrip("/").split("/"))


def other_routes() -> Iterator[Route]:
    """Routes that aren't listed above; a family may send their documented examples."""
    listed = {(route.method, anonymise(route.path)) for route in ROUTES}
    # In one order: Litestar's differs from process to process, and those of xdist have to collect the same.
    for path, method, endpoint in sorted(documented_routes(unserved_app()), key=lambda route: route[:2]):
        if (method, anonymise(path)) not in listed:
            table = path.split("/")[2].replace("-", "_")
            body = example(endpoint.body_type) if endpoint.body_type else None
            yield Route(method, path.replace("{id}", f"{{{table}}}"), int(endpoint.status_code), body)


ROUTES += other_routes()
# Routes that make a row, by table.
MADE: Final = {
    route.path.split("/")[2].replace("-", "_"): route
    for route in ROUTES[LISTED:]
    if route.method == "POST" and isinstance(route.body, dict)
}

each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


class Family(NamedTuple):
    """A parent with a row in every table of families."""

    parent: Parent
    ids: dict[str, int]


async def make_family(accounts: Accounts, database: Connection) -> Family:
    parent = await accounts.parent()
    await database.execute("update parent_profiles set bio = $1 where id = $2", MARK, parent.parent_profile_id)
    child = await database.fetchval(
        "insert into child_profiles (parent_profile_id, name, age) values ($1, $2, 7) returning id",
        parent.parent_profile_id,
        MARK,
    )
    goal = await database.fetchval(
        "insert into parenting_goals (parent_profile_id, title) values ($1, $2) returning id",
        parent.parent_profile_id,
        MARK,
    )
    suggestion = await database.fetchval(SUGGESTED, parent.parent_profile_id, MARK)
    session = await database.fetchval(
        "insert into sessions (user_id, token_digest, expires_at, user_agent)"
        " values ($1, sha256(random()::text::bytea), now() + interval '1 day', $2) returning id",
        parent.user_id,
        MARK,
    )
    passkey = await database.fetchval(
        "insert into passkeys (user_id, credential_id, public_key, sign_count, name)"
        " values ($1, sha256(random()::text::bytea), '\\x00', 0, $2) returning id",
        parent.user_id,
        MARK,
    )
    made = {
        table: (await parent.client.post(route.path, json=route.body)).json()["id"] for table, route in MADE.items()
    }
    made |= {"child": child, "goal": goal, "suggestion": suggestion, "session": session, "passkey": passkey}
    return Family(parent, made)


async def call(client: httpx.AsyncClient, route: Route, ids: dict[str, int]) -> httpx.Response:
    body = route.body
    if body is LOGIN:
        # Failed logins are throttled by account and by address, so each has its own.
        body = LOGIN | {"username": LOGIN["username"].format(**ids)}
    return await client.request(
        route.method,
        route.path.format(token="no-token", purpose="terms", **ids),
        json=body,
        headers={"X-Forwarded-For": f"2001:db8:0:{ids['session']:x}::1"},
    )


@each_route
async def test_owner(route: Route, accounts: Accounts, database: Connection) -> None:
    family = await make_family(accounts, database)
    answer = await call(family.parent.client, route, family.ids)
    assert answer.status_code == route.owner, answer.text


@each_route
async def test_stranger_sees_and_changes_nothing(route: Route, accounts: Accounts, database: Connection) -> None:
    family = await make_family(accounts, database)
    stranger = await accounts.parent()
    before = await everything_of(database, family)
    answer = await call(stranger.client, route, family.ids)
    found = 404 if "{" in route.path and not route.public else route.owner
    assert answer.status_code == (route.stranger or found), answer.text
    assert MARK not in answer.text
    assert await everything_of(database, family) == before


@each_route
async def test_anonymous(route: Route, client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    family = await make_family(accounts, database)
    before = await everything_of(database, family)
    answer = await call(client, route, family.ids)
    assert answer.status_code == (route.public or 401), answer.text
    assert await everything_of(database, family) == before


@each_route
async def test_ended_session(route: Route, accounts: Accounts, database: Connection) -> None:
    family = await make_family(accounts, database)
    other = await accounts.parent()
    assert (await other.client.get("/api/user")).status_code == 200
    await database.execute("delete from sessions where user_id = $1", other.user_id)
    await until_refused(other.client)
    answer = await call(other.client, route, family.ids)
    assert answer.status_code == (route.public or 401), answer.text


async def until_refused(client: httpx.AsyncClient) -> None:
    """Wait until all workers know that the session has ended; it takes a second at most."""
    async with asyncio.timeout(1):
        for _ in range(5):
            while (await client.get("/api/user")).status_code != 401:
                await asyncio.sleep(0.01)


async def test_every_documented_route_is_tested(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/schema/openapi.json")).json()["paths"]
    documented = {(method.upper(), anonymise(path)) for path, item in paths.items() for method in item}
    assert documented == {(route.method, anonymise(route.path)) for route in ROUTES}


async def everything_of(database: Connection, family: Family) -> list[Any]:
    """All rows of a family."""
    return [
        await database.fetchrow("select * from users where id = $1", family.parent.user_id),
        await database.fetch("select * from sessions where user_id = $1 order by id", family.parent.user_id),
        await database.fetch("select * from passkeys where user_id = $1 order by id", family.parent.user_id),
        await database.fetch("select * from parent_profiles where id = $1", family.parent.parent_profile_id),
        *[
            await database.fetch(
                f"select * from {table} where parent_profile_id = $1 order by 1, 2", family.parent.parent_profile_id
            )
            for table, facts in load_facts().tables.items()
            if facts.owners == {"parent_profile_id": "family"}
        ],
    ]
