"""Sets up the log of a process: all that is said goes through one filter and one format, whoever says it."""

import asyncio
import logging
import os
import sys
import threading
from io import FileIO, RawIOBase
from types import TracebackType
from typing import Any, Final

from api.server.logs.formats import JsonFormatter, TextFormatter
from api.server.logs.repetitions import Repetitions
from api.settings import LogFormat, LogLevel

# Says who got in, was refused or changed what protects an account, whatever the level.
SECURITY: Final = "api.security"

_OURS: Final = ("api", "nestwerk")

_Trace = TracebackType | None


class LineHandler(logging.Handler):
    """Writes each line at once and as a whole, so that lines of several processes don't mix.

    If a full disk cuts one off, its rest isn't kept, and the next one begins a line of its own.
    """

    def __init__(self, file: RawIOBase) -> None:
        super().__init__()
        self.file = file
        self._is_cut_off = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n".encode()
            if self._is_cut_off:
                line = b"\n" + line
            # None, where nobody reads a pipe that doesn't wait for it.
            if written := self.file.write(line):
                self._is_cut_off = written < len(line)
        except Exception:  # noqa: BLE001
            self.handleError(record)


def configure_logging(level: LogLevel, format: LogFormat) -> None:
    """Log to standard error from `level` on, also warnings and errors that nobody catches."""
    # Without a standard error, as after 2>&-, its number may be that of anything else.
    handler = LineHandler(FileIO(2, "w", closefd=False) if sys.__stderr__ else FileIO(os.devnull, "w"))
    handler.setFormatter(JsonFormatter() if format == "json" else TextFormatter())
    handler.addFilter(Repetitions())
    lowest = logging.getLevelNamesMapping()[level.upper()]
    # Of libraries only what is wrong: what else they tell may quote anything.
    logging.basicConfig(level=max(lowest, logging.WARNING), handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(lowest)
    logging.getLogger(SECURITY).setLevel(logging.INFO)
    # A line that can't be made or written, as on a full disk, is lost and nothing else.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda raised: _log_uncaught(raised.exc_type, raised.exc_value, raised.exc_traceback)
    threading.excepthook = lambda raised: _log_uncaught(raised.exc_type, raised.exc_value, raised.exc_traceback)


def log_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what an event loop can't tell anybody; its own handler would quote arguments and messages."""
    error = context.get("exception")
    # Behind this it has the function with its arguments.
    message = str(context.get("message", "")).partition(" in callback")[0]
    logging.getLogger("asyncio").error(
        "%s", message, exc_info=error, extra={"event": "loop_error", "kind": (message, type(error))}
    )


def _log_uncaught(kind: type[BaseException], error: BaseException | None, _trace: _Trace) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("api").critical(
        "uncaught exception", exc_info=error, extra={"event": "uncaught_exception", "kind": (kind,)}
    )
