"""Shared memory in which each worker says how it is, for its parent and the other workers."""

import mmap
import os
import sys
from enum import IntEnum
from tempfile import TemporaryFile
from typing import Final

# Bytes of a row: numbers, then two pages for what a worker publishes. Memory that isn't written to isn't taken.
_PAGE: Final = 1024 * 1024
_HEAD: Final = 64
_ROW: Final = _HEAD + 2 * _PAGE


class Stage(IntEnum):
    """How far a worker is: it takes no connections, as it starts or stops; it does; or it also has the database."""

    CLOSED = 0
    SERVING = 1
    READY = 2


class Row:
    """What one worker says; writing and reading one integer is atomic."""

    def __init__(self, memory: memoryview) -> None:
        self._cells = memory[:_HEAD].cast("q")
        self._pages = [memory[start : start + _PAGE] for start in (_HEAD, _HEAD + _PAGE)]

    def clear(self) -> None:
        """Say that a new worker starts."""
        self._cells[:] = memoryview(bytes(_HEAD)).cast("q")

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

    def publish(self, data: bytes) -> None:
        """Have others read this, unless it's longer than a page.

        It's written to the page that isn't read, so that a worker which is killed meanwhile leaves what was there.
        """
        if len(data) <= _PAGE:
            following = self._cells[3] + 1
            self._pages[following % 2][: len(data)] = data
            self._cells[4 + following % 2] = len(data)
            self._cells[3] = following

    def published(self) -> bytes:
        """What was published last; empty at first."""
        while True:
            count = self._cells[3]
            data = bytes(self._pages[count % 2][: self._cells[4 + count % 2]])
            # After the next one a worker writes here again.
            if self._cells[3] == count:
                return data


class Board:
    """A row for each worker, behind what their parent says to all."""

    def __init__(self, descriptor: int) -> None:
        """Take an open file that `create_board` made."""
        self.descriptor = descriptor
        size = os.fstat(descriptor).st_size
        memory = memoryview(mmap.mmap(descriptor, size))
        self._header = memory[:_HEAD].cast("q")
        self.rows = [Row(memory[start : start + _ROW]) for start in range(_HEAD, size, _ROW)]

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
    os.truncate(descriptor, _HEAD + rows * _ROW)
    return Board(descriptor)
