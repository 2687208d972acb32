"""Health checks: whether the process runs, and whether it can serve requests."""

import asyncio
from math import inf
from time import monotonic
from typing import Annotated, Final

from litestar import Router
from msgspec import Meta

from api.backup_age import BackupAges, read_backup_ages
from api.health.facts import STOPPING
from api.health.leaving import leaving
from api.health.queries import sql
from api.health.schemas import Backups, Health
from api.http.endpoint import get
from api.paths import migration_files
from api.problems.problem import Problem
from api.problems.types import SCHEMA_MISMATCH
from api.settings import read_settings

_NEEDED_MIGRATIONS: Final = f"{{{','.join(path.stem for path in migration_files())}}}"

Verbose = Annotated[bool, Meta(description="Whether the answer has the ages of backups too.")]


@get("/live", needs_database=False)
async def live() -> Health:
    """Liveness: whether the process answers."""
    return Health("ok")


@get("/ready", problems=(STOPPING,))
async def ready(verbose: Verbose = False) -> Health:  # noqa: FBT002
    """Readiness: whether the database answers, has connections left and the schema that the service needs.

    A service that is about to stop isn't ready, and still serves.
    """
    if leaving.ask():
        raise Problem(STOPPING)
    sql.check_connections()
    if not await sql.are_migrations_applied(migrations=_NEEDED_MIGRATIONS):
        raise Problem(SCHEMA_MISMATCH)
    if not verbose:
        return Health("ok")
    ages = await _backups.ages()
    return Health("ok", Backups(ages.backup, ages.wal, ages.waiting))


class _BackupFolder:
    """Reads the ages of backups once a second at most, as anybody may ask for them."""

    def __init__(self) -> None:
        self._read_at = -inf

    async def ages(self) -> BackupAges:
        if monotonic() - self._read_at > 1:
            self._read_at = monotonic()
            self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        return await asyncio.shield(self._reading)

    @staticmethod
    def _read() -> BackupAges:
        settings = read_settings()
        return read_backup_ages(settings.backup_dir, settings.data_dir)


_backups: Final = _BackupFolder()


router = Router("/health", route_handlers=[live, ready], tags=["Health"])
