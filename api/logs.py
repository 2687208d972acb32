"""Logging of a process: one line an event, to standard error."""

import logging

from api.settings import LogLevel


def configure_logging(level: LogLevel) -> None:
    """Log events of the service from `level` on."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
