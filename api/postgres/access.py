"""Who may connect to the embedded server: the user of the system that started it, over a socket in a folder of its own.

The files that say so lie beside the cluster, where PostgreSQL's own user can't change them.
"""

import os
import pwd
import stat
from pathlib import Path
from typing import Final

from api.atomic_write import atomic_write
from api.postgres.programs import EmbeddedServerError
from api.postgres.system_user import give, server_id

_MAP: Final = "nestwerk"


def write_access_files(data_dir: Path) -> dict[str, str]:
    """Write who may connect; returns PostgreSQL's settings that name the files.

    Raises:
        EmbeddedServerError: the user of this process has no name.

    """
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedServerError(
            f"the user {os.geteuid()} that runs this has no name, and PostgreSQL knows users by names: "
            "give it a line in /etc/passwd, or run this as another user"
        ) from None
    texts = {
        "hba_file": ("pg_hba.conf", f"local all all peer map={_MAP}\nlocal replication all peer map={_MAP}\n"),
        "ident_file": ("pg_ident.conf", f'{_MAP} "{name}" all\n'),
    }
    for file, text in texts.values():
        with atomic_write(data_dir / file, mode=0o600) as writing:
            writing.write(text)
            os.fchmod(writing.fileno(), 0o644)
    return {setting: str(data_dir / file) for setting, (file, _) in texts.items()}


def make_private_folder(folder: Path) -> None:
    """Make a folder that only PostgreSQL's user can enter, unless it's there already.

    Raises:
        EmbeddedServerError: the path leads to something else, which somebody else may have put there.

    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        give(folder)
    found = folder.lstat()
    if not (
        stat.S_ISDIR(found.st_mode) and found.st_uid == server_id() and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    ):
        raise EmbeddedServerError(
            f"{folder} is to be a folder that only PostgreSQL can enter, and it is not: remove it, "
            "or set DATA_DIR to a shorter path of plain letters, so that the socket lies there"
        )
