"""Signals that interrupt a command, and puts them off while what it does can't be taken back half-way."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_NUMBERS: Final[tuple[int, ...]] = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], object]


def interrupt(number: int, _: object) -> None:
    """End as Ctrl-C does: what was begun is taken back, and a server that was started is stopped.

    Raises:
        KeyboardInterrupt: always.

    """
    raise KeyboardInterrupt(f"ended by {signal.Signals(number).name}")


@contextmanager
def put_off() -> Iterator[None]:
    """Have signals that Python handles, and that arrive within the block, take effect at its end.

    A process that is started while one of them raises runs on, and nobody knows it. The handlers run in the main
    thread, so that in others there is nothing to put off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers: dict[int, _Handler] = {}
    arrived: list[int] = []
    over = False

    def note(number: int, frame: FrameType | None) -> None:
        if over:
            # It came while the handlers were put back.
            handlers[number](number, frame)
        else:
            arrived.append(number)

    try:
        for number in _NUMBERS:
            handler = signal.getsignal(number)
            if callable(handler):
                handlers[number] = handler
                signal.signal(number, note)
        yield
    finally:
        over = True
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(arrived):
            handlers[number](number, None)
