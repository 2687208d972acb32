"""Prints lines to the terminal; a service that isn't run from one logs them instead."""

import logging
import sys

_logger = logging.getLogger("nestwerk")
_is_logging = False


def log_lines() -> None:
    """Have all further lines logged, in the format of the log."""
    global _is_logging  # noqa: PLW0603
    _is_logging = True


def say(line: str) -> None:
    """Print a line, and flush it so that it gets through a pipe at once."""
    if _is_logging:
        _logger.info("%s", line)
        return
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def warn(line: str, level: int = logging.WARNING) -> None:
    """Print a line to stderr; `level` is its level as a line of the log."""
    if _is_logging:
        _logger.log(level, "%s", line)
        return
    sys.stderr.write(f"{line}\n")
