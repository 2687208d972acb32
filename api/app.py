"""Assembles the application: its routes, and what they need while it serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from api.auth.caller_cache import callers
from api.auth.routes import router as auth
from api.child_profiles.routes import router as child_profiles
from api.database.connections import connect
from api.database.pool import open_pool
from api.database.queries import attached, bind_columns, check_used, merged_statements
from api.health.routes import router as health
from api.http.application import Application
from api.http.client import Proxies
from api.http.openapi.routes import router as documentation
from api.onboarding.routes import router as onboarding
from api.parent_profiles.routes import router as parent_profiles
from api.parenting_goals.routes import router as parenting_goals
from api.settings import Settings
from api.users.routes import router as users


def create_app(settings: Settings) -> Litestar:
    """Application of one worker; `DATABASE_URL` has to name the database.

    Raises:
        QueryFileError: a statement that nothing uses.

    """
    check_used()
    dsn = settings.database_url
    if dsn is None:
        raise RuntimeError("a worker needs DATABASE_URL")

    app = Application(
        route_handlers=[
            auth,
            child_profiles,
            documentation,
            health,
            onboarding,
            parent_profiles,
            parenting_goals,
            users,
        ],
        lifespan=[lambda _: lifespan(dsn)],
        openapi_config=None,
        logging_config=None,
    )
    app.proxies = Proxies(settings.trusted_proxies)
    return app


@asynccontextmanager
async def lifespan(dsn: str) -> AsyncIterator[None]:
    """Have everything that requests need, within the block.

    Raises:
        QueryFileError: a statement that the database refuses, or that lacks a column.

    """
    async with open_pool(dsn, merged_statements()) as pool:
        async with pool.connection() as connection:
            await bind_columns(connection)
        with attached(pool):
            async with callers.listening(lambda: connect(dsn)):
                yield
