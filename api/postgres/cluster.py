"""Makes clusters, and brings those of earlier releases over."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

from api.postgres import system_user
from api.postgres.programs import EmbeddedServerError, find_binary, major_version

_LOCALE: Final = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
# What the file of access beside the cluster says is what counts; these are for a server that is started without it.
_NOBODY: Final = ("--auth-local=peer", "--auth-host=reject")


# Where a cluster is prepared that is to replace that of a data directory, and what the replaced one is called.
PREPARED: Final = "next"
KEPT: Final = "postgres.before-"


def refuse_lost_cluster(data_dir: Path) -> None:
    """Refuse to make a cluster where one was put aside, and the one that was to replace it never came.

    Raises:
        EmbeddedServerError: the message says what is there.

    """
    if kept := sorted(data_dir.glob(f"{KEPT}*"), key=lambda path: path.name.rpartition("-")[2]):
        raise EmbeddedServerError(
            f"{data_dir} has no cluster: replacing it was cut off; do it again, or rename {kept[-1].name} to postgres"
        )


def make_cluster(cluster: Path, *, synced: bool = True) -> None:
    """Run initdb; what isn't synced may be lost in a crash of the machine.

    Raises:
        EmbeddedServerError: initdb fails; the message has the last line of its output.

    """
    # initdb wants a user that has a name. Others of that user can't pass the folder around, whose group they aren't in.
    user = pwd.getpwnam(system_user.SHARED_USER).pw_uid if system_user.is_root() else os.geteuid()
    around = cluster.with_name(f"{cluster.name}.unfinished")
    shutil.rmtree(around, ignore_errors=True)
    around.mkdir(mode=0o710)
    system_user.give(around, os.geteuid())
    # Created under another name and renamed, so that an unfinished cluster is never used.
    unfinished = around / cluster.name
    unfinished.mkdir(mode=0o700)
    system_user.give(unfinished, user)
    command: list[str | Path] = [
        find_binary("initdb"),
        "-D",
        unfinished,
        "-U",
        "postgres",
        "-E",
        "UTF8",
        *_NOBODY,
        *_LOCALE,
        *([] if synced else ["--no-sync"]),
    ]
    result = subprocess.run(  # noqa: S603
        command, cwd="/", capture_output=True, text=True, check=False, **system_user.spawn_options(user)
    )
    if result.returncode != 0:
        reason = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise EmbeddedServerError(f"initdb failed: {''.join(reason)}")
    if system_user.is_root():
        system_user.give_all(unfinished)
    unfinished.rename(cluster)
    around.rmdir()


def check_cluster(cluster: Path, programs: Path | None = None) -> None:
    """Refuse a cluster that these programs of PostgreSQL, else ours, can't run.

    Raises:
        EmbeddedServerError: it is of another major version or belongs to another user.

    """
    check_version(cluster, programs)
    check_owner(cluster)


def check_owner(cluster: Path) -> None:
    """Refuse a cluster that isn't of the user that PostgreSQL runs as for us, if there's one.

    Raises:
        EmbeddedServerError: the message says whose it is.

    """
    if not cluster.exists():
        return
    owner = cluster.stat().st_uid
    if owner != system_user.server_id() and not is_of_shared_user(cluster):
        raise EmbeddedServerError(f"{cluster} belongs to user {owner}: run this as that user")


def check_version(cluster: Path, programs: Path | None = None) -> None:
    """Refuse a cluster of another major version.

    Raises:
        EmbeddedServerError: the message says how it's brought over.

    """
    found, needed = (cluster / "PG_VERSION").read_text().strip(), major_version(programs)
    if found != needed:
        raise EmbeddedServerError(
            f"{cluster} is of PostgreSQL {found}, and this is PostgreSQL {needed}: run `just upgrade OLD_BIN_DIR`"
        )


def is_of_shared_user(cluster: Path) -> bool:
    """Whether an earlier release made a cluster for root, whose PostgreSQL shared a user with others."""
    return system_user.is_root() and cluster.stat().st_uid == pwd.getpwnam(system_user.SHARED_USER).pw_uid
