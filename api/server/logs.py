"""Logging configuration: one line an event, to standard error."""

import logging
from math import inf
from time import monotonic
from typing import Final

from api.database import errors
from api.settings import LogLevel

# Seconds.
INTERVAL: Final = 1.0


class Repetitions(logging.Filter):
    """Drops a message that was logged less than a second ago; its next line says how many were dropped.

    Thousands of refused requests a second would slow the service down if it logged each. It remembers every message,
    so there must be few different ones.
    """

    def __init__(self) -> None:
        super().__init__()
        # By message: when it was last logged, and how often it was dropped since.
        self._logged: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        now = monotonic()  # a clock that is set back would silence messages for as long
        last, dropped = self._logged.get(message, (-inf, 0))
        if now - last < INTERVAL:
            self._logged[message] = (last, dropped + 1)
            return False
        self._logged[message] = (now, 0)
        if dropped:
            record.msg, record.args = "%s (%s times more since the last time)", (message, dropped)
        return True


# For the messages about requests that the database refuses.
_REPETITIONS: Final = Repetitions()


def configure_logging(level: LogLevel) -> None:
    """Configure the logging of a process; `level` is the lowest that is logged."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    errors.logger.addFilter(_REPETITIONS)
