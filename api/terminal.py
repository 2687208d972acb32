"""Prints lines to the terminal; a service that isn't run from one logs them instead."""

import logging
import sys
from typing import TextIO

_logger = logging.getLogger("nestwerk")
_is_service = False
_is_logging = False


def serve_lines(*, logged: bool) -> None:
    """Have no line end the process from now on, as a full disk would, and all be `logged` in the log's format."""
    global _is_service, _is_logging
    _is_service, _is_logging = True, logged


def say(line: str) -> None:
    """Print a line, and flush it so that it gets through a pipe at once."""
    if _is_logging:
        _logger.info("%s", line)
    else:
        _print(line, sys.stdout)


def warn(line: str, level: int = logging.WARNING) -> None:
    """Print a line to stderr; `level` is its level as a line of the log."""
    if _is_logging:
        _logger.log(level, "%s", line)
    else:
        _print(line, sys.stderr)


def _print(line: str, stream: TextIO) -> None:
    try:
        stream.write(f"{line}\n")
        stream.flush()
    except OSError:
        if not _is_service:
            raise
