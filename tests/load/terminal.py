"""Words for whoever waits."""

import sys


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    """Print a line to where errors go."""
    sys.stderr.write(f"{line}\n")
