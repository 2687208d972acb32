"""What ends a command with a message instead of a traceback."""


class CommandError(Exception):
    """A command can't do what it was told; the message says why, in one line or one for each fault, without secrets."""
