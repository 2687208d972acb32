"""Logging configuration: one line an event, to standard error, and one a second for events that repeat."""

import logging
from math import inf
from time import monotonic
from typing import Final

from api.settings import LogLevel

# Seconds.
INTERVAL: Final = 1.0
# Most kinds that are remembered, which bounds memory, and the lines of a second.
CAPACITY: Final = 256

Kind = tuple[object, ...]


class Repetitions(logging.Filter):
    """Drops warnings and errors of a kind that was logged less than a second ago; its next line says how many.

    Thousands of failed requests a second would slow the service down and fill its disk if it logged each. The kind is
    the record's attribute `kind`, or else its logger, the first line of its message, and the type of its exception.
    """

    def __init__(self) -> None:
        super().__init__()
        # By kind, in order: when it was last logged, and how often it was dropped since.
        self._logged: dict[Kind, tuple[float, int]] = {}
        # Dropped since the last line, of kinds that weren't remembered.
        self._others = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        kind = _kind(record)
        now = monotonic()  # a clock that is set back would silence messages for as long
        last, dropped = self._logged.pop(kind, (-inf, 0))
        if now - last < INTERVAL:
            self._logged[kind] = (last, dropped + 1)
            return False
        self._forget(now)
        if len(self._logged) >= CAPACITY:
            self._others += 1
            return False
        self._logged[kind] = (now, 0)
        others, self._others = self._others, 0
        _append(record, dropped, others)
        return True

    def _forget(self, now: float) -> None:
        """Forget kinds that would be logged again anyway, until there's room."""
        if len(self._logged) < CAPACITY:
            return
        for kind, (last, dropped) in list(self._logged.items()):
            if now - last >= INTERVAL:
                del self._logged[kind]
                self._others += dropped


def configure_logging(level: LogLevel) -> None:
    """Configure the logging of a process; `level` is the lowest that is logged.

    Everything goes through one filter, also what libraries and the event loop log.
    """
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.captureWarnings(capture=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(Repetitions())


def _kind(record: logging.LogRecord) -> Kind:
    kind: Kind | None = getattr(record, "kind", None)
    if kind is None:
        error = record.exc_info[0] if record.exc_info else None
        kind = (record.getMessage().partition("\n")[0], error)
    return (record.name, *kind)


def _append(record: logging.LogRecord, dropped: int, others: int) -> None:
    counts = [
        f"{dropped} times more since the last time" if dropped else "",
        f"{others} of other kinds not logged" if others else "",
    ]
    if said := ", ".join(filter(None, counts)):
        record.msg, record.args = "%s (%s)", (record.getMessage(), said)
