"""Start the service.

PostgreSQL is an embedded one, or that of DATABASE_URL.
"""

import argparse
from importlib import import_module

from api.server.logs.setup import configure_logging
from api.settings import Settings, read_log_format, read_log_level
from api.terminal import serve_lines


def prepare() -> None:
    """Have everything logged that is said from here on, the refusal of other settings too."""
    level, log_format = read_log_level(), read_log_format()
    # On a terminal this process says what there is to say as plain lines.
    configure_logging(level if log_format == "json" else "warning", log_format)
    serve_lines(logged=log_format == "json")


def run(_options: argparse.Namespace, settings: Settings) -> int:
    # Only now, so that whatever is wrong with a release or its statements is a line of the log.
    status: int = import_module("api.server.serve").serve(settings)
    return status
