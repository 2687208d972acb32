"""HEAD: the response to GET, without its body."""

import asyncio
from struct import pack, unpack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.accounts import Accounts

# Frames of HTTP/2 and their flags (RFC 9113).
HEADERS, SETTINGS = 1, 4
END_STREAM, END_HEADERS = 1, 4


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


@pytest.mark.parametrize("path", ["/health/live", "/nowhere", "/schema"])
async def test_head_ends_with_its_headers_over_http_2(path: str, service: str) -> None:
    fields = {":method": "HEAD", ":scheme": "http", ":path": path, ":authority": "localhost"}
    block = b"".join(b"\0" + text(name) + text(value) for name, value in fields.items())
    reader, writer = await asyncio.open_connection(urlsplit(service).hostname, urlsplit(service).port)
    writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, b""))
    writer.write(frame(HEADERS, END_STREAM | END_HEADERS, 1, block))
    async with asyncio.timeout(10):
        stream = 0
        while stream != 1:
            high, low, kind, flags, stream = unpack(">BHBBI", await reader.readexactly(9))
            await reader.readexactly(high << 16 | low)
    writer.close()
    assert (kind, flags & END_STREAM) == (HEADERS, END_STREAM)


def text(value: str) -> bytes:
    """A string in a header block (HPACK), without Huffman coding."""
    return bytes([len(value)]) + value.encode()


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return pack(">BHBBI", 0, len(payload), kind, flags, stream) + payload
