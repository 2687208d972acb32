"""Unexpected errors: the response hides the message, and the log has the place."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from api.http.application import Application
from api.http.client import TrustedProxies
from api.http.endpoint import get
from api.problems.problem import Problem, problem_body
from api.problems.types import NOT_FOUND
from api.server.logs.formats import JsonFormatter


@get("/broken", needs_database=False)
async def broken() -> None:
    """Break."""
    raise RuntimeError("a password")


@get("/missing", needs_database=False)
async def missing() -> None:
    """Miss something."""
    raise Problem(NOT_FOUND)


@pytest.fixture
def app() -> Application:
    return Application(
        proxies=TrustedProxies(()), route_handlers=[broken, missing], openapi_config=None, logging_config=None
    )


async def ask(app: Application, path: str) -> httpx.Response:
    # Without verification, as reading the system's certificates takes 20 ms.
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", verify=False) as client:
        return await client.get(path)


@contextmanager
def as_json(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Have pytest format records as the service does within the block."""
    before = caplog.handler.formatter
    caplog.handler.setFormatter(JsonFormatter())
    yield
    caplog.handler.setFormatter(before)


async def test_an_unexpected_error(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    with as_json(caplog):
        answer = await ask(app, "/broken")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "password" not in answer.text
    # Libraries may be heard too, by what a test before has set.
    [line] = [line for line in map(json.loads, caplog.text.splitlines()) if "event" in line]
    assert (line["event"], line["route"], line["error"]) == ("unexpected_error", "/broken", "RuntimeError")
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "test_unexpected.py" in line["stack"][-1]
    assert "password" not in caplog.text


async def test_a_problem_that_cannot_be_written(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    write = problem_body

    def fails(problem: Problem, *arguments: Any, **more: Any) -> bytes:
        if problem.type.code == "not_found":
            raise StopIteration
        return write(problem, *arguments, **more)

    assert (await ask(app, "/missing")).status_code == 404
    monkeypatch.setattr("api.http.application.problem_body", fails)
    answer = await ask(app, "/missing")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert answer.text.startswith('{"message":"')
