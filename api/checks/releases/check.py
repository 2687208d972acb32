"""What `just check --release REF` prints."""

import asyncio
import sys
import tempfile
from pathlib import Path

from api.checks.faults import Fault
from api.checks.releases.compatibility import Signatures, incompatibilities, read_signatures
from api.checks.releases.release import MIGRATIONS, QUERIES, Release, find_release, put_migrations
from api.database.connections import connect
from api.migrations import migrate
from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer


def print_release_check(name: str, root: Path = ROOT) -> int:
    """Show which statements of a release break on the schema that the tree's migrations make; 0 if none does."""
    release = find_release(name, root)
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder, EmbeddedServer(Path(folder)) as server:
        faults = check_release(server.dsn, release, root)
    pending = ", ".join(file.id for file in release.pending) or "no migration"
    sys.stdout.write(f"{len(release.statements)} statements of {release.name}, before and after {pending}\n")
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    broken = {fault.statement for fault in faults}
    sys.stdout.write(f"{len(broken)} of them break\n" if broken else "none breaks\n")
    return int(bool(faults))


def check_release(dsn: str, release: Release, root: Path = ROOT) -> list[Fault]:
    """What breaks a release's statements, in an empty database that is migrated to the release and then to the tree.

    Raises:
        MigrationError: a migration failed.

    """
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as stage:
        put_migrations(Path(stage), release.applied)
        migrate(dsn, directory=Path(stage))
    before = asyncio.run(_signatures(dsn, release))
    migrate(dsn, directory=root / MIGRATIONS)
    after = asyncio.run(_signatures(dsn, release))
    return [
        # As git names a file of a revision.
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
