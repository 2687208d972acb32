"""Measures systems that share one database."""

import resource
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from tests.load.figures import Ceiling, Figures
from tests.load.pgbench import FORMS, run_pgbench, weighted_scripts, write_scripts
from tests.load.processes import cpu_microseconds
from tests.load.requests import KINDS, WORKLOADS, Family, make_requests, write_requests
from tests.load.systems import Database, Goals, System
from tests.load.wrk import run_wrk

# Families whose requests a connection sends, one after the other.
FAMILIES_PER_CONNECTION: Final = 8
# Numbers of clients that pgbench is tried with; statements that wait for the disk need more.
_READERS: Final = (4, 8, 16)
_WRITERS: Final = (32, 64, 128)
_MIXED: Final = (8, 16, 32, 64)
_CLIENTS: Final = {
    "child": _READERS,
    "family": _READERS,
    "list": _READERS,
    "insert": _WRITERS,
    "update": _WRITERS,
    "mix": _MIXED,
}
PGBENCH_SECONDS: Final = 1
# Seconds of reads before the requests that are measured, as callers whom a system remembers for seconds are forgotten
# while others are measured. These are enough for each of its processes to see nearly all.
WARM_UP: Final = 0.4


class Measuring:
    """Measures systems, and pgbench on their database, with requests of the same families.

    `seconds` is the duration of a measurement for each number of connections.
    """

    def __init__(
        self,
        database: Database,
        families: Sequence[Family],
        folder: Path,
        seconds: Mapping[int, float],
    ) -> None:
        self._database = database
        self._folder = folder
        self._seconds = seconds
        self._goals = Goals(database.dsn)
        self._forms: dict[str, str] = {}
        self._clients: dict[str, int] = {}
        write_scripts(folder, families)
        for workload in WORKLOADS:
            for connections in seconds:
                some = families[: connections * FAMILIES_PER_CONNECTION]
                write_requests(self.requests(workload, connections), make_requests(workload, some))

    def requests(self, workload: str, connections: int) -> Path:
        """Path of the file with the requests for a number of connections."""
        return self._folder / f"{workload}.{connections}.requests"

    def find_ceiling(self, workload: str) -> Ceiling:
        """Find out how pgbench is fastest for a workload; the mix has to come last, as it uses the other results."""
        forms = FORMS if workload in KINDS else ("best of each",)
        counts = _CLIENTS[workload]
        tried: dict[tuple[str, int], float] = {}
        for form in forms:
            for clients in counts:
                self._forms[workload], self._clients[workload] = form, clients
                tried[form, clients] = self.measure_ceiling(workload).rate
        self._forms[workload], self._clients[workload] = form, clients = max(tried, key=tried.__getitem__)
        return Ceiling(workload=workload, form=form, clients=clients)

    def measure_ceiling(self, workload: str) -> Figures:
        """Measure pgbench at its fastest."""
        clients = self._clients[workload]
        before = self._cpu(None)
        scripts = weighted_scripts(workload, self._folder, self._forms)
        rate = run_pgbench(self._database.service_dsn, scripts, clients=clients, seconds=PGBENCH_SECONDS)
        figures = Figures(workload=workload, system="pgbench", connections=clients, rate=rate)
        return self._finish(figures, None, before, rate * PGBENCH_SECONDS)

    def measure(self, system: System, workload: str, connections: int, seconds: float | None = None) -> Figures:
        """Measure a system that was warmed up, for other `seconds` if they are given."""
        requests = self.requests(workload, connections)
        run_wrk(system.address, self.requests("child", connections), connections=connections, seconds=WARM_UP)
        before = self._cpu(system)
        answers = run_wrk(
            system.address, requests, connections=connections, seconds=seconds or self._seconds[connections]
        )
        figures = Figures(
            workload=workload,
            system=system.name,
            connections=connections,
            rate=answers.requests / answers.microseconds * 1e6,
            errors=answers.failed,
            p50=answers.p50 / 1000,
            p99=answers.p99 / 1000,
            p999=answers.p999 / 1000,
        )
        return self._finish(figures, system, before, answers.requests + answers.failed)

    def run_round(self, systems: Sequence[System], number: int, rounds: Mapping[int, int]) -> Iterator[Figures]:
        """Measure all that this round includes; the order of the systems changes from round to round."""
        turn = number % len(systems)
        systems = [*systems[turn:], *systems[:turn]]
        for workload in WORKLOADS:
            yield self.measure_ceiling(workload)
            for connections in self._seconds:
                if number < rounds[connections]:
                    for system in systems:
                        yield self.measure(system, workload, connections)

    def _finish(self, figures: Figures, system: System | None, before: Mapping[str, float], requests: float) -> Figures:
        """Add the CPU time of a request, and remove the goals that were added."""
        after = self._cpu(system)
        self._goals.restore()
        return replace(figures, **{name: (after[name] - before[name]) / max(requests, 1) for name in before})

    def _cpu(self, system: System | None) -> dict[str, float]:
        generator = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "service_cpu": cpu_microseconds(system.pid) if system else 0,
            "postgres_cpu": cpu_microseconds(self._database.pid),
            "generator_cpu": (generator.ru_utime + generator.ru_stime) * 1e6,
        }
