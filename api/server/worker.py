"""What is set up in a worker process before its application."""

import asyncio
import signal
from typing import Any

from granian import _signals
from granian._granian import WorkerSignal
from litestar import Litestar

from api.app import create_app


def create_worker() -> Litestar:
    """The application of a worker that stops at the first signal, whenever it comes and however many do.

    A terminal's Ctrl-C and a supervisor's stop reach the whole group of processes: a worker gets that signal and then
    its parent's. granian's event takes one, and the second would block the worker for good. Nor are these handlers
    uvloop's: it loses a signal that comes while the loop isn't running, as between an application's start and its
    serving.
    """
    _signals.set_loop_signals = _stop_once
    return create_app()


def _stop_once(_: asyncio.AbstractEventLoop) -> Any:
    event = WorkerSignal()
    told = False

    def stop(*_: object) -> None:
        nonlocal told
        if not told:
            told = True
            event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return event
