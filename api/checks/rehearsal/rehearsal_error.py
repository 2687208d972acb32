"""The error of rehearsals."""

from api.command_error import CommandError


class RehearsalError(CommandError):
    """The rehearsal isn't possible; the message says why."""
