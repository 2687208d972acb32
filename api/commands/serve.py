"""Start the service.

PostgreSQL is an embedded one, or that of DATABASE_URL.
"""

import argparse

from api.server.logs.setup import configure_logging
from api.server.serve import serve
from api.settings import Settings, read_log_format, read_log_level
from api.terminal import log_lines


def prepare() -> None:
    """Have everything logged that is said from here on, the refusal of other settings too."""
    log_format = read_log_format()
    configure_logging(read_log_level(), log_format)
    if log_format == "json":
        log_lines()


def run(_options: argparse.Namespace, settings: Settings) -> int:
    return serve(settings)
