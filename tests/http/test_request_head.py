"""Requests whose head is too large, and parts of a head that aren't read."""

import httpx
import pytest

from api.http.language import negotiate_language
from api.http.request_head import HEADERS_LIMIT, PARAMETERS_LIMIT, URI_LIMIT
from tests.accounts import Accounts
from tests.http.test_client import resolve


def check(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["Accept-Language", "Cookie", "Forwarded", "X-Forwarded-For", "X-Anything"])
async def test_large_headers(name: str, client: httpx.AsyncClient) -> None:
    value = "a;b=c," * (HEADERS_LIMIT // 6)
    check(await client.get("/health/live", headers={name: value + "......"}), 431, "headers_too_large")
    assert (await client.get("/health/live", headers={name: value[: HEADERS_LIMIT - 1024]})).status_code == 200


async def test_lines_count_together(client: httpx.AsyncClient) -> None:
    for names in ([f"X-{number}" for number in range(32)], ["Accept-Language"] * 32):
        lines = [(name, "a" * (HEADERS_LIMIT // 32)) for name in names]
        check(await client.get("/health/live", headers=lines), 431, "headers_too_large")


@pytest.mark.parametrize("path", ["/health/live", "/api/parenting-goals", "/nowhere", "/schema"])
async def test_long_addresses(path: str, client: httpx.AsyncClient) -> None:
    check(await client.get(f"{path}?{'a' * URI_LIMIT}"), 414, "uri_too_long")
    check(await client.get(f"{path}?{'&' * PARAMETERS_LIMIT}"), 414, "uri_too_long")
    check(await client.get(f"{path}?{'a&' * PARAMETERS_LIMIT}"), 414, "uri_too_long")
    check(await client.get(f"{path}/{'a/' * (URI_LIMIT // 2)}"), 414, "uri_too_long")


async def test_the_largest_addresses(accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    path = "/api/parenting-goals"
    for query in ("limit=" + "1" * (URI_LIMIT - len(path) - 6), "&".join("a" * PARAMETERS_LIMIT)):
        check(await client.get(f"{path}?{query}"), 400, "invalid_query")
    check(await client.get("/" + "a" * (URI_LIMIT - 1)), 404, "not_found")


def test_languages_past_a_bound_are_not_read() -> None:
    assert negotiate_language(b"en" + b" " * 510) == "en"
    assert negotiate_language(b"fr," * 171 + b"en") == "nl"
    # What is left of a range that is cut says something else than the range.
    assert negotiate_language(b"fr," * 169 + b"en;q=0.5") == "nl"


def test_hops_past_a_bound_are_not_read() -> None:
    trusted = "10.0.0.1," * 300
    address = resolve({"X-Forwarded-For": f"203.0.113.5,{trusted[:-1]}"})[0][0]
    assert address == "10.0.0.1"
    assert resolve({"X-Forwarded-For": f"{'203.0.113.5,' * 300}198.51.100.1"})[0][0] == "198.51.100.1"
    assert resolve({"Forwarded": "for=203.0.113.5," * 300 + "for=198.51.100.1"})[0][0] == "127.0.0.1"
