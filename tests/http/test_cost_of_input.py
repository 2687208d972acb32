"""What input costs grows with its size at most: ten times as much takes at most about ten times the CPU.

The application is called in this process, without a database: handlers end at their first statement.
"""

import gc
import inspect
import json
import time
from collections.abc import Callable, Iterator, Mapping
from math import inf
from types import MappingProxyType
from typing import Any, Final

import msgspec
import pytest

from api.app import load_facts, load_routers
from api.auth.caller import COOKIE
from api.auth.schemas import Caller
from api.http import endpoint as endpoints
from api.http.application import Application
from api.http.authentication import Authentication
from api.http.client import TrustedProxies
from api.http.endpoint import Endpoint
from api.http.pacing import Client, Pacing
from api.http.schemas import Input
from api.problems.labels import GENERAL_LABELS
from api.settings import Settings

# Besides what the size explains; large documents don't fit into the processor's caches.
FACTOR: Final = 5.0
TIMES: Final = 10
REPETITIONS: Final = 7
# Seconds that aren't looked at: less than any client could hold up another with.
NEGLIGIBLE: Final = 0.0003
CALLER: Final = Caller(1, 1, 1, "nl", 60.0)

# Makes an input of about so many bytes.
Maker = Callable[[int], bytes]

VALUES: Final[dict[str, Maker]] = {
    "a text": lambda size: b'"' + b"a" * size + b'"',
    "a text of escapes": lambda size: b'"' + b"\\u0041" * (size // 6) + b'"',
    "a text of NUL": lambda size: b'"' + b"\\u0000" * (size // 6) + b'"',
    "a text of spaces": lambda size: b'"' + b" " * size + b'"',
    "a text of @": lambda size: b'"' + b"@" * size + b'"',
    "a text of surrogates": lambda size: b'"' + b"\\ud83d\\ude00" * (size // 12) + b'"',
    "a text of combining marks": lambda size: b'"' + "\u0301".encode() * (size // 2) + b'"',
    "half of surrogates": lambda size: b'"' + b"\\ud83d" * (size // 6) + b'"',
    "a whole number": lambda size: b"1" * size,
    "a fraction": lambda size: b"0." + b"1" * size,
    "an exponent": lambda size: b"1e" + b"1" * size,
    "zeros": lambda size: b"[" + b",".join([b"1e400"] * (size // 6)) + b"]",
    "a list of numbers": lambda size: b"[" + b"1," * (size // 2) + b"1]",
    "a list of lists": lambda size: b"[" + b"[]," * (size // 3) + b"[]]",
    "a list of objects": lambda size: b"[" + b"{}," * (size // 3) + b"{}]",
    "a list of texts": lambda size: b"[" + b'"a",' * (size // 4) + b'"a"]',
    "a deep list": lambda size: b"[" * (size // 2) + b"]" * (size // 2),
    "a deep object": lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6),
    "an open list": lambda size: b"[" * size,
    "an object": lambda size: json.dumps({str(key): key for key in range(size // 16)}).encode(),
    "one key": lambda size: b"{" + b'"a":1,' * (size // 6) + b'"a":1}',
    "a long key": lambda size: b'{"' + b"~/" * (size // 2) + b'":1}',
    "chains": lambda size: b'{"a":[' + b",".join([b'{"a":' * 50 + b"1" + b"}" * 50] * (size // 301)) + b"]}",
    "spaces": lambda size: b" " * size + b"1",
    "no UTF-8": lambda size: b'"' + b"\xff" * size + b'"',
    "half a text": lambda size: b'"' + b"a" * size,
    "quotes": lambda size: b'"' * size,
    "backslashes": lambda size: b"\\" * size,
}

QUERIES: Final[dict[str, Maker]] = {
    "a number": lambda size: b"limit=" + b"1" * size,
    "a cursor": lambda size: b"cursor=" + b"A" * size,
    "a status": lambda size: b"status=" + b"a" * size,
    "a list": lambda size: b"include=" + b"a," * (size // 2),
    "escapes": lambda size: b"status=" + b"%41" * (size // 3),
    "broken escapes": lambda size: b"status=" + b"%" * size,
    "pluses": lambda size: b"+" * size,
    "equals": lambda size: b"=" * size,
    "one name": lambda size: b"&".join([b"limit=1" + b"0" * 100] * (size // 128)),
    "many names": lambda size: b"&".join(b"%d=%s" % (number, b"0" * 100) for number in range(size // 128)),
    "a long name": lambda size: b"a" * size + b"=1",
}

PATHS: Final[dict[str, Maker]] = {
    "a part": lambda size: b"/" + b"a" * size,
    "parts": lambda size: b"/a" * (size // 2),
    "slashes": lambda size: b"/" * size,
    "dots": lambda size: b"/.." * (size // 3),
    "an id": lambda size: b"/api/child-profiles/" + b"1" * size,
    "an id with zeros": lambda size: b"/api/child-profiles/" + b"0" * size,
    "an id with underscores": lambda size: b"/api/child-profiles/" + b"1_" * (size // 2),
    "parts of a known path": lambda size: b"/api/child-profiles" + b"/1" * (size // 2),
}

HEADERS: Final[dict[str, Maker]] = {
    "accept-language": lambda size: b"en;q=0.1," * (size // 9),
    "cookie": lambda size: b"a=b; " * (size // 5),
    "authorization": lambda size: b"Bearer " + b"nw_" * (size // 3),
    "x-forwarded-for": lambda size: b"10.0.0.1," * (size // 9),
    "forwarded": lambda size: b'for="[::1]";by=a,' * (size // 17),
    "x-forwarded-host": lambda size: b"a," * (size // 2),
    "x-request-id": lambda size: b"a-" * (size // 2),
    "content-type": lambda size: b"application/json" + b";a=b" * (size // 4),
    "content-encoding": lambda size: b"identity," * (size // 9),
    "content-length": lambda size: b"1" * size,
    "origin": lambda size: b"http://" + b"a." * (size // 2),
    "host": lambda size: b"a." * (size // 2),
    "sec-fetch-site": lambda size: b"a" * size,
    "x-anything": lambda size: b"a" * size,
}


async def identify(_: bytes | None) -> Caller:
    return CALLER


@pytest.fixture(scope="module")
def app() -> Application:
    return Application(
        proxies=TrustedProxies(Settings().trusted_proxies),
        authentication=Authentication(COOKIE, identify),
        labels={**load_facts().labels, **GENERAL_LABELS},
        route_handlers=load_routers(),
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Bodies needn't wait for their turn, and the garbage collector is off, as it nearly is in a worker."""

    class Unpaced(Pacing):
        def is_costly(self, client: Client) -> bool:  # noqa: ARG002
            return False

    monkeypatch.setattr(endpoints, "_pacing", Unpaced())
    gc.disable()
    yield
    gc.enable()


def call(  # noqa: PLR0917
    app: Application,
    method: str,
    path: bytes,
    query: bytes = b"",
    headers: Mapping[bytes, bytes] = MappingProxyType({}),
    body: bytes = b"",
) -> int:
    """Status of a request; it mustn't wait for anything."""
    lines = {
        b"host": b"localhost",
        b"authorization": b"Bearer x",
        b"content-type": b"application/json",
        **(headers or {}),
    }
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path.decode("latin-1"), "raw_path": path,
        "query_string": query, "headers": list(lines.items()), "client": ("127.0.0.1", 1), "scheme": "http",
        "root_path": "", "server": ("127.0.0.1", 1), "state": {}, "extensions": {},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    running = app(scope, receive, send)
    with pytest.raises(StopIteration):
        running.send(None)
    status: int = sent[0]["status"]
    return status


def check_linear(run: Callable[[int], object], size: int) -> str | None:
    """What is wrong with the cost of an input of `size` bytes and of ten times that, if anything."""

    def cost(size: int) -> float:
        started = time.process_time()
        run(size)
        return time.process_time() - started

    small = large = inf
    for repetition in range(REPETITIONS):
        small, large = min(small, *(cost(size) for _ in range(3))), min(large, cost(size * TIMES))
        if large < NEGLIGIBLE or (repetition > 0 and large <= small * TIMES * FACTOR):
            return None
    return f"{size} bytes took {small * 1e6:.0f} us, ten times that {large / small:.0f} times as long"


def bodies(app: Application) -> Iterator[tuple[str, bytes, Endpoint]]:
    """Method, path and endpoint of the routes that take a body."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, Endpoint) and handler.body_type is not None:
                [method] = handler.http_methods
                yield method, route.path.replace("{id:int}", "1").encode(), handler


@pytest.mark.long
@pytest.mark.parametrize("kind", VALUES)
def test_bodies(kind: str, app: Application) -> None:
    make = VALUES[kind]
    wrong = []
    for method, path, handler in bodies(app):
        size = handler.body_limit // (TIMES + 1)
        fields: list[str | None] = [None]
        if inspect.isclass(handler.body_type) and issubclass(handler.body_type, Input):
            fields += [field.encode_name for field in msgspec.structs.fields(handler.body_type)]
        for field in fields:

            def run(size: int, field: str | None = field, method: str = method, path: bytes = path) -> int:
                value = make(size)
                body = value if field is None else b'{"%s":%s}' % (field.encode(), value)
                return call(app, method, path, body=body)

            if found := check_linear(run, size):
                wrong.append(f"{method} {path.decode()} {field}: {found}")
    assert wrong == []


@pytest.mark.parametrize("kind", QUERIES)
@pytest.mark.parametrize("path", [b"/api/parenting-goals", b"/api/users/me", b"/health/live"])
def test_queries(kind: str, path: bytes, app: Application) -> None:
    assert check_linear(lambda size: call(app, "GET", path, QUERIES[kind](size)), 780) is None


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_paths(kind: str, method: str, app: Application) -> None:
    assert check_linear(lambda size: call(app, method, PATHS[kind](size)), 800) is None


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize(("method", "path"), [("GET", b"/nowhere"), ("POST", b"/api/parenting-goals")])
def test_headers(name: str, method: str, path: bytes, app: Application) -> None:
    def run(size: int) -> int:
        return call(app, method, path, headers={name.encode(): HEADERS[name](size)}, body=b"{}")

    assert check_linear(run, 3200) is None


def test_a_cost_that_grows_faster_is_found() -> None:
    assert check_linear(lambda size: [None for _ in range(size) for _ in range(size)], 200) is not None
    assert check_linear(lambda size: [None for _ in range(size * 100)], 200) is None
