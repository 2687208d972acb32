"""Accepts connections from a socket that the workers share, so that each has about as many."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from time import monotonic
from typing import Final

logger = logging.getLogger(__name__)

# Seconds that a worker with more connections than others leaves new ones to them. In its first rounds of the loop it
# goes on looking whether they took them, which is cheap; after those it would only burn time.
_STEP_BACK: Final = 0.002
_ROUNDS: Final = 20
# Connections that are taken at once: so many at least, or for each second since the last look, which costs a quarter of
# the time; and at most, as requests wait meanwhile.
_LEAST: Final = 16
_RATE: Final = 2500
_MOST: Final = 128
# Seconds until it tries again after it had no file for a connection.
_NO_FILES: Final = 0.25
_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Listener:
    """Takes connections while `may_accept` says so, of the number that are opening.

    A worker that has more than its share leaves a connection to others for a moment, and takes it if they don't: they
    may be busy.
    """

    def __init__(
        self,
        listening: socket.socket,
        make_protocol: Callable[[], asyncio.Protocol],
        *,
        may_accept: Callable[[int], bool],
        is_exceeded: Callable[[int], bool],
    ) -> None:
        """Take a listening socket, and what says whether this worker has its share."""
        # Another worker may take the connection that was to be accepted.
        listening.setblocking(False)  # noqa: FBT003
        self._listening = listening
        self._make_protocol = make_protocol
        self._may_accept = may_accept
        self._is_exceeded = is_exceeded
        self._loop = asyncio.get_running_loop()
        # Runs while it takes none, as there is no file for one.
        self._pause: asyncio.TimerHandle | None = None
        # Runs while this worker leaves connections to others.
        self._stepping_back: asyncio.TimerHandle | None = None
        # Rounds in which it still looks whether others took them.
        self._rounds = 0
        self._opening: set[asyncio.Task[object]] = set()
        # When connections were looked at last.
        self._last = monotonic()

    def start(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listening.fileno(), self._accept)

    def stop(self) -> None:
        """Take the connections that wait, as there may be nobody else to, and no more."""
        self._loop.remove_reader(self._listening.fileno())
        while self._may_accept(len(self._opening)) and self._take():
            pass
        for timer in (self._pause, self._stepping_back):
            if timer is not None:
                timer.cancel()
        self._listening.close()

    def _accept(self) -> None:
        last, self._last = self._last, monotonic()
        for _ in range(min(_MOST, max(_LEAST, int((self._last - last) * _RATE)))):
            if not self._may_accept(len(self._opening)):
                self._pause_for_files()
                return
            if self._is_exceeded(len(self._opening)):
                self._step_back()
                return
            if not self._take():
                return

    def _step_back(self) -> None:
        """Leave a connection to others; the loop asks again in its next rounds, unless one takes it."""
        if self._stepping_back is None:
            self._stepping_back = self._loop.call_later(_STEP_BACK, self._accept_after_all)
            self._rounds = _ROUNDS
        self._rounds -= 1
        if not self._rounds:
            self._loop.remove_reader(self._listening.fileno())

    def _accept_after_all(self) -> None:
        self._stepping_back = None
        if self._pause is None:
            self.start()
            if self._may_accept(len(self._opening)):
                self._take()

    def _take(self) -> bool:
        """Accept a connection; says whether there was one."""
        try:
            accepted, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            logger.warning("a connection can't be accepted: %s", error.strerror)
            self._pause_for_files()
            return False
        accepted.setblocking(False)  # noqa: FBT003
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._make_protocol, accepted))
        self._opening.add(task)
        task.add_done_callback(self._opened)
        return True

    def _opened(self, task: asyncio.Task[object]) -> None:
        self._opening.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("a connection was lost before it was open", extra={"error": type(error).__name__})

    def _pause_for_files(self) -> None:
        self._loop.remove_reader(self._listening.fileno())
        if self._pause is None:
            self._pause = self._loop.call_later(_NO_FILES, self.start)
