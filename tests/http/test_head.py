"""HEAD: the response to GET, without its body."""

import httpx
import pytest

from tests.accounts import Accounts


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health/live", 200),
        ("/health/ready", 200),
        ("/api/user", 200),
        ("/api/users/me?include=parentProfile", 200),
        ("/api/child-profiles?limit=1", 200),
        ("/api/child-profiles?limit=0", 400),
        ("/api/child-profiles/1", 404),
        ("/nowhere", 404),
        ("/schema", 200),
        ("/schema/assets/page.js", 200),
        ("/schema/openapi.json", 200),
    ],
)
async def test_head_is_answered_like_get_without_the_body(path: str, status: int, accounts: Accounts) -> None:
    client = (await accounts.parent()).client
    client.headers["X-Request-Id"] = "same"
    get, head = await client.get(path), await client.head(path)
    assert (get.status_code, head.status_code) == (status, status)
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(get.content)
    for answer in (get, head):
        del answer.headers["date"]
    assert dict(head.headers) == dict(get.headers)


async def test_head_needs_a_session_where_get_does(client: httpx.AsyncClient) -> None:
    assert (await client.head("/api/user")).status_code == 401


async def test_head_is_refused_where_there_is_no_get(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/login")
    assert (answer.status_code, answer.content) == (405, b"")
    assert "HEAD" not in answer.headers["allow"]
