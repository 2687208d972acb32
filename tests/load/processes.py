"""Reads CPU time and memory of processes and their descendants from /proc."""

import os
from pathlib import Path
from typing import Final

_TICK: Final = 1_000_000 // os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name: user and system time of the process, and of its ended children.
_TIMES: Final = slice(11, 15)


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    pids = [pid]
    for found in pids:
        try:
            children = Path(f"/proc/{found}/task/{found}/children").read_text("ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pids += map(int, children)
    return pids


def cpu_microseconds(pid: int) -> int:
    """CPU time so far of a process and its descendants, with that of ended children that were waited for."""
    while True:
        pids = tree(pid)
        total = sum(map(_cpu, pids))
        # A process that was waited for meanwhile would count twice, or not at all.
        if tree(pid) == pids:
            return total


def _cpu(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[_TIMES])) * _TICK


def largest_memory(pid: int) -> int:
    """Resident memory of a server's largest worker in megabytes: of a descendant, or of a process that has none."""
    return max(_resident(found) for found in tree(pid)[1:] or [pid]) // 1_000_000


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
