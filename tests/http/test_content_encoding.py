"""Bodies with a content coding are refused where they are read."""

import gzip

import pytest

from tests.accounts import Accounts


@pytest.mark.parametrize(
    "lines",
    [
        ["gzip"], ["GZip"], ["x-gzip"], ["br"], ["deflate, gzip"], ["identity, gzip"], ["gzip,identity"], [",\t br ,"],
        ["identity", "zstd"], ["identity;q=1"], ["identity gzip"], ["aes128gcm"], ["*"], ["utf-8"], ["\xe9"],
    ],
)  # fmt: skip
async def test_a_body_with_a_content_coding_is_refused(accounts: Accounts, lines: list[str]) -> None:
    parent = await accounts.parent()
    for body in (gzip.compress(b'{"name":"Bram","age":3}'), b'{"name":"Bram","age":3}'):
        answer = await parent.client.post("/api/child-profiles", content=body, headers=encoded(lines))
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
        assert answer.headers["accept-encoding"] == "identity"
        assert "accept" not in answer.headers
    assert (await parent.client.get("/api/child-profiles")).json()["items"] == []


@pytest.mark.parametrize(
    "lines", [[""], ["identity"], ["IDENTITY"], ["identity ,\tidentity"], ["identity", "Identity,"], [","]]
)
async def test_a_body_without_a_content_coding_is_taken(accounts: Accounts, lines: list[str]) -> None:
    parent = await accounts.parent()
    body = b'{"name":"Bram","age":3}'
    assert (await parent.client.post("/api/child-profiles", content=body, headers=encoded(lines))).status_code == 201
    wrong = await parent.client.post("/api/child-profiles", content=body, headers={"Content-Type": "text/plain"})
    assert (wrong.headers["accept"], "accept-encoding" in wrong.headers) == ("application/json", False)


def encoded(lines: list[str]) -> list[tuple[bytes, bytes]]:
    return [(b"Content-Type", b"application/json"), *((b"Content-Encoding", line.encode("latin-1")) for line in lines)]


async def test_a_body_that_is_not_read_may_have_a_content_coding(accounts: Accounts) -> None:
    parent = await accounts.parent()
    for method, path, status in (
        ("GET", "/api/user", 200),
        ("DELETE", "/api/sessions", 204),
        ("POST", "/api/logout", 200),
    ):
        answer = await parent.client.request(
            method, path, content=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}
        )
        assert answer.status_code == status, path
