"""Logging of a process: one line an event, to standard error."""

import logging
from math import inf
from time import monotonic
from typing import Final

from api.database import errors
from api.settings import LogLevel

# Seconds.
INTERVAL: Final = 1.0


class Repetitions(logging.Filter):
    """Leaves a message out that was logged less than a second ago, and counts it on the next line that says it.

    For messages of which there are few: a service that refuses thousands of requests a second would be slowed by
    saying so every time.
    """

    def __init__(self) -> None:
        super().__init__()
        # When a message was last logged, and how often it was left out since.
        self._logged: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        now = monotonic()  # a clock that is put back would silence a message for as long
        last, left_out = self._logged.get(message, (-inf, 0))
        if now - last < INTERVAL:
            self._logged[message] = (last, left_out + 1)
            return False
        self._logged[message] = (now, 0)
        if left_out:
            record.msg, record.args = "%s (%s times more since the last time)", (message, left_out)
        return True


# What a service under load says of each request that the database refuses.
_REPETITIONS: Final = Repetitions()


def configure_logging(level: LogLevel) -> None:
    """Log events of the service from `level` on."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    errors.logger.addFilter(_REPETITIONS)
