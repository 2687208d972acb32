"""Health checks: whether the process runs, and whether it can serve requests."""

from typing import Final, Literal

from litestar import Router

from api.health.facts import STOPPING
from api.health.leaving import leaving
from api.health.queries import sql
from api.http.endpoint import get
from api.http.schemas import Document
from api.paths import migration_files
from api.problems.problem import Problem
from api.problems.types import SCHEMA_MISMATCH

_NEEDED_MIGRATIONS: Final = f"{{{','.join(path.stem for path in migration_files())}}}"


class Health(Document):
    """The service is healthy."""

    status: Literal["ok"] = "ok"

    example = {"status": "ok"}


@get("/live", needs_database=False)
async def live() -> Health:
    """Liveness: whether the process answers."""
    return Health()


@get("/ready", problems=(STOPPING,))
async def ready() -> Health:
    """Readiness: whether the database answers, has connections left and the schema that the service needs.

    A service that is about to stop isn't ready, and still serves.
    """
    if leaving.ask():
        raise Problem(STOPPING)
    sql.check_connections()
    if not await sql.are_migrations_applied(migrations=_NEEDED_MIGRATIONS):
        raise Problem(SCHEMA_MISMATCH)
    return Health()


router = Router("/health", route_handlers=[live, ready], tags=["Health"])
