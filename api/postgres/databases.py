"""The database that a command works on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.migrations import migrate
from api.paths import MIGRATIONS
from api.postgres.embedded import DataDirInUse, EmbeddedServer
from api.settings import Settings


@contextmanager
def target(settings: Settings) -> Iterator[str]:
    """URL of the database: `DATABASE_URL`, or the embedded server's, which is started for the block."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = EmbeddedServer(settings.data_dir)
    try:
        server.start()
    except DataDirInUse:
        yield server.dsn
        return
    try:
        yield server.dsn
    finally:
        server.stop()


@contextmanager
def throwaway(migrations: Path = MIGRATIONS) -> Iterator[str]:
    """URL of a database that has nothing but the migrations, on a server that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder, EmbeddedServer(Path(folder)) as server:
        migrate(server.dsn, directory=migrations)
        yield server.dsn
