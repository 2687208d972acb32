"""Assembles the application from its features."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from litestar import Router

from api.auth.caller import COOKIE, callers, identify, remembered
from api.auth.caller_changes import listening
from api.auth.cleaning import cleaned_regularly
from api.auth.passwords import password_hasher
from api.auth.sealing import sealing
from api.database.connections import connect
from api.database.executions import slow_statements
from api.database.pool import open_pool
from api.database.queries import check_used, merged_statements
from api.database.serving import served
from api.database.standbys.absence import absence
from api.facts import Facts, FactsError, merge_facts
from api.http.application import Application
from api.http.authentication import Authentication
from api.http.client import TrustedProxies
from api.http.openapi.routes import router as documentation
from api.idempotency_keys.keeping import answer_once
from api.mail.rendering import Renderer
from api.mail.sending import CHANNEL, Sender
from api.mail.sent_files import sent_files
from api.mail.transports import FileTransport, Transport
from api.mail_settings import mail_domain
from api.metrics import read
from api.passkeys.relying_party import relying_party
from api.pictures.removal import remove_pictures
from api.pictures.storage import storage
from api.problems.labels import GENERAL_LABELS
from api.settings import Settings
from api.suggestions.suggesting import suggested_regularly

# Folders of the features, each with routes.py and facts.py.
FEATURES: Final = (
    "activity",
    "auth",
    "child_profiles",
    "consents",
    "email_confirmations",
    "exports",
    "health",
    "onboarding",
    "parent_profiles",
    "parenting_goals",
    "password_resets",
    "passkeys",
    "second_factors",
    "pictures",
    "suggestions",
    "users",
)
# Folders of what clients don't call: with facts.py, and without routes.
INNER: Final = ("idempotency_keys", "mail")


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
    sealing.configure(settings.secret_key_file, settings.data_dir / "secret.key")
    relying_party.configure(settings.public_url)
    slow_statements.seconds = settings.slow_ms / 1000
    sent_files.use(None if settings.smtp_url else settings.data_dir / "mail")
    storage.use(settings.storage_url or settings.data_dir.resolve() / "uploads")
    return Application(
        proxies=TrustedProxies(settings.trusted_proxies),
        authentication=Authentication(COOKIE, identify, remembered),
        answer_once=answer_once,
        data_age=absence.seconds if settings.read_database_url else None,
        slow=settings.slow_ms / 1000,
        origins=settings.allowed_origins,
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
    names = (*FEATURES, *INNER)
    if without := [name for name in names if find_spec(f"api.{name}.facts") is None]:
        missing = ", ".join(f"api/{name}/facts.py" for name in without)
        raise FactsError(f"{missing}: is missing: write one with `FACTS: Final = Facts()`")
    return merge_facts(import_module(f"api.{name}.facts").FACTS for name in names)


@asynccontextmanager
async def lifespan(dsn: str, settings: Settings) -> AsyncIterator[None]:
    """Within the block, run statements, listen for changed callers, send mails, suggest and clean up."""
    sender = Sender(_transport(settings), Renderer(settings.public_url, settings.mail_from))
    async with (
        open_pool(dsn, merged_statements(), settings.read_database_url, settings.max_lag) as pool,
        served(pool),
        listening(callers, pool.keeper("changed callers", lambda: connect(dsn)), {CHANNEL: sender.wake}),
        sender.running(),
        cleaned_regularly({"remove_pictures": remove_pictures}),
        suggested_regularly(settings),
    ):
        with read(*callers.readings(), password_hasher.reading(), *sender.readings()):
            yield


def _transport(settings: Settings) -> Transport:
    """How mails leave."""
    if settings.smtp_url is None:
        return FileTransport(settings.data_dir / "mail")
    # Takes 50 ms to import.
    from api.mail.smtp import SmtpTransport  # noqa: PLC0415

    return SmtpTransport(settings.smtp_url, mail_domain(settings.public_url))
