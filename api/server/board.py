"""Shared memory in which each worker says how it is, for its parent and the other workers."""

import mmap
import os
import sys
from enum import IntEnum
from tempfile import TemporaryFile
from typing import Final

_FIELDS: Final = 3
_INTEGER: Final = 8


class Stage(IntEnum):
    """How far a worker is: it takes no connections, as it starts or stops; it does; or it also has the database."""

    CLOSED = 0
    SERVING = 1
    READY = 2


class Row:
    """What one worker says; writing and reading one integer is atomic."""

    def __init__(self, cells: memoryview) -> None:
        self._cells = cells

    def clear(self) -> None:
        """Say that a new worker starts."""
        self._cells[0] = self._cells[1] = self._cells[2] = 0

    @property
    def stage(self) -> Stage:
        return Stage(self._cells[0])

    @stage.setter
    def stage(self, stage: Stage) -> None:
        self._cells[0] = stage

    @property
    def beats(self) -> int:
        """How often the worker's loop came round; one that is stopped or stuck counts no further."""
        return self._cells[1]

    @beats.setter
    def beats(self, beats: int) -> None:
        self._cells[1] = beats

    @property
    def connections(self) -> int:
        """How many connections the worker has."""
        return self._cells[2]

    @connections.setter
    def connections(self, count: int) -> None:
        self._cells[2] = count


class Board:
    """A row for each worker, behind what their parent says to all."""

    def __init__(self, descriptor: int) -> None:
        """Take an open file that `create_board` made."""
        self.descriptor = descriptor
        size = os.fstat(descriptor).st_size
        cells = memoryview(mmap.mmap(descriptor, size)).cast("q")
        self._header = cells[:1]
        self.rows = [Row(cells[start : start + _FIELDS]) for start in range(1, size // _INTEGER, _FIELDS)]

    @property
    def is_leaving(self) -> bool:
        """Whether the service is about to stop."""
        return self._header[0] == 1

    @is_leaving.setter
    def is_leaving(self, leaving: bool) -> None:
        self._header[0] = leaving


def create_board(rows: int) -> Board:
    """An empty board, in memory where the system can: a full disk must not end whoever writes to it."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("workers")
    else:
        with TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.truncate(descriptor, (1 + rows * _FIELDS) * _INTEGER)
    return Board(descriptor)
