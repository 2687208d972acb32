"""Applies migrations one by one under traffic."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter

import msgspec
import psycopg

from api.checks.rehearsal.families import sample_families
from api.checks.rehearsal.locks import LockWatch, TableLock, lock_watch
from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.rehearsal.requests import Request, plan_requests
from api.checks.rehearsal.traffic import Observations, run_clients
from api.checks.releases.release import QUERIES, ROLES, Release, write_migrations
from api.checks.schema import dump_schema
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.statements.files import read_statements
from api.migrations import MigrationError, migrate
from api.migrations.scripts import ScriptError, run_script


class Baseline(msgspec.Struct, frozen=True):
    """Traffic before any migration: how many statements are called, and why others aren't, by name."""

    statements: int
    left_out: Mapping[str, str]
    seen: Observations


class RehearsedMigration(msgspec.Struct, frozen=True):
    """How one migration went.

    `seconds` is None if it failed, for the reason in `failure`; `waited` is the longest wait of a client for a lock, in
    seconds. `schema` is a dump of what was there before.
    """

    id: str
    schema: str
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
    Where the release is a git revision, the tree's sql/roles.sql comes last, and clients of the tree beside the others.

    Raises:
        RehearsalError: no statement can be called, one fails before any migration, or clients get no answer.

    """
    service = await asyncio.to_thread(_service_dsn, dsn, release)
    async with _connected(service) as connection:
        requests, left_out = await plan_requests(connection, release.statements)
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
                schema = await asyncio.to_thread(dump_schema, dsn)
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
                report(RehearsedMigration(file.id, schema, duration, failure, locks, observed.waited, seen))
                if failure is not None or all_broken:
                    return
            if release.roles is not None:
                seen = traffic.begin()
                async with watch.watching() as observed:
                    duration, failure = await asyncio.to_thread(
                        _run_roles, dsn, (release.tree / ROLES).read_text("utf-8")
                    )
                seen.close()
                # As while workers are replaced.
                async with run_clients(service, await _newer_requests(dsn, release), families) as newer:
                    newer.seen = seen
                    await asyncio.gather(traffic.round(), newer.round())
                    await asyncio.sleep(seconds)
                    await asyncio.gather(traffic.round(), newer.round())
                locks = await watch.locks(str(ROLES), observed)
                report(RehearsedMigration(str(ROLES), "", duration, failure, locks, observed.waited, seen))


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    connection = await connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def _newer_requests(dsn: str, release: Release) -> list[Request]:
    """Requests of the tree that the release doesn't have."""
    former = {statement.text for statement in release.statements.values()}
    changed = {
        name: statement
        for name, statement in read_statements(release.tree / QUERIES).items()
        if statement.text not in former
    }
    async with _connected(dsn) as connection:
        requests, _ = await plan_requests(connection, changed)
    return [request._replace(name=f"{request.name} of the tree") for request in requests]


def _service_dsn(dsn: str, release: Release) -> str:
    """The database's address for clients: with the rights of the release, which no migration may take for granted."""
    if release.roles is None:
        return dsn
    _run_roles(dsn, release.roles)
    return dsn.replace("://postgres@", "://nestwerk_service@")


def _run_roles(dsn: str, text: str) -> tuple[float | None, str | None]:
    """Duration of sql/roles.sql in seconds, or the reason of its failure."""
    begun = perf_counter()
    # By this name its locks are seen as those of migrations are.
    with psycopg.connect(dsn, autocommit=True, application_name="nestwerk migrations") as connection:
        try:
            run_script(connection, ROLES, text)
        except ScriptError as error:
            return None, str(error)
    return perf_counter() - begun, None


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
