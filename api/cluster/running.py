"""Runs the programs of the cluster: each is started again some seconds after it ends, as systemd would."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from api.atomic_write import atomic_write
from api.cluster.programs import Program
from api.interruptions import put_off
from api.paths import ROOT
from api.terminal import say

# Seconds after which an ended program is started again: longer than the others take to have a new leader.
RESTART: Final = 30.0
# Seconds that a program has to end.
_PATIENCE: Final = 20.0
_POLL: Final = 0.05
_PR_SET_CHILD_SUBREAPER: Final = 36
_PIDS: Final = "pids.json"


def adopt() -> None:
    """Have this process be the parent of what programs leave behind; it stays so, so that's for the recipe alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


class Running:
    """Programs that run, by name; the folder's logs have what they print.

    Whatever process has one has no other children: those that end are forgotten, whoever started them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._programs: dict[str, Program] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: dict[str, float] = {}

    def start(self, program: Program) -> None:
        """Start a program, which is kept running from now on."""
        with self.log(program.name).open("ab") as log, put_off():
            # Ctrl-C is for whoever runs the cluster, which then stops all in order.
            self._processes[program.name] = subprocess.Popen(  # noqa: S603
                program.command, cwd=ROOT, env=program.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._programs[program.name] = program
        self._ended.pop(program.name, None)
        self._write_pids()

    def tend(self) -> None:
        """Notice which programs have ended, and start those again that ended a while ago."""
        self._reap()
        for name, process in self._processes.items():
            if process.poll() is not None and name not in self._ended:
                self._ended[name] = time.monotonic()
                say(f"{name} ended ({process.returncode}), and starts again in {RESTART:.0f} s")
        for name, moment in list(self._ended.items()):
            if time.monotonic() - moment > RESTART:
                self.start(self._programs[name])
                say(f"{name} was started again")

    def _reap(self) -> None:
        """Forget the children of programs that outlived their parents, as PostgreSQL does its Patroni's helper.

        Otherwise they seem to run until the system's first process, which isn't in a hurry on each, forgets them.
        """
        own = {process.pid for process in self._processes.values()}
        with suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if ended.si_pid in own:
                    return
                os.waitpid(ended.si_pid, os.WNOHANG)

    def first_ended(self) -> str | None:
        """Name of a program that has ended, if one has."""
        self._reap()
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def stop(self) -> None:
        """Stop all, what was started last first: the service, then the nodes, then etcd; no signal cuts that short."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for kind in _kinds(list(self._processes)):
            for name in kind:
                with suppress(ProcessLookupError):
                    self._processes[name].terminate()
            deadline = time.monotonic() + _PATIENCE
            for name in kind:
                process = self._processes[name]
                while process.poll() is None and time.monotonic() < deadline:
                    # Patroni waits for its PostgreSQL, which is this process's child.
                    self._reap()
                    time.sleep(_POLL)
                if process.poll() is None:
                    process.kill()
                    process.wait()
        (self.folder / _PIDS).unlink(missing_ok=True)

    def _write_pids(self) -> None:
        pids = {name: (process.pid, _started(process.pid)) for name, process in self._processes.items()}
        with atomic_write(self.folder / _PIDS, mode=0o600) as writing:
            json.dump(pids, writing)


def _kinds(names: Sequence[str]) -> list[list[str]]:
    """Names in the order in which they are stopped; those of one kind together."""
    services = [name for name in names if name.startswith("service")]
    nodes = [name for name in names if name.startswith("node")]
    return [services, nodes, [name for name in names if name not in {*services, *nodes}]]


def read_pids(folder: Path) -> dict[str, int]:
    """Processes that run, by the names of their programs."""
    with suppress(FileNotFoundError):
        pids = json.loads((folder / _PIDS).read_text())
        return {name: pid for name, (pid, started) in pids.items() if started and _started(pid) == started}
    return {}


def _started(pid: int) -> str:
    """When a process started, in ticks, which tells it from others that get its number; "" if it's gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""


def kill_at_once(folder: Path, name: str, pid: int) -> None:
    """End a program with all its processes, as a machine ends that loses its power; a node's PostgreSQL too."""
    pids = [pid]
    with suppress(OSError, ValueError, IndexError):
        # It isn't Patroni's child, so that it outlives a Patroni that is restarted.
        pids.append(int((folder / name / "data" / "postmaster.pid").read_text().splitlines()[0]))
    for each in pids:
        _kill_family(each)


def _kill_family(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        for child in _children(pid):
            _kill_family(child)
        os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    return []
