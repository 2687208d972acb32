"""Lines for the person at the terminal."""

import sys


def say(line: str) -> None:
    """Print a line at once, so that a pipe shows it too while the command goes on."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def warn(line: str) -> None:
    """Print a line to where errors go."""
    sys.stderr.write(f"{line}\n")
