"""Lines of the log: their fields, what they leave out, and events that repeat thousands of times a second."""

import asyncio
import gc
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from errno import ENOSPC
from io import FileIO, RawIOBase
from math import inf
from typing import Any

import pytest

from api.auth.security_events import tell
from api.database.errors import translate
from api.http.current import begin_request
from api.paths import ROOT
from api.server.logs import repetitions
from api.server.logs.formats import JsonFormatter, TextFormatter
from api.server.logs.repetitions import CAPACITY, INTERVAL, Repetitions
from api.server.logs.setup import LineHandler, configure_logging, log_loop_error
from api.setting_values import SettingsError

Said = Callable[[list[tuple[float, str]]], list[str]]


@pytest.fixture(autouse=True)
def no_request() -> None:
    """Forget what other tests asked for in this process."""
    begin_request(None)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Messages that the filter passes, from pairs of time and message."""

    def let_through(messages: list[tuple[float, str]]) -> list[str]:
        throttle, formatter = Repetitions(), TextFormatter()
        passed = []
        for time, message in messages:
            monkeypatch.setattr(repetitions, "monotonic", lambda time=time: time)
            # The wall clock is set back with every message.
            record = logging.makeLogRecord({"created": -time, "msg": message, "levelno": logging.WARNING})
            if throttle.filter(record):
                passed.append(formatter.format(record).partition(": ")[2])
        return passed

    return let_through


def test_a_repeated_message_is_logged_once_a_second_with_its_count(said: Said) -> None:
    often = [(100 + INTERVAL * part / 1000, "busy") for part in range(1000)]
    assert said(often) == ["busy"]
    assert said([*often, (100 + INTERVAL, "busy")]) == ["busy", "busy repeated=999"]


def test_messages_are_counted_separately(said: Said) -> None:
    assert said([(100, "busy"), (100, "away"), (100.1, "busy")]) == ["busy", "away"]


def test_a_rare_message_has_no_count(said: Said) -> None:
    assert said([(100 + INTERVAL * number, "busy") for number in range(3)]) == ["busy"] * 3


def test_many_different_messages_are_bounded_and_counted(said: Said) -> None:
    many = [(100.0, f"task {number}") for number in range(10 * CAPACITY)]
    assert said(many) == [f"task {number}" for number in range(CAPACITY)]
    assert said([*many, (100 + INTERVAL, "later")])[-1] == f"later others={9 * CAPACITY}"


def test_what_is_remembered_is_bounded() -> None:
    throttle = Repetitions()
    for number in range(10 * CAPACITY):
        throttle.filter(logging.makeLogRecord({"msg": f"task {number}", "levelno": logging.ERROR}))
    assert len(throttle._logged) == CAPACITY


class Disk(RawIOBase):
    """A file on a disk that has room for some bytes."""

    def __init__(self, room: float) -> None:
        self.room = room
        self.written = b""

    def write(self, data: Any) -> int:
        if not self.room:
            raise OSError(ENOSPC, "No space left on device")
        taken = bytes(data[: int(min(self.room, len(data)))])
        self.room -= len(taken)
        self.written += taken
        return len(taken)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Lines of the configured log, as JSON."""
    root = logging.getLogger()
    for owner, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, hook, getattr(owner, hook))
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    handlers, level, own = root.handlers[:], root.level, logging.getLogger("api").level
    configure_logging("info", "json")
    line_handler().file = disk = Disk(inf)
    yield lambda: [json.loads(line) for line in disk.written.splitlines()]
    root.handlers, root.level = handlers, level
    logging.getLogger("api").setLevel(own)
    logging.captureWarnings(capture=False)


def line_handler() -> LineHandler:
    """Ours; pytest has its own beside it."""
    [handler] = [each for each in logging.getLogger().handlers if isinstance(each, LineHandler)]
    return handler


Logged = Callable[[], list[dict[str, Any]]]


def test_refusals_do_not_flood_the_log(logged: Logged) -> None:
    for _ in range(10_000):
        assert translate(TimeoutError("too many"), {})
    assert 1 <= len(logged()) < 100


async def test_what_the_event_loop_says_does_not_flood_the_log(logged: Logged) -> None:
    loop = asyncio.get_running_loop()
    for number in range(1000):
        log_loop_error(loop, {"message": "lost", "exception": OSError(number), "protocol": object()})
    lines = logged()
    assert 1 <= len(lines) < 10
    assert (lines[0]["message"], lines[0]["event"], lines[0]["error"]) == ("lost", "loop_error", "OSError")


