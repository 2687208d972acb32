"""Applies migrations one by one under traffic."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import psycopg

from api.checks.rehearsal.families import sample_families
from api.checks.rehearsal.locks import LockWatch, TableLock, lock_watch
from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.rehearsal.requests import plan_requests
from api.checks.rehearsal.traffic import Observations, run_clients
from api.checks.releases.release import Release, write_migrations
from api.database.connections import connect
from api.migrations import MigrationError, migrate
from api.migrations.scripts import run_script
from api.paths import ROLES


class Baseline(msgspec.Struct, frozen=True):
    """Traffic before any migration: how many statements are called, and why others aren't, by name."""

    statements: int
    left_out: Mapping[str, str]
    seen: Observations


class RehearsedMigration(msgspec.Struct, frozen=True):
    """How one migration went.

    `seconds` is None if it failed, for the reason in `failure`; `waited` is the longest wait of a client for a lock, in
    seconds.
    """

    id: str
    seconds: float | None
    failure: str | None
    locks: Sequence[TableLock]
    waited: float
    seen: Observations


async def rehearse(
    dsn: str,
    release: Release,
    *,
    seconds: float,
    report_baseline: Callable[[Baseline], None],
    report: Callable[[RehearsedMigration], None],
) -> None:
    """Apply the pending migrations to a filled database with the release's schema that nothing else uses.

    Clients run the release's statements throughout, and for `seconds` before the first migration and after each.
    Requests that a migration breaks aren't sent during the next ones. No migration is applied after one that fails.

    Raises:
        RehearsalError: no statement can be called, one fails before any migration, or clients get no answer.

    """
    service = await asyncio.to_thread(_service_dsn, dsn, release)
    connection = await connect(service)
    try:
        requests, left_out = await plan_requests(connection, release.statements)
    finally:
        await connection.close()
    families = await asyncio.to_thread(sample_families, dsn)
    if not requests or not families:
        raise RehearsalError(f"the schema of {release.name} has no statement or no family that clients could call for")
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as name:
        stage = Path(name)
        write_migrations(stage, release.applied)
        async with lock_watch(dsn) as watch, run_clients(service, requests, families) as traffic:
            await traffic.round()
            first = traffic.begin()
            await asyncio.sleep(seconds)
            await traffic.round()
            if first.errors:
                (request, reason), _ = first.errors.most_common(1)[0]
                raise RehearsalError(f"{request} fails before any migration: {reason}")
            report_baseline(Baseline(len(release.statements) - len(left_out), left_out, first))
            for file in release.pending:
                write_migrations(stage, [file])
                seen = traffic.begin()
                async with watch.watching() as observed:
                    duration, failure = await _apply(dsn, stage, watch)
                seen.close()
                await traffic.round()
                await asyncio.sleep(seconds)
                all_broken = len(seen.broken) == len(traffic.requests)
                if seen.broken and not all_broken:
                    traffic.leave_out(seen.broken)
                    # Broken requests that are under way are answered, and counted, before the next migration.
                    await traffic.round()
                locks = await watch.locks(file.id, observed)
                report(RehearsedMigration(file.id, duration, failure, locks, observed.waited, seen))
                if failure is not None or all_broken:
                    return


def _service_dsn(dsn: str, release: Release) -> str:
    """The database's address for clients: with the rights of the release, which no migration may take for granted."""
    if release.roles is None:
        return dsn
    with psycopg.connect(dsn, autocommit=True) as connection:
        run_script(connection, ROLES, release.roles)
    return dsn.replace("://postgres@", "://nestwerk_service@")


async def _apply(dsn: str, stage: Path, watch: LockWatch) -> tuple[float | None, str | None]:
    """Duration of the migration in seconds, or the reason of its failure."""
    work = asyncio.create_task(asyncio.to_thread(migrate, dsn, directory=stage))
    try:
        [applied] = await asyncio.shield(work)
    except MigrationError as error:
        return None, str(error)
    except asyncio.CancelledError:
        # A thread can't be cancelled, but its session in PostgreSQL can be ended.
        await watch.end_migration()
        with suppress(MigrationError):
            await work
        raise
    return applied.seconds, None
