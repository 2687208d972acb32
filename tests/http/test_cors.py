"""Calls of app clients, whose pages are of other origins."""

from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest

from api.app import create_app
from api.http.application import Application
from api.http.client import TrustedProxies
from api.http.cors import ALLOWED, EXPOSED
from api.http.openapi.document import documented_routes, openapi_document
from api.settings import Settings
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, credentials, new_name, register

APP: Final = {"Origin": "capacitor://localhost", "Sec-Fetch-Site": "cross-site"}
PREFLIGHT: Final = APP | {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
    "Access-Control-Request-Private-Network": "true",
}
# What pages may read of any answer.
SAFELISTED: Final = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified"}
CHILD: Final = {"name": "Bram", "age": 3}


def readable(answer: httpx.Response, origin: str = APP["Origin"]) -> bool:
    """Whether a page may read an answer; none ever lets cookies count, and each says that it's for one origin."""
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers.get_list("vary", split_commas=True).count("Origin") == 1
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed in {None, origin}
    assert ("access-control-expose-headers" in answer.headers) == (allowed is not None)
    return allowed is not None


@pytest.fixture
async def app() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, without a database."""
    made = create_app(Settings(database_url="postgresql:///", allowed_origins=(APP["Origin"],)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://test", verify=False) as client:
        client.app = made  # type: ignore[attr-defined]
        yield client


async def test_an_app_registers_logs_in_and_calls(client: httpx.AsyncClient) -> None:
    name = new_name()
    asked = await client.options("/api/sessions", headers=PREFLIGHT)
    assert (asked.status_code, readable(asked)) == (204, True)
    registered = await client.post(
        "/api/register", json=credentials(name) | {"email": f"{name}@example.org"}, headers=APP
    )
    assert (registered.status_code, readable(registered)) == (201, True)
    assert "set-cookie" not in registered.headers
    session = await client.post("/api/sessions", json=credentials(name), headers=APP)
    assert (session.status_code, readable(session)) == (201, True)
    bearer = APP | {"Authorization": f"Bearer {session.json()['token']}"}
    user = await client.get("/api/user", headers=bearer)
    assert (user.json()["username"], readable(user)) == (name, True)
    missing = await client.patch("/api/child-profiles/1", json={}, headers=bearer)
    assert (missing.status_code, readable(missing)) == (404, True)
    assert (await client.delete("/api/sessions", headers=bearer)).status_code == 204


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
async def test_cookies_of_an_app_do_not_count(site: str | None, client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    headers = {"Origin": APP["Origin"]} | ({"Sec-Fetch-Site": site} if site else {})
    for answer in (
        await client.get("/api/user", headers=headers),
        await client.post("/api/child-profiles", json=CHILD, headers=headers),
        await client.delete("/api/sessions", headers=headers),
    ):
        assert (answer.status_code, readable(answer)) == (401, True)
        assert "set-cookie" not in answer.headers
    for path in ("/api/login", "/api/logout"):
        answer = await client.post(path, json=credentials(name, PASSWORD), headers=headers)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert (await client.get("/api/user")).status_code == 200


async def test_our_own_page_keeps_its_cookies(client: httpx.AsyncClient) -> None:
    await register(client, new_name())
    for headers in (
        {"Origin": "https://app.example.org", "Host": "app.example.org"},
        {"Origin": "https://app.example.org", "Sec-Fetch-Site": "same-origin"},
    ):
        answer = await client.put(
            "/api/parent-profile",
            json={"name": "Noor", "stressLevel": "low", "experienceLevel": "first_time"},
            headers=headers,
        )
        assert answer.status_code in {200, 201}
        assert not readable(answer)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://app.example.org",
        "https://app.example.org:444",
        "https://app.example.org:443",
        "https://App.example.org",
        "https://app.example.org/",
        "https://app.example.org.evil.example",
        "capacitor://localhost:1",
        "ionic://localhost",
        "capacitor://localhost, https://evil.example",
    ],
)
async def test_other_origins_may_read_nothing(origin: str, client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    asked = await client.options("/api/child-profiles", headers=PREFLIGHT | {"Origin": origin})
    assert (asked.status_code, readable(asked)) == (204, False)
    assert not any(name.startswith("access-control") for name in asked.headers)
    answer = await parent.client.get("/api/user", headers={"Origin": origin})
    assert (answer.status_code, readable(answer)) == (200, False)
    refused = await client.post("/api/sessions", json={}, headers={"Origin": origin})
    assert (refused.status_code, readable(refused)) == (403, False)


async def test_every_operation_has_a_preflight_that_needs_no_database(app: httpx.AsyncClient) -> None:
    for path, method, _ in documented_routes(app.app):  # type: ignore[attr-defined]
        path = path.replace("{id}", "1").replace("{token}", "x")  # noqa: PLW2901
        answer = await app.options(path, headers=PREFLIGHT | {"Access-Control-Request-Method": method})
        assert (answer.status_code, answer.content, readable(answer)) == (204, b"", True)
        assert method in answer.headers["access-control-allow-methods"].split(", ")
        assert answer.headers["access-control-allow-headers"] == ", ".join(ALLOWED)
        assert int(answer.headers["access-control-max-age"]) > 0
        assert "access-control-allow-private-network" not in answer.headers
    assert (await app.options("/nowhere", headers=PREFLIGHT)).status_code == 404


async def test_documented_headers_are_allowed_and_exposed(app: httpx.AsyncClient) -> None:
    document = openapi_document(app.app)  # type: ignore[attr-defined]
    told = {name.lower() for name in document["components"]["headers"]}
    assert told - {"set-cookie"} <= {name.lower() for name in EXPOSED} | SAFELISTED
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    parameters = [
        *document["components"]["parameters"].values(),
        *(p for each in operations for p in each["parameters"]),
    ]
    taken = {each["name"].lower() for each in parameters if each.get("in") == "header"}
    assert taken <= {name.lower() for name in ALLOWED}


async def test_refusals_of_all_kinds_are_readable(client: httpx.AsyncClient) -> None:
    large = {"content": b"x" * 70_000, "headers": APP | {"Content-Type": "application/json"}}
    for status, answer in (
        (404, await client.get("/nowhere", headers=APP)),
        (405, await client.put("/api/user", headers=APP)),
        (413, await client.post("/api/login", **large)),  # type: ignore[arg-type]
        (414, await client.get(f"/api/user?{'x' * 9000}", headers=APP)),
        (431, await client.get("/api/user", headers=APP | {"X-Large": "x" * 40_000})),
        (431, await client.get("/api/user", headers=APP | {"X-Large": "x" * 70_000})),
        (200, await client.get("/schema", headers=APP)),
    ):
        assert (answer.status_code, readable(answer)) == (status, True)


async def test_without_the_setting_nothing_is_added() -> None:
    app = Application(proxies=TrustedProxies(()), route_handlers=[], openapi_config=None, logging_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", verify=False) as client:
        for origin in ("capacitor://localhost", "null", ""):
            answer = await client.get("/", headers={"Origin": origin})
            assert not {"vary", "access-control-allow-origin"} & set(answer.headers)
