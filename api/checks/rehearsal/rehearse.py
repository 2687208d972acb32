"""Applying migrations one by one under traffic."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from api.checks.rehearsal.families import calling_families
from api.checks.rehearsal.locks import LockWatch, TableLock, lock_watch
from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.rehearsal.requests import plan_requests
from api.checks.rehearsal.traffic import Seen, running
from api.checks.releases.release import Release, put_migrations
from api.database.connections import connect
from api.migrations import MigrationError, migrate


class Cast(msgspec.Struct, frozen=True):
    """How many statements of the release are called, and why others aren't, by name; `seen` is before any migration."""

    statements: int
    left_out: Mapping[str, str]
    seen: Seen


class Rehearsed(msgspec.Struct, frozen=True):
    """How one migration went.

    `seconds` is None where it failed, which `failure` says; `waited` is the seconds that a client's longest wait for a
    lock took while it ran.
    """

    id: str
    seconds: float | None
    failure: str | None
    locks: Sequence[TableLock]
    waited: float
    seen: Seen


async def rehearse(
    dsn: str,
    release: Release,
    *,
    seconds: float,
    begun: Callable[[Cast], None],
    report: Callable[[Rehearsed], None],
) -> None:
    """Apply the pending migrations to a database that is filled, at the release's schema, and there for nothing else.

    Clients run the release's statements throughout, and for so many seconds before the first and after each. What
    still fails after a migration isn't called under the next ones. A migration that fails is the last one.

    Raises:
        RehearsalError: no statement can be called, one fails before any migration, or there are clients left waiting.

    """
    connection = await connect(dsn)
    try:
        requests, left_out = await plan_requests(connection, release.statements)
    finally:
        await connection.close()
    families = await asyncio.to_thread(calling_families, dsn)
    if not requests or not families:
        raise RehearsalError(f"the schema of {release.name} has no statement or no family that clients could call for")
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as name:
        stage = Path(name)
        put_migrations(stage, release.applied)
        async with lock_watch(dsn) as watch, running(dsn, requests, families) as traffic:
            await traffic.round()
            first = traffic.begin()
            await asyncio.sleep(seconds)
            await traffic.round()
            if first.errors:
                (request, reason), _ = first.errors.most_common(1)[0]
                raise RehearsalError(f"{request} fails before any migration: {reason}")
            begun(Cast(len(release.statements) - len(left_out), left_out, first))
            for file in release.pending:
                put_migrations(stage, [file])
                seen = traffic.begin()
                async with watch.watching() as watched:
                    duration, failure = await _apply(dsn, stage, watch)
                seen.close()
                await traffic.round()
                await asyncio.sleep(seconds)
                all_broken = len(seen.broken) == len(traffic.requests)
                if seen.broken and not all_broken:
                    traffic.leave_out(seen.broken)
                    # Those that were called before are answered, and counted, before the next migration.
                    await traffic.round()
                locks = await watch.locks(file.id, watched)
                report(Rehearsed(file.id, duration, failure, locks, watched.waited, seen))
                if failure is not None or all_broken:
                    return


async def _apply(dsn: str, stage: Path, watch: LockWatch) -> tuple[float | None, str | None]:
    """Seconds that the migration took, or why it failed."""
    work = asyncio.create_task(asyncio.to_thread(migrate, dsn, directory=stage))
    try:
        [applied] = await asyncio.shield(work)
    except MigrationError as error:
        return None, str(error)
    except asyncio.CancelledError:
        # A thread can't be cancelled, but what it waits for can be ended.
        await watch.end_migration()
        with suppress(MigrationError):
            await work
        raise
    return applied.seconds, None
