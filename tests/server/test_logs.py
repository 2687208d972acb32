"""Logging of messages that repeat thousands of times a second."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from api.database.errors import translate
from api.server import logs
from api.server.logs import CAPACITY, INTERVAL, Repetitions, configure_logging

Said = Callable[[list[tuple[float, str]]], list[str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Messages that the filter passes, from pairs of time and message."""

    def let_through(messages: list[tuple[float, str]]) -> list[str]:
        repetitions = Repetitions()
        passed = []
        for time, message in messages:
            monkeypatch.setattr(logs, "monotonic", lambda time=time: time)
            # The wall clock is set back with every message.
            record = logging.makeLogRecord({"created": -time, "msg": message, "levelno": logging.WARNING})
            if repetitions.filter(record):
                passed.append(record.getMessage())
        return passed

    return let_through


def test_a_repeated_message_is_logged_once_a_second_with_its_count(said: Said) -> None:
    often = [(100 + INTERVAL * part / 1000, "busy") for part in range(1000)]
    assert said(often) == ["busy"]
    assert said([*often, (100 + INTERVAL, "busy")]) == ["busy", "busy (999 times more since the last time)"]


def test_messages_are_counted_separately(said: Said) -> None:
    assert said([(100, "busy"), (100, "away"), (100.1, "busy")]) == ["busy", "away"]


def test_a_rare_message_has_no_count(said: Said) -> None:
    assert said([(100 + INTERVAL * number, "busy") for number in range(3)]) == ["busy"] * 3


def test_many_different_messages_are_bounded_and_counted(said: Said) -> None:
    many = [(100.0, f"task {number}") for number in range(10 * CAPACITY)]
    assert said(many) == [f"task {number}" for number in range(CAPACITY)]
    assert said([*many, (100 + INTERVAL, "later")])[-1] == f"later ({9 * CAPACITY} of other kinds not logged)"


def test_what_is_remembered_is_bounded() -> None:
    repetitions = Repetitions()
    for number in range(10 * CAPACITY):
        repetitions.filter(logging.makeLogRecord({"msg": f"task {number}", "levelno": logging.ERROR}))
    assert len(repetitions._logged) == CAPACITY


@pytest.fixture
def logged() -> Iterator[Callable[[], list[str]]]:
    """Lines of the configured log."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("info")
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(output := StringIO())
    yield lambda: output.getvalue().splitlines()
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)


def test_refusals_do_not_flood_the_log(logged: Callable[[], list[str]]) -> None:
    for _ in range(10_000):
        assert translate(TimeoutError("too many"), {})
    assert 1 <= len(logged()) < 100


async def test_what_the_event_loop_says_does_not_flood_the_log(logged: Callable[[], list[str]]) -> None:
    loop = asyncio.get_running_loop()
    for number in range(1000):
        loop.call_exception_handler({"message": "lost", "exception": OSError(number), "protocol": object()})
    assert 1 <= sum("ERROR asyncio: lost" in line for line in logged()) < 10
