"""Archives the embedded server's WAL in BACKUP_DIR while it runs, and gives it back to a server that recovers.

PostgreSQL itself calls a line of shell for each segment that is full, or after a minute with changes. A process that
streams WAL would lose less than that minute, but would have to be watched, and its slot keeps WAL without a bound.
"""

import gzip
import subprocess
from pathlib import Path
from shlex import quote
from typing import Final

from api.backup_age import WAL
from api.postgres.postmaster import Postmaster
from api.postgres.programs import EmbeddedServerError
from api.postgres.system_user import check_passable, give, spawn_options

# Seconds after which changes are archived, though their segment isn't full. What is lost at most with the disk.
ARCHIVE_TIMEOUT: Final = 60
# What a server has that archives, and summaries for incremental backups. Without a command it keeps its WAL for one.
ARCHIVES: Final = {"archive_mode": "on", "summarize_wal": "on"}
# Segments are compressed: most of one that was cut short is zeros. The file is on the disk before it has its name, and
# no other file is replaced: one that is there already is the same, as after a crash, or it's an error.
_ARCHIVE: Final = (
    "cd {folder} && if [ -e %f.gz ]; then gzip -dc %f.gz | cmp -s - {wal}/%f;"
    " else gzip -1c {wal}/%f > .%f && sync .%f && mv .%f %f.gz && sync .; fi"
)


def system_identifier(cluster: Path) -> int:
    """The number that tells a cluster, and all that was restored from it, from others."""
    with (cluster / "global" / "pg_control").open("rb") as control:
        return int.from_bytes(control.read(8), "little")


def wal_folder(backup_dir: Path, identifier: int) -> Path:
    return backup_dir / WAL / str(identifier)


def archive_settings(cluster: Path, backup_dir: Path) -> dict[str, str]:
    """Settings of a server that archives its WAL; makes the folder for it.

    Raises:
        EmbeddedServerError: BACKUP_DIR isn't there, or PostgreSQL's user can't write to it.

    """
    # It isn't made, as it may be the place of a disk that is to be mounted first.
    if not backup_dir.is_dir():
        raise EmbeddedServerError(f"BACKUP_DIR={backup_dir} is not there: make that folder, or mount its disk")
    check_passable(backup_dir, "set BACKUP_DIR to a folder that others may pass")
    folder = wal_folder(backup_dir, system_identifier(cluster))
    folder.parent.mkdir(mode=0o711, exist_ok=True)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        give(folder)
    check_access(folder, "-w", "write to")
    _archive_histories(cluster, folder)
    command = _ARCHIVE.format(folder=_shell(folder), wal=_shell(cluster / "pg_wal"))
    return {**ARCHIVES, "archive_command": command, "archive_timeout": str(ARCHIVE_TIMEOUT)}


def has_archived(cluster: Path) -> bool:
    """Whether the cluster's server archived its WAL when it last ran: what isn't archived then is a gap behind that."""
    return Postmaster(cluster).runs_with(ARCHIVES)


def restore_settings(folder: Path | None) -> dict[str, str]:
    """Settings of a server that recovers with the WAL of a folder, or with none."""
    if folder is None:
        return {"restore_command": "false"}
    return {"restore_command": f'gzip -dc {_shell(folder)}/%f.gz > "%p"'}


def check_access(path: Path, test: str, to: str) -> None:
    """Refuse a path that PostgreSQL's user can't read (`-r`) or write to (`-w`).

    Raises:
        EmbeddedServerError: it can't.

    """
    if subprocess.run(["test", test, path], cwd="/", check=False, **spawn_options()).returncode:  # noqa: S603, S607
        options = spawn_options()
        who = f"PostgreSQL's user {options['user']}" if options else "this user"
        raise EmbeddedServerError(f"{who} can't {to} {path}: change its owner or permissions")


def _archive_histories(cluster: Path, folder: Path) -> None:
    """Archive where a restored cluster's WAL departs from that of before, as nothing was while it was restored."""
    for history in (cluster / "pg_wal").glob("*.history"):
        archived = folder / f"{history.name}.gz"
        if not archived.exists():
            unfinished = folder / f".{history.name}"
            unfinished.write_bytes(gzip.compress(history.read_bytes()))
            give(unfinished)
            unfinished.rename(archived)


def _shell(path: Path) -> str:
    """A path in a line of shell, in which PostgreSQL reads % as its own."""
    return quote(str(path)).replace("%", "%%")
