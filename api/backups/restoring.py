"""Restores a base backup of the embedded server's cluster, to its WAL's end or to a moment."""

import re
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from api.backups.folder import Backup, BackupError, chain, locked
from api.backups.programs import run_program
from api.backups.taking import verify_files
from api.backups.wal import Timeline, branch, check_archived, is_given_up, remove_left_timelines, unarchived
from api.migrations.scripts import run_script
from api.paths import AFTER_RESTORE
from api.postgres.archiving import check_access, restore_settings, wal_folder
from api.postgres.cluster import check_owner, check_version
from api.postgres.embedded import EmbeddedServer
from api.postgres.owner import owned_and_stopped
from api.postgres.programs import EmbeddedServerError
from api.postgres.replacing import prepared_cluster, replace_cluster
from api.postgres.system_user import give_tree

# Seconds that a recovery may take: it replays what was written in days.
_RECOVERY_TIMEOUT: Final = 24 * 60 * 60.0
# PostgreSQL's messages, in the log and in the error.
_LAST: Final = re.compile(r"last completed transaction was at log time (\S+ \S+)")
_NOT_REACHED: Final = "recovery ended before configured recovery target was reached"


class Restored(msgspec.Struct, frozen=True):
    """Where the cluster of before is now, if there was one; when the last transaction that came back was made."""

    kept: Path | None
    last: datetime | None


def restore_base_backup(
    backup: Backup, data_dir: Path, *, backup_dir: Path | None, moment: datetime | None, say: Callable[[str], None]
) -> Restored:
    """Put the cluster of a backup, recovered and without sessions, in the place of a data directory's.

    WAL is looked for beside the backup, and in `backup_dir`. Nothing is replaced before all has succeeded.

    Raises:
        BackupError: the backup or WAL that it needs is damaged or missing, or the moment can't be reached.
        EmbeddedServerError: the data directory is in use or can't be used, or PostgreSQL doesn't start.

    """
    server = EmbeddedServer(data_dir)
    with (
        owned_and_stopped(server.data_dir),
        locked(backup.path.parent),
        prepared_cluster(server.data_dir) as folder,
    ):
        if moment and moment < backup.finished:
            raise BackupError(f"{moment} is before {backup.path} was finished: restore an earlier backup")
        check_owner(server.cluster)
        needed = chain(backup)
        check_version(backup.path)
        for each in needed:
            say(f"verifying {each.path}")
            verify_files(each.path)
        archive = _archive(backup, backup_dir)
        timelines = branch(archive, backup, moment) if archive else []
        recovery = _recovery(archive, timelines, moment)
        prepared = EmbeddedServer(folder, more=recovery, start_timeout=_RECOVERY_TIMEOUT)
        if moment is None and archive:
            check_archived(archive, backup, timelines)
        say(f"restoring into {prepared.cluster}")
        run_program("pg_combinebackup", *(each.path for each in needed), "-o", prepared.cluster)
        if archive:
            for segment in unarchived(server.cluster, backup.identifier(), archive):
                shutil.copyfile(segment, prepared.cluster / "pg_wal" / segment.name)
        # It gets a timeline of its own, so that what is written from here on is told from what was written before.
        (prepared.cluster / "recovery.signal").touch()
        give_tree(prepared.cluster)
        last = _recover(prepared, moment)
        remove_left_timelines(prepared.cluster)
        return Restored(replace_cluster(server, prepared, "restore"), last)


def _archive(backup: Backup, backup_dir: Path | None) -> Path | None:
    """Archived WAL of a backup's cluster; None if there's none."""
    identifier = backup.identifier()
    for folder in (backup.path.parent, backup_dir):
        if folder and (found := wal_folder(folder, identifier)).is_dir():
            check_access(found, "-r", "read")
            return found
    return None


def can_lead_on(backup: Backup, backup_dir: Path | None, moment: datetime | None) -> bool:
    """Whether a recovery of a backup can lead to where the service is, or was at a moment."""
    archive = _archive(backup, backup_dir)
    return archive is None or not is_given_up(archive, backup, moment)


def _recovery(archive: Path | None, timelines: Sequence[Timeline], moment: datetime | None) -> dict[str, str]:
    if archive is None and moment:
        raise BackupError("no WAL was archived for this backup, so it can't be restored to a moment: leave out --to")
    # It takes connections only when it's done.
    settings = restore_settings(archive) | {"timezone": "UTC", "hot_standby": "off"}
    if timelines:
        settings["recovery_target_timeline"] = str(timelines[-1].number)
    if moment:
        at = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
        settings |= {"recovery_target_time": at, "recovery_target_action": "promote"}
    return settings


def _recover(prepared: EmbeddedServer, moment: datetime | None) -> datetime | None:
    """Have PostgreSQL recover, and end all sessions; returns when the last transaction that came back was made."""
    try:
        with prepared, psycopg.connect(prepared.dsn, autocommit=True) as connection:
            run_script(connection, AFTER_RESTORE, AFTER_RESTORE.read_text("utf-8"))
            [(last,)] = connection.execute("select pg_last_xact_replay_timestamp()").fetchall()
            return last if last is None else last.astimezone(UTC)
    except EmbeddedServerError as error:
        if moment and _NOT_REACHED in str(error):
            found = _LAST.findall((prepared.cluster / "server.log").read_text(errors="replace"))
            until = f"{found[-1]} UTC" if found else "the backup itself"
            raise BackupError(f"{moment} can't be reached: the WAL that there is ends with {until}") from None
        raise
