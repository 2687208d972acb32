"""Brings the embedded server's cluster from an older major version of PostgreSQL to this one, by a dump."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from psycopg import connect

from api.backups.checksums import TableSum, differences, table_sums
from api.backups.dumping import DUMP, dump
from api.backups.folder import BackupError
from api.backups.loading import load_all
from api.backups.programs import run_program
from api.postgres.embedded import EmbeddedServer
from api.postgres.owner import owned_and_stopped
from api.postgres.programs import major_version
from api.postgres.replacing import prepared_cluster, replace_cluster

# initdb has made this role.
_OWN_ROLE: Final = "CREATE ROLE postgres;"


def upgrade(
    data_dir: Path, programs: Path | None, *, say: Callable[[str], None]
) -> tuple[Path | None, Mapping[str, TableSum]]:
    """Carry database and roles into a new cluster, compare all rows, and put it in the old one's place.

    `programs` is the folder of the old version's programs. Returns where the old cluster is now, and what was carried.

    Raises:
        BackupError: there's nothing to upgrade, the programs aren't of the cluster's version, or something can't be
            carried; the old cluster is as it was then.
        EmbeddedServerError: the data directory is in use, or a server doesn't start.

    """
    version = data_dir / "postgres" / "PG_VERSION"
    found = version.read_text().strip() if version.exists() else None
    if found in {None, major_version()}:
        raise BackupError(f"nothing to upgrade: {data_dir} has {f'PostgreSQL {found}' if found else 'no cluster'}")
    _check_programs(programs, str(found))
    with EmbeddedServer(data_dir, programs=programs) as old, prepared_cluster(old.data_dir) as folder:
        say(f"dumping {old.cluster}")
        file = folder / DUMP
        _, tables = dump(old.dsn, file)
        roles = run_program("pg_dumpall", "--roles-only", "-d", old.dsn)
        old.stop()
        prepared = EmbeddedServer(folder)
        with prepared:
            say(f"restoring into {prepared.cluster}")
            script = "\n".join(line for line in roles.splitlines() if line != _OWN_ROLE)
            psql = ["psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-d", prepared.dsn]
            run_program(*psql, given=script)
            load_all(file, prepared.dsn)
            with connect(prepared.dsn) as connection:
                if wrong := differences(tables, table_sums(connection, tables)):
                    raise BackupError(f"the new cluster is not what was dumped: {'; '.join(wrong)}")
        with owned_and_stopped(old.data_dir):
            return replace_cluster(old, prepared, "upgrade"), tables


def _check_programs(programs: Path | None, version: str) -> None:
    if programs is None:
        raise BackupError(
            f"the cluster is of PostgreSQL {version}: say where that version's programs are, as `just upgrade "
            f"/usr/lib/postgresql/{version}/bin`, or the folder pginstall/bin of the release before's environment"
        )
    try:
        there = major_version(programs)
    except (OSError, subprocess.CalledProcessError):
        raise BackupError(f"{programs} has no postgres that runs") from None
    if there != version:
        raise BackupError(f"the cluster is of PostgreSQL {version}, and {programs} has PostgreSQL {there}")
