"""Whether the service lives, and whether it can serve."""

from typing import Final, Literal

from litestar import Router

from api.health.queries import sql
from api.http.endpoint import get
from api.http.schemas import Document
from api.paths import migration_files
from api.problems.problem import Problem
from api.problems.types import DATABASE_UNAVAILABLE

_NEEDED: Final = frozenset(path.stem for path in migration_files())


class Health(Document):
    """The service is well."""

    status: Literal["ok"] = "ok"

    example = {"status": "ok"}


@get("/live", needs_database=False)
async def live() -> Health:
    """Whether the process answers at all."""
    return Health()


@get("/ready")
async def ready() -> Health:
    """Whether the database answers and has the schema that the code needs."""
    if not set(await sql.list_applied_migrations()) >= _NEEDED:
        raise Problem(DATABASE_UNAVAILABLE, retry_after=5)
    return Health()


router = Router("/health", route_handlers=[live, ready], tags=["Health"])