async def test_what_fails_in_a_callback_or_a_task_is_told_without_its_arguments(logged: Logged) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(log_loop_error)
    try:
        loop.call_soon(int, "geheim")
        failing = loop.create_task(fail("geheim"), name="geheim")
        await asyncio.wait([failing])
        del failing
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)
    # What others left may be collected too.
    told = [line["message"] for line in logged() if line["event"] == "loop_error"]
    assert told == ["Exception", "Task exception was never retrieved"]
    assert "geheim" not in json.dumps(logged())


async def fail(text: str) -> None:
    raise ValueError(text)


def test_an_error_is_one_line_with_types_and_places(logged: Logged) -> None:
    try:
        try:
            raise PermissionError(13, "Permission denied", "/home/geheim")
        except OSError as error:
            one = TypeError("geheim")
            one.__cause__ = SyntaxError("geheim", (f"{ROOT}/api/app.py", 7, 1, "geheim"))
            raise ExceptionGroup("geheim", [one, ValueError("geheim")]) from error
    except ExceptionGroup:
        logging.getLogger("some.library").exception("it failed")
    [line] = logged()
    assert line["ts"].endswith("Z")
    assert (line["level"], line["logger"], line["message"]) == ("error", "some.library", "it failed")
    place = "tests/server/test_logs.py:"
    told = [part.partition(":")[0] + ":" if part.startswith(place) else part for part in line["stack"]]
    assert told == [
        *("ExceptionGroup", place),
        *("one of: TypeError", "SyntaxError: api/app.py:7", "one of: ValueError"),
        *("PermissionError: Permission denied", place),
    ]


def test_records_that_are_made_wrongly_are_logged_nevertheless(logged: Logged) -> None:
    logging.getLogger("some.library").error("%s and %d", *["one"])
    assert [line["message"] for line in logged()] == ["%s and %d"]
    # Not logged here, as pytest couldn't pass it on.
    half = logging.makeLogRecord({"msg": "half a character \ud800, a line\nand another"})
    assert json.loads(JsonFormatter().format(half))["message"] == "half a character \\ud800, a line\nand another"


def test_warnings_and_what_nobody_catches(logged: Logged) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    for hook in (sys.excepthook, lambda *error: threading.excepthook(threading.ExceptHookArgs((*error, None)))):
        hook(ValueError, ValueError("geheim"), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    sys.excepthook(SettingsError, SettingsError("PORT='x' is not a whole number"), None)
    warning, uncaught, settings = logged()
    assert (warning["logger"], warning["level"]) == ("py.warnings", "warning")
    assert "DeprecationWarning: old" in warning["message"]
    assert (uncaught["event"], uncaught["level"], uncaught["stack"]) == (
        "uncaught_exception",
        "critical",
        ["ValueError"],
    )
    assert settings["error"] == "SettingsError: PORT='x' is not a whole number"


def test_a_stream_that_takes_nothing_ends_nothing(logged: Logged, capsys: pytest.CaptureFixture[str]) -> None:
    with FileIO("/dev/full", "w") as full:
        line_handler().file = full
        logging.getLogger("some.library").error("nobody hears this")
    assert capsys.readouterr().err == ""


def test_a_disk_that_was_full_costs_the_lines_that_had_no_room(logged: Logged) -> None:
    line_handler().file = disk = Disk(200)
    for number in range(5):
        logging.getLogger("some.library").error("%d %s", number, "x" * 20)
    disk.room = 10_000
    logging.getLogger("some.library").error("later")
    first, cut_off, last = disk.written.decode().splitlines()
    assert json.loads(first)["message"].startswith("0 ")
    assert cut_off.startswith('{"ts":')
    assert json.loads(last)["message"] == "later"


def test_security_events_are_heard_at_any_level(logged: Logged) -> None:
    logging.getLogger("api").setLevel(logging.ERROR)
    logging.getLogger("api.database.errors").warning("not heard")
    for _ in range(2):
        tell("logged_in", 5)
        tell("login_refused", 5)
        tell("login_refused")
        tell("email_change_asked", 5)
    events = [(line["event"], line["level"], line.get("user_id")) for line in logged()]
    # Those that a client can cause as often as it likes are throttled, by account.
    assert events == [
        ("logged_in", "info", 5),
        ("login_refused", "warning", 5),
        ("login_refused", "warning", None),
        ("email_change_asked", "info", 5),
        ("logged_in", "info", 5),
    ]


def test_text_has_the_same_fields_and_a_frame_a_line() -> None:
    record = logging.makeLogRecord(
        {"created": 0.0, "name": "api", "msg": "slow\nrequest", "levelname": "WARNING", "ms": 7}
    )
    assert TextFormatter().format(record) == "1970-01-01T00:00:00.000Z WARNING api: slow | request ms=7"
    record.exc_info = (ValueError, ValueError("geheim"), None)
    assert TextFormatter().format(record).splitlines()[1:] == ["  ValueError"]
