"""Tells whoever runs the service how it is: on the terminal, to `just reload`, and to systemd."""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress

from api.server.run_file import RunFile
from api.terminal import say, warn


class Announcements:
    """What the supervisor has to tell."""

    def __init__(self, address: str, file: RunFile | None, environment: Mapping[str, str] = os.environ) -> None:
        """Take the service's address, its file if that can be written, and the variables that systemd sets."""
        self._address = address
        self._file = file
        self._socket = environment.get("NOTIFY_SOCKET", "")
        # Seconds until systemd would end a service that doesn't say that it lives; it's told twice as often.
        self._watchdog = int(environment.get("WATCHDOG_USEC") or "0") / 1e6
        self._alive = 0.0

    def ready(self) -> None:
        self._notify("READY=1")
        say(f"ready: {self._address}")

    def renewal_began(self) -> None:
        say("replacing the workers")
        if self._file:
            self._file.begin()
        self._notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def renewal_ended(self, *, succeeded: bool) -> None:
        if succeeded:
            say("the workers were replaced")
        else:
            warn("a new worker didn't become ready: the workers that run stay")
        if self._file:
            self._file.end(succeeded=succeeded)
        self._notify("READY=1")

    def draining(self, seconds: int) -> None:
        say(f"stopping in {seconds} s, in which /health/ready answers 503; another signal ends them")

    def stopping(self) -> None:
        self._notify("STOPPING=1")

    def alive(self) -> None:
        """Say now and then that the supervisor's loop comes round."""
        if self._watchdog and time.monotonic() - self._alive > self._watchdog / 2:
            self._alive = time.monotonic()
            self._notify("WATCHDOG=1")

    def _notify(self, state: str) -> None:
        """Send systemd a state, as sd_notify(3) does."""
        if not self._socket:
            return
        # A name that begins so is of the abstract namespace.
        name = "\0" + self._socket[1:] if self._socket.startswith("@") else self._socket
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.sendto(state.encode(), name)
