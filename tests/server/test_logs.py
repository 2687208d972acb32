"""What is logged when the same happens thousands of times a second."""

import logging
from collections.abc import Callable

import pytest

from api.database.errors import translate
from api.server import logs
from api.server.logs import INTERVAL, Repetitions, configure_logging

Said = Callable[[list[tuple[float, str]]], list[str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What a filter lets through, of messages and their times."""

    def let_through(messages: list[tuple[float, str]]) -> list[str]:
        repetitions = Repetitions()
        passed = []
        for time, message in messages:
            monkeypatch.setattr(logs, "monotonic", lambda time=time: time)
            # By a clock that is put back with every message.
            record = logging.makeLogRecord({"created": -time, "msg": message})
            if repetitions.filter(record):
                passed.append(record.getMessage())
        return passed

    return let_through


def test_a_message_comes_once_in_a_while_and_says_how_often_it_was(said: Said) -> None:
    often = [(100 + INTERVAL * part / 1000, "busy") for part in range(1000)]
    assert said(often) == ["busy"]
    assert said([*often, (100 + INTERVAL, "busy")]) == ["busy", "busy (999 times more since the last time)"]


def test_another_message_is_another(said: Said) -> None:
    assert said([(100, "busy"), (100, "away"), (100.1, "busy")]) == ["busy", "away"]


def test_what_comes_seldom_says_only_itself(said: Said) -> None:
    assert said([(100 + INTERVAL * number, "busy") for number in range(3)]) == ["busy"] * 3


def test_refusals_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    configure_logging("info")
    # Whoever listened to the root logger before doesn't any more.
    logging.getLogger().addHandler(caplog.handler)
    for _ in range(10_000):
        assert translate(TimeoutError("too many"), {})
    assert 1 <= len(caplog.records) < 100
