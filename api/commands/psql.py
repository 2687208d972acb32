"""What `just psql` runs."""

import signal
import subprocess
from collections.abc import Sequence

from api.postgres.programs import find_binary


def run_psql(dsn: str, arguments: Sequence[str]) -> int:
    """Run psql until its user leaves it; returns its exit status."""
    # Ctrl-C is psql's, which cancels a statement by it. A handler that does nothing, as psql would inherit SIG_IGN.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run([find_binary("psql"), dsn, *arguments], check=False).returncode  # noqa: S603
    finally:
        signal.signal(signal.SIGINT, before)
