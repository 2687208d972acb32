"""What is set up in a worker process before its application."""

import asyncio
import signal
from typing import Any

from granian import _signals
from litestar import Litestar

from api.app import create_app


def create_worker() -> Litestar:
    """The application of a worker that stops at the first signal, however many come.

    A terminal's Ctrl-C and a supervisor's stop reach the whole group of processes: a worker gets that signal and then
    its parent's. granian's event takes one, and the second would block the worker for good.
    """
    _signals.set_loop_signals = _stop_once(_signals.set_loop_signals)
    return create_app()


def _stop_once(set_loop_signals: Any) -> Any:
    def set_them(loop: asyncio.AbstractEventLoop) -> Any:
        event = set_loop_signals(loop)
        told = False

        def stop() -> None:
            nonlocal told
            if not told:
                told = True
                event.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        return event

    return set_them
