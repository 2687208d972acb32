"""Threads of clients that ask without a pause."""

import threading
from typing import Self


class Clients:
    """Runs `_threads` within a block, at whose end `_stop` is set and they are waited for."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
