"""What is logged when the same happens thousands of times a second."""

import logging

import pytest

from api.database.errors import translate
from api.logs import INTERVAL, Repetitions


def said(messages: list[tuple[float, str]]) -> list[str]:
    """What a filter lets through, of messages and their times."""
    repetitions = Repetitions()
    records = [logging.makeLogRecord({"created": created, "msg": message}) for created, message in messages]
    return [record.getMessage() for record in records if repetitions.filter(record)]


def test_a_message_comes_once_in_a_while_and_says_how_often_it_was() -> None:
    often = [(100 + INTERVAL * part / 1000, "busy") for part in range(1000)]
    assert said(often) == ["busy"]
    assert said([*often, (100 + INTERVAL, "busy")]) == ["busy", "busy (999 times more since the last time)"]


def test_another_message_is_another() -> None:
    assert said([(100, "busy"), (100, "away"), (100.1, "busy")]) == ["busy", "away"]


def test_what_comes_seldom_says_only_itself() -> None:
    assert said([(100 + INTERVAL * number, "busy") for number in range(3)]) == ["busy"] * 3


def test_refusals_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(10_000):
        assert translate(TimeoutError("too many"), {})
    assert 1 <= len(caplog.records) < 100
