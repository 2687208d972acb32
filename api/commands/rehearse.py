"""Apply migrations to a copy under a release's traffic.

Shown of each migration are its locks, how long clients waited, and the errors that they were served. At the end all are
taken back, and it's shown what that loses without saying so.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from api.app import load_routers
from api.checks.rehearsal.families import seed_copy
from api.checks.rehearsal.rehearse import Baseline, RehearsedMigration, rehearse
from api.checks.rehearsal.rollbacks import take_back
from api.checks.releases.release import MIGRATIONS, Release, find_release, write_migrations
from api.commands._arguments import whole_number
from api.paths import ROOT
from api.postgres.databases import temporary_database
from api.settings import Settings
from api.terminal import say

# Most kinds of errors shown for a migration.
_SHOWN: Final = 10
# Widths of the columns after the name.
_WIDTHS: Final = (8, 17, 22, 9, 8)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("release", nargs="?", metavar="FROM", help="migration or git revision; else the last tag")
    parser.add_argument("--families", type=whole_number, default=10_000, help="how many the copy has (10,000)")
    parser.add_argument("--seconds", type=whole_number, default=1, help="of traffic around each migration (1)")


def run(options: argparse.Namespace, _settings: Settings) -> int:
    load_routers()
    return print_rehearsal(options.release, families=options.families, seconds=options.seconds)


def print_rehearsal(given: str | None, *, families: int, seconds: float, root: Path = ROOT) -> int:
    """Rehearse the migrations after a release on a new copy; returns 0 if none failed and no error was served."""
    try:
        release = find_release(given, root)
        if not release.pending:
            say(f"nothing to rehearse: {release.name} has all migrations")
            return 0
        with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder:
            write_migrations(Path(folder), release.applied)
            # As on a server that serves, which the figures are about.
            with temporary_database(Path(folder), more={}) as dsn:
                return print_rehearsal_on(dsn, release, families=families, seconds=seconds, root=root)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted: the copy is removed") from None


def print_rehearsal_on(dsn: str, release: Release, *, families: int, seconds: float, root: Path = ROOT) -> int:
    """Rehearse on an empty database with the release's schema, which is filled and migrated."""
    misfit = seed_copy(dsn, release, root / MIGRATIONS, families)
    if misfit:
        say(f"seeded on the newest schema and taken back to {release.name}, as the seed doesn't fit that: {misfit}")
    done: list[RehearsedMigration] = []

    def report_baseline(baseline: Baseline) -> None:
        say(f"{release.name} serves {families:,} families with {baseline.statements} of its statements")
        for reason in dict.fromkeys(baseline.left_out.values()):
            names = ", ".join(name for name, why in baseline.left_out.items() if why == reason)
            say(f"  without {names}: {reason}")
        say("")
        _print_row("", "ms", "longest call ms", "longest lock wait ms", "calls", "errors")
        _print_row("before", "", _ms(baseline.seen.longest), "", f"{baseline.seen.calls:,}", "0")

    def report(rehearsed: RehearsedMigration) -> None:
        done.append(rehearsed)
        _print_rehearsed(rehearsed)

    asyncio.run(rehearse(dsn, release, seconds=seconds, report_baseline=report_baseline, report=report))
    if any(rehearsed.failure for rehearsed in done) or len(done) < len(release.pending):
        return _print_verdict(release, done)
    wrongly = _print_taken_back(dsn, release, {each.id: each.schema for each in done}, root)
    return max(wrongly, _print_verdict(release, done))


def _print_taken_back(dsn: str, release: Release, schemas: Mapping[str, str], root: Path) -> int:
    """Take the migrations back again; returns 0 if nothing is wrong with that."""
    faults = 0
    say("\ntaken back:")
    for taken in take_back(dsn, release.pending, schemas, root / MIGRATIONS):
        say(f"  {taken.id}")
        faults += len(taken.faults)
        for fault in taken.faults:
            say(f"  {fault}")
    return int(bool(faults))


def _print_rehearsed(rehearsed: RehearsedMigration) -> None:
    seen = rehearsed.seen
    _print_row(
        rehearsed.id,
        "failed" if rehearsed.seconds is None else _ms(rehearsed.seconds),
        _ms(seen.longest),
        _ms(rehearsed.waited),
        f"{seen.calls:,}",
        f"{seen.errors.total():,}",
    )
    if rehearsed.failure:
        say(f"  {rehearsed.failure}")
    for lock in rehearsed.locks:
        fate = ", rewritten" * lock.rewritten + ", dropped" * lock.dropped
        say(f"  {lock.mode} {lock.table}{fate}")
    for (request, reason), count in seen.errors.most_common(_SHOWN):
        still = ", and still" if request in seen.broken else ""
        say(f"  {count:,} x {request}: {reason}{still}")
    if len(seen.errors) > _SHOWN:
        say(f"  and {len(seen.errors) - _SHOWN} other kinds of errors")


def _print_row(name: str, *cells: str) -> None:
    say(f"{name:<32}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"


def _print_verdict(release: Release, done: list[RehearsedMigration]) -> int:
    errors = sum(rehearsed.seen.errors.total() for rehearsed in done)
    failed = any(rehearsed.failure for rehearsed in done)
    missed = [file.id for file in release.pending[len(done) :]]
    if missed:
        say(f"\nnot rehearsed: {', '.join(missed)}")
    say(f"\nerrors served: {errors or 'none'}")
    return int(bool(errors or failed or missed))
