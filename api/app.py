"""Assembles the application: its routes, and what they need while it serves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from litestar import Router

from api.auth.caller import COOKIE, identify
from api.auth.caller_cache import callers
from api.database.connections import connect
from api.database.pool import open_pool
from api.database.queries import attached, bind_columns, check_used, merged_statements
from api.facts import Facts, FactsError, together
from api.http.application import Application
from api.http.authentication import Authentication
from api.http.client import Proxies
from api.http.openapi.routes import router as documentation
from api.problems.labels import GENERAL_LABELS
from api.settings import Settings

# The features, each a folder with routes.py and facts.py; a new one is a line here.
FEATURES: Final = (
    "auth",
    "child_profiles",
    "health",
    "onboarding",
    "parent_profiles",
    "parenting_goals",
    "users",
)


def create_app(settings: Settings) -> Application:
    """Application of one worker; `DATABASE_URL` has to name the database.

    Raises:
        QueryFileError: a statement that nothing uses.

    """
    routers = load_routers()
    check_used()
    dsn = settings.database_url
    if dsn is None:
        raise RuntimeError("a worker needs DATABASE_URL")
    return Application(
        proxies=Proxies(settings.trusted_proxies),
        authentication=Authentication(COOKIE, identify),
        labels={**load_facts().labels, **GENERAL_LABELS},
        route_handlers=[*routers, documentation],
        lifespan=[lambda _: lifespan(dsn)],
        openapi_config=None,
        logging_config=None,
    )


def unserved_app() -> Application:
    """The application for those who only look at it: it serves nobody, and has no database."""
    return create_app(Settings(database_url="postgresql:///"))


def load_routers() -> Sequence[Router]:
    """Routers of all features, which declare their statements when they are imported."""
    return [import_module(f"api.{name}.routes").router for name in FEATURES]


def load_facts() -> Facts:
    """Facts of all features.

    Raises:
        FactsError: two say different things of the same name, or one says nothing.

    """
    if without := [name for name in FEATURES if find_spec(f"api.{name}.facts") is None]:
        missing = ", ".join(f"api/{name}/facts.py" for name in without)
        raise FactsError(f"{missing}: is missing: write one with `FACTS: Final = Facts()`")
    return together(import_module(f"api.{name}.facts").FACTS for name in FEATURES)


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
