"""Assembles the application, and does nothing else."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

from litestar import Router

from api.auth.caller import COOKIE, identify
from api.database.queries import check_used
from api.facts import Facts, together
from api.http.application import Application
from api.http.authentication import Authentication
from api.http.client import Proxies
from api.http.openapi.routes import router as documentation
from api.problems.labels import GENERAL_LABELS
from api.server.logs import configure_logging
from api.settings import Settings, read_settings

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


def create_app(settings: Settings | None = None) -> Application:
    """Application of one worker; `DATABASE_URL` has to name the database.

    Raises:
        QueryFileError: a statement that nothing uses or that isn't what its declaration says.
        SettingsError: a setting that can't be used.

    """
    settings = settings or read_settings()
    configure_logging(settings.log_level)
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
        lifespan=[lambda _: import_module("api.server.lifespan").working(dsn)],
        openapi_config=None,
        logging_config=None,
    )


def load_routers() -> Sequence[Router]:
    """Routers of all features, which declare their statements when they are imported."""
    return [import_module(f"api.{name}.routes").router for name in FEATURES]


def load_facts() -> Facts:
    """Facts of all features.

    Raises:
        FactsError: two say different things of the same name.

    """
    return together(import_module(f"api.{name}.facts").FACTS for name in FEATURES)
