"""Headers of all responses, and requests that are refused before a handler runs."""

import httpx
import pytest

from tests.accounts import Accounts


async def test_headers_of_every_answer(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for answer in (
        await parent.client.get("/api/user"),
        await client.get("/api/user"),
        await client.get("/nowhere"),
        await client.get("/schema"),
        await client.options("/api/user"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers["x-request-id"]) == 16
        assert "strict-transport-security" not in answer.headers
    assert (await parent.client.get("/api/user")).headers["cache-control"] == "no-store"


async def test_hsts_over_https(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("offered", "taken"),
    [("abc-123", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("a\tb", False), ("ä", False)],
)
async def test_request_id(client: httpx.AsyncClient, offered: str, taken: bool) -> None:
    answer = await client.get("/nowhere", headers={b"X-Request-Id": offered.encode("latin-1")})
    id = answer.headers["x-request-id"]
    assert (id == offered) == taken
    assert answer.json()["instance"] == f"urn:nestwerk:request:{id}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_changes_from_another_origin_are_refused(
    client: httpx.AsyncClient, accounts: Accounts, headers: dict[str, str]
) -> None:
    parent = await accounts.parent()
    client.cookies.set("nestwerk_session", parent.token)
    body = {"name": "Bram", "age": 3}
    refused = await client.post("/api/child-profiles", json=body, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["code"] == "forbidden_origin"
    assert (await client.get("/api/child-profiles", headers=headers)).json()["items"] == []
    # A page of another origin can't know the token for this header.
    assert (await parent.client.post("/api/child-profiles", json=body, headers=headers)).status_code == 201


async def test_changes_from_the_same_origin_pass(client: httpx.AsyncClient, accounts: Accounts, service: str) -> None:
    parent = await accounts.parent()
    client.cookies.set("nestwerk_session", parent.token)
    headers = {"Origin": service, "Sec-Fetch-Site": "same-origin"}
    answer = await client.post("/api/child-profiles", json={"name": "Bram", "age": 3}, headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "json", ""])
async def test_a_body_needs_the_content_type_of_json(accounts: Accounts, content_type: str | None) -> None:
    parent = await accounts.parent()
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = await parent.client.post("/api/child-profiles", content=b'{"name":"Bram","age":3}', headers=headers)
    assert answer.status_code == 415


async def test_media_types(accounts: Accounts) -> None:
    parent = await accounts.parent()
    for content_type in ("application/json", "Application/JSON; charset=utf-8"):
        answer = await parent.client.post(
            "/api/child-profiles", content=b'{"name":"Bram","age":3}', headers={"Content-Type": content_type}
        )
        assert answer.status_code == 201
    patch = {"Content-Type": "application/merge-patch+json"}
    changed = await parent.client.patch(answer.headers["location"], content=b'{"age":4}', headers=patch)
    assert changed.json()["age"] == 4
    assert (await parent.client.post("/api/child-profiles", content=b"{}", headers=patch)).status_code == 415


async def test_a_cached_query_string_gives_the_same_result(accounts: Accounts) -> None:
    parents = [await accounts.parent(), await accounts.parent()]
    child = {"name": "Bram", "age": 3}
    goal = {"title": "Samen lezen", "category": "long_term", "priority": 3}
    for parent in parents:
        assert (await parent.client.post("/api/child-profiles", json=child)).status_code == 201
        assert (await parent.client.post("/api/parenting-goals", json=goal)).status_code == 201
    for _ in range(3):
        for parent in parents:
            for path, status in (
                ("/api/child-profiles?limit=1", 200),
                ("/api/parenting-goals?limit=1", 200),
                ("/api/child-profiles?limit=1&status=active", 400),
                ("/api/parenting-goals?limit=1&status=active", 200),
                ("/api/users/me?limit=1", 400),
                (f"/api/child-profiles?limit=1{'0' * 300}", 400),
            ):
                answer = await parent.client.get(path)
                assert (path, answer.status_code) == (path, status)
                if status == 200:
                    [item] = answer.json()["items"]
                    assert ("age" in item) == ("child" in path)
            whole = await parent.client.get("/api/users/me?include=childProfiles,parentProfile")
            assert len(whole.json()["parentProfile"]["childProfiles"]) == 1
            assert "parentProfile" not in (await parent.client.get("/api/users/me")).json()


async def test_methods(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/user")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/user", {"GET", "HEAD"}),
        ("/api/sessions", {"GET", "HEAD", "POST", "DELETE"}),
        ("/api/parent-profile/", {"GET", "HEAD", "PUT", "PATCH"}),
        ("/api/child-profiles/1", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("/api/login", {"POST"}),
        ("/schema", {"GET", "HEAD"}),
    ],
)
async def test_methods_of_a_path(client: httpx.AsyncClient, path: str, methods: set[str]) -> None:
    options = await client.options(path)
    assert options.status_code == 204
    refused = await client.request("TRACE", path)
    assert refused.status_code == 405
    for answer in (options, refused):
        assert set(answer.headers["allow"].split(", ")) == methods | {"OPTIONS"}


async def test_methods_of_no_path(client: httpx.AsyncClient) -> None:
    assert (await client.options("/nowhere")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/users", "/api/user/x", "/api/%00", "/api/../etc", "//", "/api/child-profiles/x"]
)
async def test_an_unknown_path(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_language_of_a_problem(accounts: Accounts) -> None:
    parent = await accounts.parent()
    assert "kind" in (await parent.client.get("/api/child-profiles/1")).json()["message"]
    english = await parent.client.get("/api/child-profiles/1", headers={"Accept-Language": "en"})
    assert "child" in english.json()["message"]
    await parent.client.patch("/api/parent-profile", json={"preferredLanguage": "en"})
    preferring = await parent.client.get("/api/child-profiles/1", headers={"Accept-Language": ""})
    assert preferring.status_code == 404


async def test_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json() == {"status": "ok"}
