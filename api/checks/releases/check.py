"""Checks whether the statements of a release work on the schema of the tree's migrations."""

import asyncio
import tempfile
from pathlib import Path

import psycopg

from api.checks.faults import Fault
from api.checks.grants.release_grants import plannable
from api.checks.grants.roles_file import check_roles_file
from api.checks.releases.compatibility import Signatures, incompatibilities, read_signatures
from api.checks.releases.release import MIGRATIONS, QUERIES, Release, write_migrations
from api.database.connections import connect
from api.database.statements.files import read_statements
from api.migrations import migrate
from api.paths import ROLES, ROOT
from api.postgres.roles import make_roles


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


def check_grants(dsn: str, release: Release, root: Path = ROOT) -> list[str]:
    """What sql/roles.sql should grant so that a release and the tree serve, or shouldn't; `check_release` comes before.

    Raises:
        ScriptError: sql/roles.sql doesn't run.

    """
    make_roles(dsn, root / ROLES.relative_to(ROOT))
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        here = read_statements(root / QUERIES)
        # Most are the same in both.
        wanted = {each.text: each for each in (*here.values(), *release.statements.values())}
        return check_roles_file(connection, plannable(connection, wanted.values()))


async def _signatures(dsn: str, release: Release) -> Signatures:
    connection = await connect(dsn)
    try:
        return await read_signatures(connection, release.statements.values())
    finally:
        await connection.close()
