"""Prints lines to the terminal."""

import sys


def say(line: str) -> None:
    """Print a line, and flush it so that it gets through a pipe at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def warn(line: str) -> None:
    """Print a line to stderr."""
    sys.stderr.write(f"{line}\n")
