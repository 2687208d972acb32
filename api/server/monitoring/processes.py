"""What the parent says of the service's processes."""

import os
import resource
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

from api.metrics import Labels, Reading
from api.server.board import Stage
from api.server.supervisor import Supervisor

_PAGE: Final = resource.getpagesize()


def process_readings(supervisor: Supervisor) -> list[Reading]:
    """Readings of the parent and its workers, which may hang."""

    def workers() -> dict[Labels, float]:
        counts = Counter(row.stage for _, row in supervisor.workers())
        return {(stage.name.lower(),): counts[stage] for stage in Stage}

    def memory() -> dict[Labels, float]:
        found: dict[Labels, float] = {}
        named = {"parent": os.getpid()} | {
            f"worker {number}": pid for number, (pid, _) in enumerate(supervisor.workers(), 1)
        }
        for name, pid in named.items():
            # It may have ended just now; and only Linux says it here.
            with suppress(OSError):
                found[name,] = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE
        return found

    return [
        Reading(
            "nestwerk_workers",
            "Workers that start or stop (closed), serve and wait for the database (serving), or have found it (ready).",
            ("stage",),
            workers,
        ),
        Reading(
            "nestwerk_process_resident_memory_bytes",
            "Memory of the parent and of each worker, in the order of their places.",
            ("process",),
            memory,
        ),
    ]
