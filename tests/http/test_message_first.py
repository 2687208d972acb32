"""Every problem begins with the message for the parent, wherever it's noticed."""

import json
from typing import Final

import httpx
import pytest

from tests.http1.serving import Client

HOST: Final = b"Host: a\r\n"
JSON: Final = HOST + b"Content-Type: application/json\r\n"
REQUESTS: Final = {
    "invalid_host": b"GET /api/user HTTP/1.1\r\n\r\n",
    "malformed_request": b"hello\r\n\r\n",
    "http_version_not_supported": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    "unknown_transfer_coding": b"POST /api/login HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "headers_too_large": b"GET /api/user HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 40_000 + b"\r\n\r\n",
    "uri_too_long": b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "not_found": b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n",
    "method_not_allowed": b"DELETE /api/login HTTP/1.1\r\n" + HOST + b"\r\n",
    "not_authenticated": b"GET /api/user HTTP/1.1\r\n" + HOST + b"\r\n",
    "invalid_query": b"GET /api/sessions?x=1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "unsupported_media_type": b"POST /api/login HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{}",
    "body_too_large": b"POST /api/login HTTP/1.1\r\n" + JSON + b"Content-Length: 99999\r\n\r\n" + b"x" * 99_999,
    "malformed_body": b"POST /api/login HTTP/1.1\r\n" + JSON + b"Content-Length: 1\r\n\r\n{",
    "invalid_body": b"POST /api/login HTTP/1.1\r\n" + JSON + b"Content-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("code", REQUESTS)
def test_the_message_comes_first(service: str, code: str) -> None:
    port = httpx.URL(service).port
    assert port is not None
    client = Client(port).send(REQUESTS[code])
    _, headers, body = client.response()
    client.socket.close()
    assert (headers["content-type"], json.loads(body)["code"]) == ("application/problem+json", code)
    assert body.startswith(b'{"message":"')
