"""A rehearsal: migrations are applied to a copy while clients run the statements of the release before."""


class RehearsalError(Exception):
    """There can be no rehearsal; the message says why."""
