"""Prints the progress of migrations."""

from api.migrations.runner import Applied
from api.terminal import say


def say_applied(applied: Applied) -> None:
    say(f"{applied.id}  applied in {applied.seconds * 1000:.0f} ms")


def say_waiting() -> None:
    say("another run is migrating this database: waiting for it")
