"""Conditional requests beyond rows of a family: profile, account, documents with a revision, what has no version."""

import asyncio
from typing import Any, get_origin

import httpx
import pytest

from api.app import unserved_app
from api.database.aliases import Connection
from api.http.conditional import NOT_TAGS, ONLY_ANY, Versioned, content_tag, matches, revised_tag
from api.http.openapi.document import documented_routes
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, new_name
from tests.email_confirmations.confirmations import parent_with_password, status
from tests.family_resources.resources import check_problem
from tests.statements import without_triggers

PROFILE = {"name": "Noor", "stressLevel": "low", "experienceLevel": "experienced"}
PATH = "/api/parent-profile"
ACCOUNT = "/api/users/me"


async def put(client: httpx.AsyncClient, name: str, **headers: str) -> httpx.Response:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return await client.put(PATH, json=PROFILE | {"name": name}, headers=sent)


async def test_a_profile_is_put_as_its_condition_says(accounts: Accounts) -> None:
    client = (await accounts.parent(profile=False)).client
    for known in ("*", '"2026-03-01T19:20:00.123456Z"'):
        answer = await put(client, "Bas", If_Match=known)
        check_problem(answer, 412, "precondition_failed")
        assert "etag" not in answer.headers
    assert (await client.get(PATH)).status_code == 404
    created = await put(client, "Noor", If_None_Match="*")
    assert created.status_code == 201
    first = created.headers["etag"]
    for conditions in ({"If_None_Match": "*"}, {"If_Match": '"other"'}, {"If_Match": first, "If_None_Match": "*"}):
        refused = await put(client, "Bas", **conditions)
        check_problem(refused, 412, "precondition_failed")
        assert refused.headers["etag"] == first
    read = await client.get(PATH)
    assert (read.json(), read.headers["etag"]) == (created.json(), first)
    replaced = await put(client, "Bas", If_Match=first)
    assert (replaced.status_code, replaced.json()["name"]) == (200, "Bas")
    check_problem(
        await client.patch(PATH, json={"name": "Eva"}, headers={"If-Match": first}), 412, "precondition_failed"
    )
    patched = await client.patch(PATH, json={"name": "Eva"}, headers={"If-Match": replaced.headers["etag"]})
    assert patched.json() == replaced.json() | {"name": "Eva", "updatedAt": patched.json()["updatedAt"]}
    assert (await put(client, "Noor", If_Match="*")).status_code == 200
    assert len({first, replaced.headers["etag"], patched.headers["etag"]}) == 3


async def test_of_clients_that_create_a_profile_at_once_one_does(accounts: Accounts) -> None:
    client = (await accounts.parent(profile=False)).client
    answers = await asyncio.gather(*[put(client, f"Noor {n}", If_None_Match="*") for n in range(8)])
    [created] = [answer for answer in answers if answer.status_code == 201]
    assert {answer.headers["etag"] for answer in answers} == {created.headers["etag"]}
    assert sorted(answer.status_code for answer in answers) == [201] + [412] * 7
    assert (await client.get(PATH)).json() == created.json()


