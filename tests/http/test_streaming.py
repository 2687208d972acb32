"""Answers of a generator: closed whatever happens, and cut off where it fails."""

import logging
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from api.http.streaming import send_stream


class Client:
    """Takes messages of an answer, and goes away after some."""

    def __init__(self, takes: int = 100) -> None:
        self.messages: list[dict[str, Any]] = []
        self._takes = takes

    async def send(self, message: Any) -> None:
        if len(self.messages) >= self._takes:
            raise ConnectionResetError
        self.messages.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def is_whole(self) -> bool:
        return self.messages[-1].get("more_body") is False


class Parts:
    """Two parts, and maybe an error; knows whether it was closed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.is_closed = False
        self.error = error

    async def give(self) -> AsyncGenerator[bytes]:
        try:
            yield b"one"
            if self.error:
                raise self.error
            yield b"two"
        finally:
            self.is_closed = True


async def sent(client: Client, parts: Parts, method: str = "GET") -> dict[str, Any]:
    scope: Any = {"method": method, "route": "/a"}
    await send_stream(scope, client.send, 200, [], parts.give())
    return scope  # type: ignore[no-any-return]


async def test_whole() -> None:
    client, parts = Client(), Parts()
    scope = await sent(client, parts)
    assert (client.body, client.is_whole, parts.is_closed) == (b"onetwo", True, True)
    # What it waited for its client is the client's affair.
    assert scope["receiving"] > 0


async def test_a_client_that_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    client, parts = Client(takes=2), Parts()
    await sent(client, parts)
    assert (client.body, client.is_whole, parts.is_closed) == (b"one", False, True)
    assert caplog.records == []


@pytest.mark.parametrize("error", [RuntimeError("geheim"), ConnectionResetError("of the database")])
async def test_an_error_in_the_middle(caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    client, parts = Client(), Parts(error)
    await sent(client, parts)
    assert (client.body, client.is_whole, parts.is_closed) == (b"one", False, True)
    [record] = caplog.records
    assert (record.levelno, vars(record)["event"]) == (logging.ERROR, "cut_off_answer")


async def test_head_makes_nothing() -> None:
    client, parts = Client(), Parts()
    await sent(client, parts, "HEAD")
    assert (client.body, client.is_whole, parts.is_closed) == (b"", True, False)
