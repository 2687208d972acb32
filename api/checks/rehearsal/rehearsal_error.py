"""What ends a rehearsal before it says anything."""

from api.command_error import CommandError


class RehearsalError(CommandError):
    """There can be no rehearsal; the message says why."""
