"""Assembles the application from its features."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from litestar import Router

from api.auth.caller import COOKIE, identify
from api.auth.caller_cache import callers
from api.auth.cleaning import cleaned_regularly
from api.auth.passwords import password_hasher
from api.database.connections import connect
from api.database.executions import slow_statements
from api.database.pool import open_pool
from api.database.queries import check_used, merged_statements
from api.database.serving import served
from api.facts import Facts, FactsError, merge_facts
from api.http.application import Application
from api.http.authentication import Authentication
from api.http.client import TrustedProxies
from api.http.openapi.routes import router as documentation
from api.metrics import read
from api.problems.labels import GENERAL_LABELS
from api.settings import Settings
from api.suggestions.suggesting import suggested_regularly

# Folders of the features, each with routes.py and facts.py.
FEATURES: Final = (
    "auth",
    "child_profiles",
    "health",
    "onboarding",
    "parent_profiles",
    "parenting_goals",
    "suggestions",
    "users",
)


def create_app(settings: Settings) -> Application:
    """Application of a worker; the settings must have a `database_url`.

    Raises:
        QueryFileError: a statement isn't used.

    """
    routers = load_routers()
    check_used()
    dsn = settings.database_url
    if dsn is None:
        raise RuntimeError("a worker needs DATABASE_URL")
    slow_statements.seconds = settings.slow_ms / 1000
    return Application(
        proxies=TrustedProxies(settings.trusted_proxies),
        authentication=Authentication(COOKIE, identify),
        slow=settings.slow_ms / 1000,
        labels={**load_facts().labels, **GENERAL_LABELS},
        route_handlers=[*routers, documentation] if settings.documentation else routers,
        lifespan=[lambda _: lifespan(dsn, settings)],
        openapi_config=None,
        logging_config=None,
    )


def unserved_app() -> Application:
    """Application without a database, for inspection of its routes and its document."""
    return create_app(Settings(database_url="postgresql:///"))


def load_routers() -> Sequence[Router]:
    """Routers of all features; importing them declares their statements."""
    return [import_module(f"api.{name}.routes").router for name in FEATURES]


def load_facts() -> Facts:
    """Facts of all features.

    Raises:
        FactsError: two features contradict each other, or one has no facts.

    """
    if without := [name for name in FEATURES if find_spec(f"api.{name}.facts") is None]:
        missing = ", ".join(f"api/{name}/facts.py" for name in without)
        raise FactsError(f"{missing}: is missing: write one with `FACTS: Final = Facts()`")
    return merge_facts(import_module(f"api.{name}.facts").FACTS for name in FEATURES)


@asynccontextmanager
async def lifespan(dsn: str, settings: Settings) -> AsyncIterator[None]:
    """Within the block, run statements, listen for changed callers, clean up and suggest, once there is a database."""
    async with (
        open_pool(dsn, merged_statements()) as pool,
        served(pool),
        callers.listening(pool.keeper("changed callers", lambda: connect(dsn))),
        cleaned_regularly(),
        suggested_regularly(settings),
    ):
        with read(*callers.readings(), password_hasher.reading()):
            yield
