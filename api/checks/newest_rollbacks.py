"""Takes the newest migrations back in a database of its own, one by one, and applies them again."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from api.checks.faults import Message
from api.checks.rehearsal.rollbacks import schema_differences, take_back
from api.checks.schema import dump_schema
from api.migrations import Applied, MigrationError, MigrationFile, migrate
from api.paths import MIGRATIONS
from api.postgres.databases import another_database

# Those before are of a release, so that their files stay as they are; a test takes all back.
_NEWEST: Final = 5
_DATABASE: Final = "rollbacks"


def newest(files: Sequence[MigrationFile]) -> Sequence[MigrationFile]:
    """Those that are taken back: never the first, as the tables that record migrations come with it, and stay."""
    return files[1:][-_NEWEST:]


def wrong_rollbacks(dsn: str, files: Sequence[MigrationFile], directory: Path = MIGRATIONS) -> list[Message]:
    """What is wrong with the newest rollbacks of a folder, on the server of `dsn`; that database is left alone.

    None is looked at behind a wrong one, as what that leaves would be found with each.
    """
    with another_database(dsn, _DATABASE) as database:
        schemas = _schemas(database, files, directory)
        before = {file.id: schemas[previous.id] for previous, file in pairwise(files) if previous.id in schemas}
        try:
            for taken in take_back(database, newest(files), before, directory):
                if taken.faults:
                    return list(taken.faults)
        except MigrationError as error:
            return [f"{error}: correct it, for it has to run on what its migration leaves"]
        try:
            migrate(database, directory=directory)
        except MigrationError as error:
            return [f"{error}, as its rollback or a later one left something: have that take everything back"]
        last = files[-1]
        if lines := schema_differences("applied once", schemas[last.id], dump_schema(database)):
            message = f"{last.path.name} makes another schema once the last ones were taken back: correct the rollbacks"
            return ["\n".join([message, *lines])]
    return []


def _schemas(database: str, files: Sequence[MigrationFile], directory: Path) -> dict[str, str]:
    """Apply migrations; returns dumps from after each of the newest and the one before them, by id."""
    wanted = {file.id for file in files[-_NEWEST - 1 :]}
    schemas: dict[str, str] = {}

    def keep(applied: Applied) -> None:
        if applied.id in wanted:
            schemas[applied.id] = dump_schema(database)

    migrate(database, directory=directory, report=keep)
    return schemas
