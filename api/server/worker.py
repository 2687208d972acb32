"""A worker process: what is set up in it around its application."""

import asyncio
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from typing import Any, Final

from granian import _signals
from granian._granian import WorkerSignal
from litestar import Litestar

from api.app import create_app
from api.server.logs import configure_logging
from api.settings import read_settings

_PR_SET_PDEATHSIG: Final = 1
# Allocations between two collections of the youngest generation. Requests make no cycles to speak of, and a collection
# of what thousands of them have under way is the longest pause there is.
_YOUNGEST_THRESHOLD: Final = 50_000


def create_worker() -> Litestar:
    """Application of a worker that ends with its parent, and stops at the first signal, however many come.

    Raises:
        QueryFileError: a statement that nothing uses.
        SettingsError: a setting that can't be used.

    """
    _end_with_parent()
    _signals.set_loop_signals = _stop_once
    settings = read_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    # Run when the lifespan has begun: all that stays is there.
    app.on_startup.append(_freeze)
    return app


def _end_with_parent() -> None:
    """End when the process that started this one does, so that a killed service keeps no port."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # It may have ended before.
        if os.getppid() != parent.pid:
            os._exit(1)


def _freeze() -> None:
    """Have the garbage collector look no more through what is there now, and seldom through what comes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST_THRESHOLD, 20, 100)


def _stop_once(_: asyncio.AbstractEventLoop) -> Any:
    """Have the worker stop at the first signal, whenever it comes.

    A terminal's Ctrl-C and a supervisor's stop reach the whole group of processes: a worker gets that signal and then
    its parent's. granian's event takes one, and the second would block the worker for good. Nor are these handlers
    uvloop's: it loses a signal that comes while the loop isn't running, as between an application's start and its
    serving.
    """
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
