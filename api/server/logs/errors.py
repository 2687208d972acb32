"""What the log tells of an error: types and places, and no messages, which may quote what a client sent."""

from collections.abc import Iterator
from itertools import islice
from sysconfig import get_path
from traceback import walk_tb
from typing import Final

from api.command_error import CommandError
from api.paths import ROOT

# Frames of one error, errors behind it or in it, and lines of all of them; a recursion has thousands.
_MOST_FRAMES: Final = 50
_MOST_CAUSES: Final = 8
_MOST_LINES: Final = 200
_PLACES: Final = ("site-packages/", f"{get_path('stdlib')}/", f"{ROOT}/")


def describe(error: BaseException) -> str:
    """Type of an error, and its message where that is known to be one of ours or of the system."""
    name = type(error).__qualname__
    if isinstance(error, CommandError):
        return f"{name}: {error}"
    if isinstance(error, ImportError):
        return f"{name}: {error.name}"
    if isinstance(error, SyntaxError):
        # A fault of a release; its message may quote the line.
        return f"{name}: {_shortened(error.filename or '')}:{error.lineno}"
    # Without the file's name.
    return f"{name}: {error.strerror}" if isinstance(error, OSError) and error.strerror else name


def stack(error: BaseException) -> list[str]:
    """An error, its frames from the outermost on, then the same of those that it groups and of its causes."""
    return list(islice(_lines(error), _MOST_LINES))


def _lines(error: BaseException) -> Iterator[str]:
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            return
        yield describe(cause)
        frames = [
            f"{_shortened(frame.f_code.co_filename)}:{line} {frame.f_code.co_qualname}"
            for frame, line in walk_tb(cause.__traceback__)
            if not frame.f_code.co_filename.startswith("<frozen ")
        ]
        yield from frames[-_MOST_FRAMES:]
        if isinstance(cause, BaseExceptionGroup):
            for each in cause.exceptions[:_MOST_CAUSES]:
                lines = _lines(each)
                yield f"one of: {next(lines)}"
                yield from lines
        cause = cause.__cause__ or cause.__context__


def _shortened(path: str) -> str:
    for place in _PLACES:
        path = path.rpartition(place)[2]
    return path
