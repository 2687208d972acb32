"""Has somebody agree to what can't be taken back."""

import sys

from api.command_error import CommandError
from api.terminal import say


class NoConsentError(CommandError):
    """Nobody agreed; the message says to what."""


def ask_consent(what: str, *, yes: bool) -> None:
    """Ask on the terminal, unless `--yes` was given.

    Raises:
        NoConsentError: the answer isn't yes, or there's no terminal to ask on.

    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise NoConsentError(f"{what}; there is no terminal to ask on: agree with --yes")
    say(what)
    try:
        answer = input("Type yes to go on: ")
    except EOFError:
        answer = ""
    if answer.strip().lower() != "yes":
        raise NoConsentError("nothing was done")
