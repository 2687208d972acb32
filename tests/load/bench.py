"""`just bench`: measures pgbench, a bare application, the service and, if asked to, its peers in turns."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import uvloop

from api.terminal import say, warn
from tests.load import machine, wrk
from tests.load.figures import Figures, Report, Step, median_ratio, medians
from tests.load.measuring import PGBENCH_SECONDS, Measuring
from tests.load.open_loop import offer
from tests.load.peers.answers import check_answers
from tests.load.peers.choosing import choose
from tests.load.peers.running import PEERS, Form, Peer, install, package_versions, running_peer
from tests.load.processes import largest_memory
from tests.load.publishing import publish
from tests.load.requests import WORKLOADS, Family, make_requests, read_families
from tests.load.systems import System, seeded, serving

# Rounds, and seconds of a measurement, by number of connections; without peers all has to fit into five minutes.
ROUNDS: Final = {1: 5, 32: 3, 128: 5, 512: 3}
SECONDS: Final = {1: 0.4, 32: 0.4, 128: 1.0, 512: 0.5}
FAMILIES: Final = 1024
# Families that the answers of peers are compared for.
CHECKED: Final = 10
# The number of connections that ratios are shown for.
CONNECTIONS: Final = 128
# The service with one worker, beside that with as many as cores.
ONE_WORKER: Final = "one worker"
# Rates of the open-loop test, as shares of the service's throughput, and the seconds of each.
SHARES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
OFFER_SECONDS: Final = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and publish the report; returns the exit status."""
    parser = argparse.ArgumentParser(prog="just bench")
    parser.add_argument("--families", type=int, default=100_000, help="families in the database (100,000)")
    parser.add_argument("--data-dir", type=Path, default=Path(".data/bench"), help="the database (.data/bench)")
    parser.add_argument("--peers", action="store_true", help="measure servers on Bun and on Express too")
    options = parser.parse_args(arguments)
    if not wrk.installed():
        warn(wrk.INSTALL)
        return 1
    started = monotonic()
    if options.peers:
        install()
    publish(_run(options.data_dir, options.families, PEERS if options.peers else ()), CONNECTIONS)
    say(f"{monotonic() - started:.0f} s in all")
    return 0


def _run(data_dir: Path, families: int, peers: Sequence[Peer]) -> Report:
    say(f"PostgreSQL with {families:,} families in {data_dir}")
    with (
        seeded(data_dir, families) as database,
        serving("bare", "tests.load.bare", dsn=database.service_dsn) as bare,
        serving("service", "api", "serve", dsn=database.service_dsn) as service,
        tempfile.TemporaryDirectory(prefix="nestwerk-bench-") as folder,
        ExitStack() as stack,
    ):
        known = read_families(urlsplit(service.address), database.sessions, FAMILIES)
        measuring = Measuring(database, known, Path(folder), SECONDS)
        say(f"trying pgbench, {PGBENCH_SECONDS} s each")
        ceilings = [measuring.find_ceiling(workload) for workload in WORKLOADS]
        forms: dict[str, Form] = {}
        others: list[System] = []
        for peer in peers:
            say(f"trying {peer.name}")
            for form in choose(peer, measuring, database.dsn, CONNECTIONS):
                system = stack.enter_context(running_peer(peer, form, database.dsn))
                check_answers(system, service, known[:CHECKED])
                others.append(system)
                forms[system.name] = form
        if peers:
            # It answers at lower rates and in steadier times than several that share the cores with all else.
            others.append(stack.enter_context(serving(ONE_WORKER, "api", "serve", dsn=database.service_dsn, workers=1)))
        systems = (bare, *others, service)
        for system in systems:
            # Warm up.
            measuring.measure(system, "mix", CONNECTIONS)
        memory = {system.name: largest_memory(system.pid) for system in systems}
        figures: list[Figures] = []
        for number in range(max(ROUNDS.values())):
            say(f"round {number + 1} of {max(ROUNDS.values())}")
            figures += measuring.run_round(systems, number, ROUNDS)
        found = medians(figures)
        peak = next(each.rate for each in found if each.key == ("mix", "service", CONNECTIONS))
        return Report(
            date=datetime.now(UTC).date().isoformat(),
            machine=machine.machine(),
            versions=machine.versions() | (package_versions() if peers else {}),
            families=families,
            rounds=ROUNDS,
            seconds=SECONDS,
            ceilings=ceilings,
            medians=found,
            steps=_offer(systems, known, peak),
            memory={
                name: (before, largest_memory(system.pid))
                for (name, before), system in zip(memory.items(), systems, strict=True)
            },
            peers={name: str(form) for name, form in forms.items()} | {ONE_WORKER: "is the service"} if peers else {},
            ratios={
                other.name: {
                    workload: median_ratio(figures, workload, CONNECTIONS, ("service", other.name))
                    for workload in WORKLOADS
                }
                for other in others
            },
        )


def _offer(systems: Sequence[System], families: Sequence[Family], peak: float) -> list[Step]:
    """Offer the mix to each system at rising rates, until it can't keep up."""
    requests = make_requests("mix", families)
    steps: list[Step] = []
    for system in systems:
        say(f"open loop: {system.name}")
        for share in SHARES:
            step = uvloop.run(
                offer(
                    system.name,
                    urlsplit(system.address),
                    requests,
                    rate=round(peak * share),
                    seconds=OFFER_SECONDS,
                    connections=CONNECTIONS,
                )
            )
            steps.append(step)
            if not step.kept_up:
                break
    return steps


if __name__ == "__main__":
    sys.exit(main())
