"""The workers that there are to be, and the processes that are them."""

import subprocess
import time

from api.server.board import Row


class Worker:
    """A worker's process, its row on the board, and when it was started and last heard of."""

    def __init__(self, process: "subprocess.Popen[bytes]", row: Row) -> None:
        self.process = process
        self.row = row
        self.started = self.heard = time.monotonic()
        self.beats = 0

    @property
    def age(self) -> float:
        return time.monotonic() - self.started


class Place:
    """One of the workers that there are to be, with its successor while it's being replaced."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self.successor: Worker | None = None
        self.wait = 0.0
        self.start_at = 0.0
