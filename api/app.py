"""Assembles the application, and does nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from api.auth.caller_cache import callers
from api.child_profiles.routes import router as child_profiles
from api.database.connections import connect
from api.database.pool import connection, open_pool
from api.database.queries import check_used, prepare_all
from api.http.application import Application
from api.http.client import Proxies
from api.http.documentation import router as documentation
from api.onboarding.routes import router as onboarding
from api.parent_profiles.routes import router as parent_profiles
from api.parenting_goals.routes import router as parenting_goals
from api.settings import Settings, read_settings


def create_app(settings: Settings | None = None) -> Litestar:
    """Application of one worker; `DATABASE_URL` has to name the database.

    Raises:
        QueryFileError: a statement that nothing uses or that isn't what its declaration says.
        SettingsError: a setting that can't be used.

    """
    settings = settings or read_settings()
    check_used()
    dsn = settings.database_url
    if dsn is None:
        raise RuntimeError("a worker needs DATABASE_URL")

    @asynccontextmanager
    async def database(_: Litestar) -> AsyncIterator[None]:
        async with open_pool(dsn):
            async with connection() as first:
                await prepare_all(first)
            async with callers.listening(lambda: connect(dsn)):
                yield

    app = Application(
        route_handlers=[
            child_profiles,
            documentation,
            onboarding,
            parent_profiles,
            parenting_goals,
        ],
        lifespan=[database],
        openapi_config=None,
        logging_config=None,
    )
    app.proxies = Proxies(settings.trusted_proxies)
    return app
