"""Formats figures as Markdown tables."""

from collections.abc import Iterable, Sequence

from tests.load.figures import Figures, Report
from tests.load.requests import WORKLOADS

TITLES = {
    "child": "one child by id",
    "family": "nested family document",
    "list": "list page of goals",
    "insert": "insert a goal",
    "update": "update a goal",
    "mix": "mix",
}


def markdown(report: Report, connections: int) -> str:
    """All figures of a report: ratios at a number of connections, then figures for every number."""
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    rounds = ", ".join(
        f"{report.rounds[count]} of {seconds:g} s at {count}" for count, seconds in report.seconds.items()
    )
    memory = "; ".join(f"{name} {before}, then {after}" for name, (before, after) in report.memory.items())
    alone = ", ".join(f"{workload} {_latency_ratio(report, workload)}" for workload in WORKLOADS)
    forms = ", ".join(f"{each.workload} {each.form} with {each.clients}" for each in report.ceilings)
    return "\n\n".join(
        [
            (
                f"{report.date}, {report.machine}, shared by load generator, service and PostgreSQL; "
                f"{report.families:,} families. {versions}."
            ),
            f"Medians of interleaved rounds ({rounds} connections). At {connections} connections:",
            _table(
                [
                    "",
                    "pgbench",
                    "bare",
                    "service",
                    "of pgbench",
                    "of bare",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms",
                    "p99 / p50",
                ],
                (_ratios(report, workload, connections) for workload in WORKLOADS),
            ),
            *_beside_peers(report, connections),
            "CPU microseconds a request, as server + PostgreSQL + load generator:",
            _table(
                ["", "pgbench", *report.systems],
                (
                    [
                        TITLES[workload],
                        _cpu(report.find(workload, "pgbench")),
                        *(_cpu(report.find(workload, system, connections)) for system in report.systems),
                    ]
                    for workload in WORKLOADS
                ),
            ),
            "Requests a second, and p50 / p99 in milliseconds, by connections:",
            _table(
                ["", "", *map(str, report.seconds)],
                (
                    [
                        TITLES[workload],
                        system,
                        *(_cell(report.find(workload, system, count)) for count in report.seconds),
                    ]
                    for workload in WORKLOADS
                    for system in report.systems
                ),
            ),
            (
                f"With {min(report.seconds)} connection, the service's p50 as a multiple of bare's: {alone}. "
                f"Errors: {sum(each.errors for each in report.medians)}. "
                f"Largest worker in MB, before the rounds and after: {memory}. "
                f"pgbench at its best (form of the statement, clients): {forms}."
            ),
        ]
    )


def _beside_peers(report: Report, connections: int) -> list[str]:
    """The service beside its peers, if they were measured: rates, how many times theirs it has, and p99 / p50."""
    if not report.peers:
        return []
    systems = (*report.peers, "service")
    forms = "; ".join(f"{peer} {form}" for peer, form in report.peers.items())
    head = [*systems, *(f"of {peer}" for peer in report.peers), *(f"p99 / p50 {system}" for system in systems)]

    def row(workload: str) -> list[str]:
        found = [report.find(workload, system, connections) for system in systems]
        return [
            TITLES[workload],
            *(f"{each.rate:,.0f}" for each in found),
            *(f"{report.ratios[peer][workload]:.2f}" for peer in report.peers),
            *(f"{each.p99 / each.p50:.1f}" for each in found),
        ]

    return [
        (
            f"Beside its peers, each in the numbers of processes that were about its fastest ({forms}); "
            "a ratio is the median of those of the rounds:"
        ),
        _table(["", *head], map(row, WORKLOADS)),
    ]


def _ratios(report: Report, workload: str, connections: int) -> list[str]:
    ceiling = report.find(workload, "pgbench")
    bare, service = (report.find(workload, system, connections) for system in ("bare", "service"))
    return [
        TITLES[workload],
        f"{ceiling.rate:,.0f}",
        f"{bare.rate:,.0f}",
        f"{service.rate:,.0f}",
        f"{service.rate / ceiling.rate:.2f}",
        f"{service.rate / bare.rate:.2f}",
        f"{service.p50:.1f}",
        f"{service.p99:.1f}",
        f"{service.p999:.1f}",
        f"{service.p99 / service.p50:.1f}",
    ]


def _cpu(found: Figures) -> str:
    server = f"{found.service_cpu:.0f} + " if found.system != "pgbench" else ""
    return f"{server}{found.postgres_cpu:.0f} + {found.generator_cpu:.0f}"


def _cell(found: Figures) -> str:
    return f"{found.rate:,.0f}; {found.p50:.3g} / {found.p99:.3g}"


def _latency_ratio(report: Report, workload: str) -> str:
    fewest = min(report.seconds)
    return f"{report.find(workload, 'service', fewest).p50 / report.find(workload, 'bare', fewest).p50:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
