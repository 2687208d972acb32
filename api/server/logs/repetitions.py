"""Has events that repeat logged once a second."""

import logging
from math import inf
from time import monotonic
from typing import Final

from api.server.logs.formats import message_of

# Seconds.
INTERVAL: Final = 1.0
# Most kinds that are remembered, which bounds memory, and the lines of a second.
CAPACITY: Final = 256

Kind = tuple[object, ...]


class Repetitions(logging.Filter):
    """Drops warnings and errors of a kind that was logged less than a second ago; its next line says how many.

    So it does with lesser records that say of which kind they are.

    It says so in `repeated`, and in `others` how many of kinds that weren't remembered.

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
        if record.levelno < logging.WARNING and not hasattr(record, "kind"):
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
        record.repeated, record.others = dropped or None, self._others or None
        self._others = 0
        return True

    def _forget(self, now: float) -> None:
        """Forget kinds that would be logged again anyway, until there's room."""
        if len(self._logged) < CAPACITY:
            return
        for kind, (last, dropped) in list(self._logged.items()):
            if now - last >= INTERVAL:
                del self._logged[kind]
                self._others += dropped


def _kind(record: logging.LogRecord) -> Kind:
    kind: Kind | None = getattr(record, "kind", None)
    if kind is None:
        error = record.exc_info[0] if record.exc_info else None
        kind = (message_of(record).partition("\n")[0], error)
    return (record.name, *kind)
