"""CPU time and memory of processes and all that they started, from /proc."""

import os
from pathlib import Path
from typing import Final

_TICK: Final = 1_000_000 // os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat, counted from the state behind the name: user and system time, and those of ended children.
_TIMES: Final = slice(11, 15)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    pids = [pid]
    for found in pids:
        try:
            children = Path(f"/proc/{found}/task/{found}/children").read_text("ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pids += map(int, children)
    return pids


def cpu_microseconds(pid: int) -> int:
    """CPU time of a process and all below it so far; that of children that ended and were waited for counts."""
    while True:
        pids = tree(pid)
        total = sum(map(_cpu, pids))
        # One that was waited for meanwhile would count twice, or not at all.
        if tree(pid) == pids:
            return total


def _cpu(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[_TIMES])) * _TICK


def largest_memory(pid: int) -> int:
    """Resident megabytes of the largest process below one: of a worker, where it's a server that has them."""
    return max((_resident(found) for found in tree(pid)[1:]), default=0) // 1_000_000


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
