"""What `just rehearse` prints."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from api.checks.rehearsal.families import fill
from api.checks.rehearsal.rehearse import Cast, Rehearsed, rehearse
from api.checks.releases.release import MIGRATIONS, Release, find_release, put_migrations
from api.paths import ROOT
from api.postgres.databases import throwaway

INTERRUPTED: Final = 130
# Kinds of errors shown of a migration.
_SHOWN: Final = 10
# Columns behind the name.
_WIDTHS: Final = (8, 17, 22, 9, 8)


def print_rehearsal(given: str | None, *, families: int, seconds: float, root: Path = ROOT) -> int:
    """Rehearse the migrations after a release on a copy of its own; 0 if none failed and no error was served."""
    try:
        release = find_release(given, root)
        if not release.pending:
            _print(f"nothing to rehearse: {release.name} has all migrations")
            return 0
        with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder:
            put_migrations(Path(folder), release.applied)
            with throwaway(Path(folder)) as dsn:
                return print_rehearsal_on(dsn, release, families=families, seconds=seconds, root=root)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: the copy is removed\n")
        return INTERRUPTED


def print_rehearsal_on(dsn: str, release: Release, *, families: int, seconds: float, root: Path = ROOT) -> int:
    """The same on a database that has the release's migrations and nothing in them, and that is spoiled by it."""
    misfit = fill(dsn, release, root / MIGRATIONS, families)
    if misfit:
        _print(f"seeded on the newest schema and taken back to {release.name}, as the seed doesn't fit that: {misfit}")
    done: list[Rehearsed] = []

    def begun(cast: Cast) -> None:
        _print(f"{release.name} serves {families:,} families with {cast.statements} of its statements")
        for reason in dict.fromkeys(cast.left_out.values()):
            _print(f"  without {', '.join(name for name in cast.left_out if cast.left_out[name] == reason)}: {reason}")
        _print("")
        _print_row("", "ms", "longest call ms", "longest lock wait ms", "calls", "errors")
        _print_row("before", "", _ms(cast.seen.longest), "", f"{cast.seen.calls:,}", "0")

    def report(rehearsed: Rehearsed) -> None:
        done.append(rehearsed)
        _print_rehearsed(rehearsed)

    asyncio.run(rehearse(dsn, release, seconds=seconds, begun=begun, report=report))
    return _print_verdict(release, done)


def _print_rehearsed(rehearsed: Rehearsed) -> None:
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
        _print(f"  {rehearsed.failure}")
    for lock in rehearsed.locks:
        fate = ", rewritten" * lock.rewritten + ", dropped" * lock.dropped
        _print(f"  {lock.mode} {lock.table}{fate}")
    for (request, reason), count in seen.errors.most_common(_SHOWN):
        still = ", and still" if request in seen.broken else ""
        _print(f"  {count:,} x {request}: {reason}{still}")
    if len(seen.errors) > _SHOWN:
        _print(f"  and {len(seen.errors) - _SHOWN} other kinds of errors")


def _print_row(name: str, *cells: str) -> None:
    _print(f"{name:<32}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"


def _print_verdict(release: Release, done: list[Rehearsed]) -> int:
    errors = sum(rehearsed.seen.errors.total() for rehearsed in done)
    failed = any(rehearsed.failure for rehearsed in done)
    missed = [file.id for file in release.pending[len(done) :]]
    if missed:
        _print(f"\nnot rehearsed: {', '.join(missed)}")
    _print(f"\nerrors served: {errors or 'none'}")
    return int(bool(errors or failed or missed))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