async def test_of_clients_that_change_one_profile_at_once_one_does(accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    tag = (await client.get(PATH)).headers["etag"]
    answers = await asyncio.gather(
        *[put(client, f"Noor {n}", If_Match=tag) for n in range(4)],
        *[client.patch(PATH, json={"bio": f"{n}"}, headers={"If-Match": tag}) for n in range(4)],
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    [done] = [answer for answer in answers if answer.status_code == 200]
    assert (await client.get(PATH)).json() == done.json()


async def test_a_version_is_never_given_twice(accounts: Accounts, database: Connection) -> None:
    """Neither if the clock goes back, nor if one transaction changes a row twice."""
    parent = await accounts.parent()
    async with without_triggers(database):
        await database.execute(
            "update parent_profiles set updated_at = now() + interval '1 day' where id = $1", parent.parent_profile_id
        )
    changes = [await parent.client.patch(PATH, json={"bio": f"{n}"}) for n in range(3)]
    tags = [answer.headers["etag"] for answer in changes]
    assert sorted(set(tags)) == tags
    async with database.transaction():
        moments = [
            await database.fetchval(
                "update parent_profiles set bio = $2 where id = $1 returning updated_at", parent.parent_profile_id, bio
            )
            for bio in ("a", "b")
        ]
    assert moments[0] < moments[1]


async def test_a_profile_with_an_embedding_has_a_version_too(accounts: Accounts, database: Connection) -> None:
    """Its embedding goes with the change, which is nothing that the service has worked out."""
    parent = await accounts.parent()
    embedded = """
        update parent_profiles
           set profile_embedding_model = 'm', profile_embedding_digest = 'd',
               profile_embedding = array_fill(0.5, array[3072])::vector::halfvec
         where id = $1
    """
    await database.execute(embedded, parent.parent_profile_id)
    first = (await parent.client.get(PATH)).headers["etag"]
    changed = await parent.client.patch(PATH, json={"bio": "a"}, headers={"If-Match": first})
    assert changed.headers["etag"] != first
    await database.execute(embedded, parent.parent_profile_id)
    check_problem(
        await parent.client.patch(PATH, json={"bio": "b"}, headers={"If-Match": first}), 412, "precondition_failed"
    )
    assert (await parent.client.get(PATH)).json() == changed.json()


async def test_the_account_has_a_version(accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    read = await client.get("/api/users/me")
    first = read.headers["etag"]
    assert (await client.get("/api/users/me", headers={"If-None-Match": first})).status_code == 304
    picture = {"profilePicture": "https://example.org/a.png"}
    changed = await client.patch("/api/users/me", json=picture, headers={"If-Match": first})
    asking = {"consentNeeded": True}
    assert changed.json() == read.json() | picture | asking
    for body in ({}, {"profilePicture": None}):
        refused = await client.patch("/api/users/me", json=body, headers={"If-Match": first})
        check_problem(refused, 412, "precondition_failed")
        assert refused.headers["etag"] == changed.headers["etag"] != first
        assert (await client.get("/api/users/me")).json() | asking == changed.json()
    same = await client.patch("/api/users/me", json={}, headers={"If-Match": changed.headers["etag"]})
    assert (same.json(), same.headers["etag"]) == (changed.json(), changed.headers["etag"])


async def test_an_email_change_depends_on_the_version_too(accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    stale = (await parent.client.get("/api/users/me")).headers["etag"]
    await parent.client.patch("/api/users/me", json={"profilePicture": None})
    body = {
        "email": f"{new_name()}@example.org",
        "currentPassword": PASSWORD,
        "profilePicture": "https://example.org/b.png",
    }
    check_problem(
        await parent.client.patch("/api/users/me", json=body, headers={"If-Match": stale}), 412, "precondition_failed"
    )
    assert (await status(parent))[2] is None
    fresh = (await parent.client.get("/api/users/me")).headers["etag"]
    done = await parent.client.patch("/api/users/me", json=body, headers={"If-Match": fresh})
    assert (done.status_code, done.json()["profilePicture"]) == (200, body["profilePicture"])
    assert (await status(parent))[2] == body["email"]


@pytest.mark.parametrize(("path", "table", "key"), [(PATH, "parent_profiles", "user_id"), (ACCOUNT, "users", "id")])
async def test_rows_of_two_accounts_differ_at_one_path(
    path: str, table: str, key: str, accounts: Accounts, database: Connection
) -> None:
    """Also if both were written in one transaction, as by a migration, or are of one moment by chance."""
    one, other = await accounts.parent(), await accounts.parent()
    async with without_triggers(database):
        await database.execute(
            f"update {table} set updated_at = '2026-03-01T19:20:00.123456Z' where {key} = any($1)",
            [one.user_id, other.user_id],
        )
    tag = (await one.client.get(path)).headers["etag"]
    read = await other.client.get(path, headers={"If-None-Match": tag})
    assert (read.status_code, tag == read.headers["etag"]) == (200, False)
    moments = ('"2026-03-01T19:20:00.123456"', '"2026-03-01T20:20:00.123456+01:00"')
    for known in (tag, *moments, f"W/{read.headers['etag']}"):
        refused = await other.client.patch(path, json={}, headers={"If-Match": known})
        check_problem(refused, 412, "precondition_failed")
        assert refused.headers["etag"] == read.headers["etag"]
    for parent in (one, other):
        known = (await parent.client.get(path)).headers["etag"]
        assert (await parent.client.patch(path, json={}, headers={"If-Match": known})).status_code == 200


async def test_a_check_for_suggestions_is_read_but_no_change(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    tag = (await parent.client.get(PATH)).headers["etag"]
    for _ in range(2):
        await database.execute(
            "update parent_profiles set last_suggestion_check = clock_timestamp() where id = $1",
            parent.parent_profile_id,
        )
        read = await parent.client.get(PATH, headers={"If-None-Match": tag})
        assert (read.status_code, read.headers["etag"] == tag) == (200, False)
        tag = read.headers["etag"]
    await database.execute(
        "update parent_profiles set last_suggestion_check = clock_timestamp() where id = $1", parent.parent_profile_id
    )
    changed = await parent.client.patch(PATH, json={"bio": "a"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert (await parent.client.get(PATH, headers={"If-None-Match": changed.headers["etag"]})).status_code == 304
    check_problem(
        await parent.client.patch(PATH, json={"bio": "b"}, headers={"If-Match": tag}), 412, "precondition_failed"
    )


async def test_an_erasure_depends_on_the_version_too(accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    stale = (await parent.client.get(ACCOUNT)).headers["etag"]
    fresh = (await parent.client.patch(ACCOUNT, json={"profilePicture": None})).headers["etag"]
    for known, status_code in ((stale, 412), ('"other"', 412), (f"{stale}, {fresh}", 204)):
        answer = await parent.client.request(
            "DELETE", ACCOUNT, json={"password": PASSWORD}, headers={"If-Match": known}
        )
        assert (answer.status_code, answer.headers.get("etag")) == (status_code, fresh if status_code == 412 else None)
    assert await database.fetchval("select count(*) from users where id = $1", parent.user_id) == 0


@pytest.mark.parametrize("path", ["/api/onboarding/progress", "/api/profile"])
async def test_a_revision_is_no_change(path: str, accounts: Accounts) -> None:
    """It differs at each reading, so the tag is weak, and of the rest."""
    client = (await accounts.parent()).client
    read, again = await client.get(path), await client.get(path)
    assert read.json()["onboardingData"]["revision"] != again.json()["onboardingData"]["revision"]
    tag = read.headers["etag"]
    assert tag.startswith('W/"')
    assert again.headers["etag"] == tag
    assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 304
    check_problem(await client.get(path, headers={"If-Match": tag}), 412, "precondition_failed")
    data = read.json()["onboardingData"]
    data["basicInfo"] = {"name": "Eva", "parentType": "mom", "experienceLevel": "experienced"}
    saved = await client.post("/api/onboarding/progress", json={"step": 4, "data": data})
    assert saved.status_code == 200, saved.text
    assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/user", "/api/sessions", "/api/passkeys", "/api/second-factors", "/api/suggestions", "/api/users/me/email",
     "/api/users/me?include=childProfiles,parentingGoals", "/health/live", "/schema/openapi.json"],
)  # fmt: skip
async def test_every_read_has_a_tag(path: str, accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    tag = (await client.get(path)).headers["etag"]
    answers = [await client.get(path, headers={"If-None-Match": tag, "Connection": "close"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [304] * 4
    assert (await client.get(path, headers={"If-Match": tag})).status_code == 200
    check_problem(await client.get(path, headers={"If-Match": '"other"'}), 412, "precondition_failed")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/api/sessions/1", None),
        ("DELETE", "/api/sessions", None),
        ("DELETE", "/api/profile/picture", None),
        ("PATCH", "/api/passkeys/1", {"name": "telefoon"}),
        ("POST", "/api/child-profiles", {"name": "Bram", "age": 4}),
        ("POST", "/api/suggestions/1/use", None),
    ],
)
async def test_a_condition_on_what_has_no_version_is_refused(
    method: str, path: str, body: Any, accounts: Accounts
) -> None:
    client = (await accounts.parent()).client
    for header in ({"If-Match": '"a"'}, {"If-None-Match": "*"}):
        check_problem(await client.request(method, path, json=body, headers=header), 412, "precondition_failed")
    for header in ({"If-Match": "a"}, {"If-None-Match": '"a"'}):
        answer = await client.request(method, path, json=body, headers=header)
        check_problem(answer, 400, "invalid_precondition", *header)
        assert answer.json()["errors"][0]["message"] in {NOT_TAGS.nl, ONLY_ANY.nl}
    assert (await client.get("/api/child-profiles")).json()["items"] == []
    assert (await client.request(method, path, json=body, headers={"If-Match": "*"})).status_code in {201, 204, 404}


async def test_a_condition_that_cannot_be_read(accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    for value in ("x", "W/x", '"a" "b"', '"a"b', "*, *", '"a', ""):
        answer = await client.patch(PATH, json={}, headers={"If-Match": value})
        check_problem(answer, 400, "invalid_precondition", "If-Match")
    assert (await client.patch(PATH, json={}, headers={"If-Match": "*"})).status_code == 200
    check_problem(await put(client, "Bas", If_None_Match='"a"'), 400, "invalid_precondition", "If-None-Match")
    check_problem(await client.patch(PATH, json={}, headers={"If-None-Match": "*"}), 412, "precondition_failed")


async def test_what_is_not_there_is_not_found_whatever_the_condition(accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    for condition in ("*", '"2026-03-01T19:20:00.123456Z"'):
        for method, body in (("PATCH", {"age": 4}), ("DELETE", None)):
            path = "/api/child-profiles/999999999999"
            answer = await client.request(method, path, json=body, headers={"If-Match": condition})
            check_problem(answer, 404, "child_profile_not_found")


def test_a_long_list_of_tags_is_read_at_once() -> None:
    assert matches(b'"a", ' * 6000 + b'"b"', b'"b"')
    assert not matches(b'"a", ' * 6000 + b'"b', b'"b"')
    assert not matches(b"," * 30_000 + b'"', b'"b"')
    assert not matches(b" \t" * 15_000 + b"x", b'"b"')


def test_every_change_of_what_has_a_version_takes_it() -> None:
    """Also what is yet to come; on the rest no version holds."""
    routes = documented_routes(unserved_app())
    versioned = {
        route.path
        for route in routes
        if route.method == "GET"
        and (
            route.endpoint.tag not in {content_tag, revised_tag, None}
            or get_origin(route.endpoint.parsed_fn_signature.return_type.raw) is Versioned
        )
    }
    changes = {
        (route.method, route.path): route.endpoint.wants_condition
        for route in routes
        if route.path in versioned and route.method in {"PATCH", "PUT", "DELETE"}
    }
    assert len(versioned) == 4
    assert changes == dict.fromkeys(changes, True)
    assert ("DELETE", ACCOUNT) in changes
