"""Assembles the application, and does nothing else."""

from litestar import Litestar

from api.auth.routes import router as auth
from api.child_profiles.routes import router as child_profiles
from api.database.queries import check_used
from api.health.routes import router as health
from api.http.application import Application
from api.http.client import Proxies
from api.http.openapi.routes import router as documentation
from api.onboarding.routes import router as onboarding
from api.parent_profiles.routes import router as parent_profiles
from api.parenting_goals.routes import router as parenting_goals
from api.server.lifespan import working
from api.server.logs import configure_logging
from api.settings import Settings, read_settings
from api.users.routes import router as users


def create_app(settings: Settings | None = None) -> Litestar:
    """Application of one worker; `DATABASE_URL` has to name the database.

    Raises:
        QueryFileError: a statement that nothing uses or that isn't what its declaration says.
        SettingsError: a setting that can't be used.

    """
    settings = settings or read_settings()
    configure_logging(settings.log_level)
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
        lifespan=[lambda _: working(dsn)],
        openapi_config=None,
        logging_config=None,
    )
    app.proxies = Proxies(settings.trusted_proxies)
    return app
