"""Checks whether the statements of a release work on the schema of the tree's migrations."""

import asyncio
import tempfile
from pathlib import Path

from api.checks.faults import Fault
from api.checks.releases.compatibility import Signatures, incompatibilities, read_signatures
from api.checks.releases.release import MIGRATIONS, QUERIES, Release, write_migrations
from api.database.connections import connect
from api.migrations import migrate
from api.paths import ROOT


def check_release(dsn: str, release: Release, root: Path = ROOT) -> list[Fault]:
    """Incompatibilities of a release's statements; migrates an empty database to the release, then to the tree.

    Raises:
        MigrationError: a migration failed.

    """
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as stage:
        write_migrations(Path(stage), release.applied)
        migrate(dsn, directory=Path(stage))
    before = asyncio.run(_signatures(dsn, release))
    migrate(dsn, directory=root / MIGRATIONS)
    after = asyncio.run(_signatures(dsn, release))
    return [
        # `REVISION:PATH` is how git names a file of a revision.
        Fault(Path(f"{release.name}:{QUERIES / statement.path.name}"), statement.line, statement.name, what)
        for statement in release.statements.values()
        for what in incompatibilities(statement.name, before, after)
    ]


async def _signatures(dsn: str, release: Release) -> Signatures:
    connection = await connect(dsn)
    try:
        return await read_signatures(connection, release.statements.values())
    finally:
        await connection.close()
