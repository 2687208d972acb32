"""Prints the progress of migrations."""

from typing import Final

from api.migrations.patience import WAITS, Patience
from api.migrations.runner import Applied
from api.terminal import say

PATIENCE: Final = Patience(WAITS, say)


def say_applied(applied: Applied) -> None:
    say(f"{applied.id}  applied in {applied.seconds * 1000:.0f} ms")


def say_waiting() -> None:
    say("another run is migrating this database: waiting for it")
