"""Starts a new migration and its rollback."""

import re
from pathlib import Path
from typing import Final

from api.migrations.files import MigrationError
from api.paths import MIGRATIONS

_TEMPLATE: Final = """\
-- What this changes, and why.
--
-- Locks: which, on what, and for how long on a large table.
-- Rollback loses: what of the data can't be kept.

"""
_ROLLBACK_TEMPLATE: Final = """\
-- Takes back {id}. Loses: what of the data can't be kept.

"""


def new_migration(name: str, directory: Path = MIGRATIONS) -> tuple[Path, Path]:
    """Create a migration and its rollback with the next number; each file has only its opening comment.

    Raises:
        MigrationError: the name isn't snake_case, or is taken.

    """
    if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", name):
        raise MigrationError(f"{name!r} is not snake_case, like add_child_birthdays")
    taken = [path.stem for path in directory.glob("[0-9][0-9][0-9][0-9]_*.sql")]
    for other in taken:
        if other[5:] == name:
            raise MigrationError(f"{other} has that name")
    id = f"{max((int(other[:4]) for other in taken), default=0) + 1:04}_{name}"
    apply, rollback = directory / f"{id}.sql", directory / f"{id}.rollback.sql"
    with apply.open("x") as file:
        file.write(_TEMPLATE)
    with rollback.open("x") as file:
        file.write(_ROLLBACK_TEMPLATE.format(id=id))
    return apply, rollback
