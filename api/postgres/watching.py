"""Starts the embedded server again when it has ended, keeps its log small, and says when its WAL can't be archived."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.backup_age import waiting_wal_age
from api.postgres.embedded import EmbeddedServer
from api.terminal import say, warn

# Seconds between two looks at the server.
INTERVAL: Final = 0.25
# Seconds before it is started again: nothing at first, then twice as long after each attempt that fails.
FIRST_WAIT: Final = 0.1
LONGEST_WAIT: Final = 10.0
# Seconds that a server has to last, so that the next time it is started at once.
STEADY: Final = 30.0
# Seconds between two looks at what waits to be archived.
ARCHIVE_INTERVAL: Final = 10.0
_NOT_ARCHIVED: Final = "WAL isn't archived in BACKUP_DIR: it fills the disk of {0} until it is; {0}/server.log says why"
_ARCHIVES: Final = "WAL is archived again"


# Seconds that WAL waits before that is said. PostgreSQL tries again each minute, and keeps it until then.
ARCHIVE_PATIENCE: Final = 180.0


@contextmanager
def kept_running(server: EmbeddedServer | None) -> Iterator[None]:
    """Watch a started server within the block, if there is one, and start it again whenever it ends."""
    if server is None:
        yield
        return
    watcher = _Watcher(server)
    thread = threading.Thread(target=watcher.watch, name="postgres", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.stopping.set()
        thread.join()


class _Watcher:
    """Looks after a server, and says a line whenever its state changes."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.stopping = threading.Event()
        self._server = server
        self._wait = 0.0
        self._looked = 0.0
        self._archives = True

    def watch(self) -> None:
        """Look after the server until `stopping` is set."""
        started = time.monotonic()
        while not self.stopping.wait(INTERVAL):
            if self._server.is_running():
                self._server.keep_log_small()
                self._look_at_archive()
                continue
            if time.monotonic() - started > STEADY:
                self._wait = 0.0
            warn("PostgreSQL has ended: the service answers 503 until it runs again")
            self._restart()
            started = time.monotonic()

    def _look_at_archive(self) -> None:
        """Say when archiving has failed for long, and when it works again."""
        if time.monotonic() - self._looked < ARCHIVE_INTERVAL:
            return
        self._looked = time.monotonic()
        age = waiting_wal_age(self._server.data_dir)
        if self._archives is not (age is None or age < ARCHIVE_PATIENCE):
            self._archives = not self._archives
            say(_ARCHIVES if self._archives else _NOT_ARCHIVED.format(self._server.cluster))

    def _restart(self) -> None:
        said: set[str] = set()
        while not self.stopping.wait(self._wait):
            self._wait = min(max(self._wait * 2, FIRST_WAIT), LONGEST_WAIT)
            try:
                self._server.restart(self.stopping.is_set)
            except Exception as error:  # noqa: BLE001
                if self.stopping.is_set():
                    return
                # Numbers in messages, such as of processes, change each time.
                why = "".join(character for character in str(error) if not character.isdigit())
                if why not in said:
                    warn(f"PostgreSQL is tried again until it starts: {error}")
                said.add(why)
            else:
                say("PostgreSQL runs again")
                return
