"""A rehearsal: migrations are applied to a copy while clients run the statements of the release before."""

from api.command_error import CommandError


class RehearsalError(CommandError):
    """There can be no rehearsal; the message says why."""
