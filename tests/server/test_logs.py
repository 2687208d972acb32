"""Logging of messages that repeat thousands of times a second."""

import logging
from collections.abc import Callable

import pytest

from api.database.errors import translate
from api.server import logs
from api.server.logs import INTERVAL, Repetitions, configure_logging

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
            record = logging.makeLogRecord({"created": -time, "msg": message})
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


def test_refusals_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    configure_logging("info")
    # configure_logging has removed the root logger's handlers.
    logging.getLogger().addHandler(caplog.handler)
    for _ in range(10_000):
        assert translate(TimeoutError("too many"), {})
    assert 1 <= len(caplog.records) < 100
