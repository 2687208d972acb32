"""Finds a release: its migrations and statements, and the migrations that come after it."""

import io
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from api import paths
from api.command_error import CommandError
from api.database.statements.files import QueryFileError, Statement, read_statements
from api.migrations import MigrationError, MigrationFile, read_migrations
from api.migrations.git import git
from api.paths import ROOT

MIGRATIONS: Final = paths.MIGRATIONS.relative_to(ROOT)
QUERIES: Final = paths.QUERIES.relative_to(ROOT)
ROLES: Final = paths.ROLES.relative_to(ROOT)


class ReleaseError(CommandError):
    """The release can't be used; the message says why."""


class Release(msgspec.Struct, frozen=True):
    """A release: its migrations and its statements; `pending` are the migrations after it in the working tree, `tree`.

    `roles` is what grants its service its rights, where a git revision says.
    """

    name: str
    applied: Sequence[MigrationFile]
    pending: Sequence[MigrationFile]
    statements: Mapping[str, Statement]
    tree: Path
    roles: str | None = None


def find_release(given: str | None, root: Path = ROOT) -> Release:
    """The release named by a migration of the working tree (its id or number), or by a git revision.

    A migration stands for a release that ends with it and has the working tree's statements. If nothing is given, it's
    the last git tag, or without tags the last migration but one.

    Raises:
        ReleaseError: no such release, or its migrations aren't the first ones of the working tree.

    """
    try:
        files = read_migrations(root / MIGRATIONS)
        if given is None:
            tag = git(root, "describe", "--tags", "--abbrev=0")
            given = tag.decode().strip() if tag else files[max(len(files) - 2, 0)].id
        for count, file in enumerate(files, start=1):
            if file.goes_by(given):
                return Release(file.id, files[:count], files[count:], read_statements(root / QUERIES), root)
        return _git_release(root, given, files)
    except (MigrationError, QueryFileError) as error:
        raise ReleaseError(str(error)) from error


def write_migrations(folder: Path, files: Sequence[MigrationFile]) -> None:
    """Write migrations, with their rollbacks, into a folder."""
    for file in files:
        (folder / file.path.name).write_text(file.apply, "utf-8")
        (folder / file.rollback_path.name).write_text(file.rollback, "utf-8")


def _git_release(root: Path, name: str, files: Sequence[MigrationFile]) -> Release:
    commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if commit is None:
        raise ReleaseError(f"{name} is neither a migration in {MIGRATIONS} nor a revision that git knows")
    archive = git(root, "archive", "--format=tar", commit.decode().strip(), str(MIGRATIONS), str(QUERIES))
    if archive is None:
        raise ReleaseError(f"{name} has no {MIGRATIONS} or no {QUERIES}")
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        try:
            applied = read_migrations(Path(folder) / MIGRATIONS)
            statements = read_statements(Path(folder) / QUERIES)
        except (MigrationError, QueryFileError) as error:
            raise ReleaseError(f"of {name}: {str(error).replace(f'{folder}/', '')}") from error
    known = {file.id: file for file in files}
    for file in applied:
        if file.id not in known:
            raise ReleaseError(f"{file.id} is a migration of {name}, but not of the working tree")
        if file.checksum != known[file.id].checksum:
            raise ReleaseError(f"{file.id} was edited since {name}: no database of that release could be migrated")
    roles = git(root, "show", f"{commit.decode().strip()}:{ROLES}")
    return Release(name, applied, files[len(applied) :], statements, root, roles.decode() if roles else None)
