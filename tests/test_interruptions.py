"""Signals are put off within a block, and none is lost."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from api.interruptions import put_off

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(Exception):  # noqa: N818
    pass


def end(number: int, _: object) -> None:
    raise Ended(signal.Signals(number).name)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.signal(number, end) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_takes_effect_after_the_block(number: signal.Signals) -> None:
    done = []

    def interrupted() -> None:
        with put_off():
            os.kill(os.getpid(), number)
            done.append("all")

    with pytest.raises(Ended, match=number.name):
        interrupted()
    assert done == ["all"]
    assert [signal.getsignal(each) for each in NUMBERS] == [end] * 3
    with pytest.raises(Ended, match=number.name):
        os.kill(os.getpid(), number)


def test_what_the_block_raises_is_not_forgotten() -> None:
    def interrupted() -> None:
        with put_off():
            os.kill(os.getpid(), signal.SIGTERM)
            raise ValueError

    with pytest.raises(Ended) as raised:
        interrupted()
    assert isinstance(raised.value.__context__, ValueError)


def test_several_signals_end_once() -> None:
    def interrupted() -> None:
        with put_off():
            for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
                os.kill(os.getpid(), number)

    with pytest.raises(Ended, match="SIGTERM"):
        interrupted()


def test_signals_that_do_not_end_all_take_effect() -> None:
    seen: list[int] = []
    for number in NUMBERS:
        signal.signal(number, lambda number, _: seen.append(number))
    with put_off():
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
        assert seen == []
    assert seen == [signal.SIGHUP, signal.SIGTERM]


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with put_off():
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        os.kill(os.getpid(), signal.SIGHUP)


def test_a_thread_has_nothing_to_put_off() -> None:
    seen = []

    def look() -> None:
        with put_off():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [end]
