"""Request headers in several lines: HTTP/2 may split a cookie, and proxies add lines."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import credentials, log_in, new_address, new_name, shut_out_network


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_the_session_is_found_in_any_line_of_the_cookie(
    position: int, client: httpx.AsyncClient, accounts: Accounts
) -> None:
    lines = [("Cookie", "theme=dark"), ("Cookie", "a=1; b=2")]
    lines.insert(position, ("Cookie", f"nestwerk_session={(await accounts.parent()).token}"))
    assert (await client.get("/api/user", headers=lines)).status_code == 200


async def test_the_session_in_any_line_of_the_cookie_is_ended(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    lines = [("Cookie", f"nestwerk_session={parent.token}"), ("Cookie", "theme=dark")]
    assert (await client.post("/api/logout", headers=lines)).status_code == 200
    assert (await parent.client.get("/api/user")).status_code == 401


async def test_several_authorization_lines_are_no_token(client: httpx.AsyncClient, accounts: Accounts) -> None:
    tokens = [(await accounts.parent()).token for _ in range(2)]
    for values in ([tokens[0], tokens[1]], [tokens[0], tokens[0]], ["x", tokens[0]]):
        lines = [("Authorization", f"Bearer {value}") for value in values]
        assert (await client.get("/api/user", headers=lines)).status_code == 401


@pytest.mark.parametrize("name", ["Origin", "Sec-Fetch-Site"])
async def test_one_line_with_another_origin_is_refused(
    name: str, client: httpx.AsyncClient, accounts: Accounts, service: str
) -> None:
    good, bad = {"Origin": (service, "https://evil.example"), "Sec-Fetch-Site": ("same-origin", "cross-site")}[name]
    cookie = ("Cookie", f"nestwerk_session={(await accounts.parent()).token}")
    for values in ((good, bad), (bad, good)):
        lines = [cookie, *((name, value) for value in values)]
        assert (await client.delete("/api/sessions", headers=lines)).status_code == 403


async def test_the_client_is_found_behind_proxies_that_add_lines(
    client: httpx.AsyncClient, database: Connection
) -> None:
    address = new_address()
    assert (await log_in(client, new_name(), "fout", address=address)).status_code == 401
    await database.execute("delete from rate_limits")
    await shut_out_network(database, address)
    lines = [("X-Forwarded-For", value) for value in ("192.0.2.1", address, "127.0.0.1")]
    answer = await client.post("/api/login", json=credentials(new_name(), "fout"), headers=lines)
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("values", "secure"),
    [(["https", "http"], True), (["https, http"], True), (["http", "https"], False), (["HTTPS"], True)],
)
async def test_the_scheme_is_the_one_that_the_first_proxy_reports(
    values: list[str], secure: bool, client: httpx.AsyncClient
) -> None:
    lines = [("X-Forwarded-Proto", value) for value in values]
    answer = await client.get("/health/live", headers=lines)
    assert ("strict-transport-security" in answer.headers) == secure


async def test_a_repeated_content_length_lets_no_larger_body_in(client: httpx.AsyncClient) -> None:
    body = b'{"username": "%b"}' % (b"x" * 70_000)
    lines = [("Content-Type", "application/json"), *[("Content-Length", str(len(body)))] * 2]
    assert (await client.post("/api/register", content=body, headers=lines)).status_code == 413


@pytest.mark.parametrize(
    ("version", "lines", "status"),
    [
        ("1.1", [], 400),
        ("1.1", ["a.example", "b.example"], 400),
        ("1.1", ["a.example", "a.example"], 400),
        ("1.1", ["a.example, b.example"], 400),
        ("1.1", ["a b"], 400),
        ("1.1", ["a.example/path"], 400),
        ("1.1", ["user@a.example"], 400),
        ("1.1", ["a.example:8000"], 200),
        ("1.1", ["[::1]:8000"], 200),
        ("1.1", [""], 400),
        ("1.0", [], 200),
    ],
)
async def test_a_request_names_one_host(version: str, lines: list[str], status: int, service: str) -> None:
    address = urlsplit(service)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    hosts = "".join(f"Host: {line}\r\n" for line in lines)
    writer.write(f"GET /health/live HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert int(answer.split()[1]) == status
    assert (b'"code":"invalid_host"' in answer) == (status == 400)


@pytest.mark.parametrize("path", ["/health/live", "/nowhere", "/schema", "/schema/nothing"])
async def test_answers_name_no_software(path: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(path)
    assert answer.headers.get_list("server") == ["nestwerk"]
    assert "x-powered-by" not in answer.headers
