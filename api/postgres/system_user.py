"""Which user of the system the embedded PostgreSQL runs as, and its way to its files.

PostgreSQL refuses to run as root. Started by root it runs under a number that no user has, so that no process but
root's can read its files, connect to it or end it. Started by anybody else it runs as they do.
"""

import os
import pwd
import stat
from pathlib import Path
from typing import Any, Final

from api.postgres.programs import EmbeddedServerError

# Linux distributions give their users lower numbers, and systemd gives its temporary ones higher numbers.
PRIVATE_ID: Final = 60_817
# Earlier releases ran PostgreSQL as this user when they were started by root.
SHARED_USER: Final = "nobody"


def is_root() -> bool:
    return os.geteuid() == 0


def server_id() -> int:
    """The user id, and under root the group id too, of PostgreSQL's processes."""
    return PRIVATE_ID if is_root() else os.geteuid()


def spawn_options(user: int | None = None) -> dict[str, Any]:
    """Arguments of `subprocess.Popen` that run a program as PostgreSQL, or under root as another user of its group."""
    if not is_root():
        return {}
    return {"user": server_id() if user is None else user, "group": PRIVATE_ID, "extra_groups": []}


def give(path: Path, user: int | None = None) -> None:
    """Make PostgreSQL's user and group the owners of a path, or under root another user and its group."""
    if is_root():
        os.chown(path, server_id() if user is None else user, PRIVATE_ID, follow_symlinks=False)


def give_tree(folder: Path) -> None:
    """Give PostgreSQL a folder that nobody else can enter, with all in it."""
    if is_root():
        for path in (folder, *folder.rglob("*")):
            give(path)


def give_all(folder: Path) -> None:
    """Give PostgreSQL a folder of the shared user, with all in it; it can be repeated where it was interrupted.

    A process of the shared user may change the folder meanwhile: no link is followed, and no file of others is given.
    """
    shared = pwd.getpwnam(SHARED_USER).pw_uid
    for _, folders, files, at in os.fwalk(folder, topdown=False):
        for name in (*folders, *files):
            if os.stat(name, dir_fd=at, follow_symlinks=False).st_uid == shared:
                os.chown(name, PRIVATE_ID, PRIVATE_ID, dir_fd=at, follow_symlinks=False)
    give(folder)


def make_data_dir(path: Path) -> None:
    """Make a data directory that PostgreSQL's user can pass; no folder is changed that isn't ours.

    Ours are folders that are made here, and the data directory itself if it is empty or has a cluster.
    """
    made = [folder for folder in (*reversed(path.parents), path) if not folder.exists()]
    for folder in made:
        folder.mkdir(exist_ok=True)
    if is_root():
        if path not in made and path.stat().st_uid == 0 and (not any(path.iterdir()) or any(path.glob("postgres*"))):
            made.append(path)
        for folder in made:
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)


def check_passable(path: Path, remedy: str) -> None:
    """Refuse a path that PostgreSQL's user can't get to.

    Raises:
        EmbeddedServerError: it can't pass a folder on the way; the message ends with `remedy`.

    """
    for folder in (*reversed(path.parents), path) if is_root() else ():
        found = folder.stat()
        if found.st_uid == PRIVATE_ID:
            needed = stat.S_IXUSR
        elif found.st_gid == PRIVATE_ID:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            raise EmbeddedServerError(
                f"PostgreSQL can't run as root, and another user can't pass {folder} on the way to {path}: {remedy}, "
                "or run this as a user that isn't root"
            )
