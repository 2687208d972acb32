"""Starts, finds and stops the server process of a cluster."""

import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from api.interruptions import put_off
from api.postgres.programs import EmbeddedServerError, find_binary
from api.postgres.server_log import keep_small, open_log
from api.postgres.system_user import server_id, spawn_options

# Seconds; recovery of a large cluster after a crash takes long.
START_TIMEOUT: Final = 600
# Seconds that a signal gets to stop the server: the first rolls transactions back, the second leaves that to recovery.
_STOPPING: Final = ((signal.SIGINT, 60), (signal.SIGQUIT, 20))
# Seconds until processes that a killed server left are killed too, and until they have to be gone.
ORPHANS_GRACE: Final = 0.5
ORPHANS_TIMEOUT: Final = 10
POLL_INTERVAL: Final = 0.01
# PostgreSQL's message while such processes still use its memory.
_ORPHANS: Final = "pre-existing shared memory block"
_READY: Final = "ready"
# Lines of its log that say why it doesn't start, and not to a client that it hasn't started yet.
_REASON: Final = re.compile(r"(?:FATAL|PANIC):  (?!the database system is )")


class Postmaster:
    """The server process of a cluster, whoever started it."""

    def __init__(self, cluster: Path, start_timeout: float = START_TIMEOUT, programs: Path | None = None) -> None:
        self._cluster = cluster
        self._programs = programs
        self._start_timeout = start_timeout
        self._lock_file = cluster / "postmaster.pid"
        self._log = cluster / "server.log"
        # PostgreSQL's processes have it in their titles.
        self._name = f"nestwerk-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]}"
        # None if another process of ours started it.
        self._process: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self._is_server(self._lines()[0])

    def runs_with(self, settings: Mapping[str, str]) -> bool:
        """Whether the server, if it runs or else when it last did, was started with these settings."""
        with suppress(OSError):
            started_with = (self._cluster / "postmaster.opts").read_text()
            return all(f'"{name}={value}"' in started_with for name, value in settings.items())
        return False

    def start(self, settings: Mapping[str, str], given_up: Callable[[], bool] = lambda: False) -> None:
        """Start the server and wait until it takes connections, or until `given_up` says that nobody waits any more.

        Raises:
            EmbeddedServerError: it doesn't start, or what a killed server left doesn't end.

        """
        deadline = time.monotonic() + ORPHANS_TIMEOUT
        while True:
            self._end_orphans()
            # PostgreSQL would take any process of that number for its server.
            self._lock_file.unlink(missing_ok=True)
            why = self._start(settings, given_up)
            if why is None:
                return
            if _ORPHANS not in why or time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL does not start: {why} (see {self._log})")
            time.sleep(0.1)

    def keep_log_small(self) -> None:
        keep_small(self._log)

    def stop(self) -> None:
        """Stop the server, if it runs.

        Raises:
            EmbeddedServerError: it doesn't end.

        """
        pid = str(self._process.pid) if self._process else self._lines()[0]
        for number, seconds in _STOPPING:
            if not self.is_running():
                break
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)
            _wait(lambda: not self.is_running(), seconds)
        else:
            if self.is_running():
                raise EmbeddedServerError(f"PostgreSQL, process {pid}, does not end")
        self._process = None

    def _start(self, settings: Mapping[str, str], given_up: Callable[[], bool]) -> str | None:
        """Why the server doesn't start; None if it takes connections."""
        options = [f"{name}={value}" for name, value in {**settings, "cluster_name": self._name}.items()]
        log = open_log(self._log)
        try:
            # A base backup copies all files of the cluster, this one too, and PostgreSQL reads them.
            os.fchown(log, server_id(), -1)
            begin = os.fstat(log).st_size
            program = find_binary("postgres", self._programs)
            with put_off():
                self._process = subprocess.Popen(  # noqa: S603
                    [program, "-D", self._cluster, *(part for each in options for part in ("-c", each))],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self._cluster,
                    # Ctrl-C in a terminal isn't for it.
                    start_new_session=True,
                    **spawn_options(),
                )
        finally:
            os.close(log)
        _wait(lambda: self._is_ready() or not self.is_running() or given_up(), self._start_timeout)
        if self._is_ready():
            # The checkpointer, which sees to archive_timeout, sleeps for five minutes if it began during recovery.
            os.kill(self._process.pid, signal.SIGHUP)
            return None
        if self.is_running():
            return f"it isn't ready after {self._start_timeout:.0f} s" if not given_up() else "it is to stop"
        lines = self._log.read_bytes()[begin:].decode(errors="replace").splitlines()
        return next((line for line in reversed(lines) if _REASON.search(line)), "".join(lines[-1:]))

    def _is_ready(self) -> bool:
        lines = self._lines()
        return self._process is not None and lines[0] == str(self._process.pid) and lines[-1].strip() == _READY

    def _lines(self) -> list[str]:
        """Lines of the server's lock file: the first is its process, the last its state."""
        with suppress(OSError):
            return self._lock_file.read_text().splitlines() or [""]
        return [""]

    def _is_server(self, pid: str) -> bool:
        """Whether a process is this cluster's server; PostgreSQL itself accepts any process with that number."""
        if not pid.isdigit():
            return False
        if not Path("/proc/self").exists():
            with suppress(ProcessLookupError):
                os.kill(int(pid), 0)
                return True
            return False
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self._cluster
        except PermissionError:
            # In a container even root may not read that, so the process's name and state have to do.
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
            return name == "postgres" and not rest.startswith("Z")
        except OSError:
            return False

    def _end_orphans(self) -> None:
        """End what a killed server left: a backend in the middle of a statement goes on with it, and may write."""
        started = time.monotonic()
        while pids := self._processes():
            waited = time.monotonic() - started
            if waited > ORPHANS_TIMEOUT:
                raise EmbeddedServerError(f"processes of a killed PostgreSQL do not end: {', '.join(map(str, pids))}")
            for pid in pids if waited > ORPHANS_GRACE else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(POLL_INTERVAL)

    def _processes(self) -> list[int]:
        """Processes of the cluster by their titles, where Linux shows them."""
        title, option = f"postgres: {self._name}: ".encode(), f"\0cluster_name={self._name}\0".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                if (command.startswith(title) or option in command) and folder.stat().st_uid == server_id():
                    found.append(int(folder.name))
        return found


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until a condition holds, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
