"""A worker process: its signals, logging and garbage collection, around the application."""

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
# Allocations between two collections of the youngest generation. Requests make hardly any cycles, and a collection
# while thousands of them are in progress is a worker's longest pause.
_YOUNGEST_THRESHOLD: Final = 50_000


def create_worker() -> Litestar:
    """Set up a worker that ends with its parent and stops at the first signal; returns its application.

    Raises:
        QueryFileError: a statement isn't used.
        SettingsError: a setting is invalid.

    """
    _end_with_parent()
    _signals.set_loop_signals = _stop_once
    settings = read_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    # Startup hooks run after the lifespan has begun, so all lasting objects exist.
    app.on_startup.append(_freeze)
    return app


def _end_with_parent() -> None:
    """Have Linux kill this process when its parent ends, so that a killed service keeps no port."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have ended before.
        if os.getppid() != parent.pid:
            os._exit(1)


def _freeze() -> None:
    """Exclude all current objects from garbage collection, and collect later ones seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST_THRESHOLD, 20, 100)


def _stop_once(_: asyncio.AbstractEventLoop) -> Any:
    """Signal handlers that stop the worker at the first signal and ignore others; returns granian's event.

    Ctrl-C in a terminal and a supervisor's stop reach the whole process group, so a worker gets that signal and then
    its parent's; setting granian's event twice would block the worker for good. The handlers aren't uvloop's: it loses
    signals while the loop isn't running, as between an application's startup and its serving.
    """
    event = WorkerSignal()
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return event
