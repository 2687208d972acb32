"""Puts a mutant in the place of the original, for as long as tests run."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from api.database.queries import STATEMENTS
from api.paths import ROLES
from api.postgres.roles import make_roles
from tests.mutation.mutants import Mutant
from tests.mutation.objects import unproved
from tests.mutation.reading import read_mutated
from tests.mutation.world import World


@contextmanager
def replaced(mutant: Mutant, world: World) -> Iterator[None]:
    """Run with the mutant within the block.

    A statement is replaced in all processes below this one, by a file that they look at; an object in the databases.
    """
    if mutant.kind == "statement":
        mutated = read_mutated(mutant, STATEMENTS[mutant.subject])
        _write_texts({mutant.subject: mutated.text})
        try:
            yield
        finally:
            _write_texts({})
        return
    if mutant.kind == "roles":
        with TemporaryDirectory() as folder:
            path = Path(folder) / "roles.sql"
            path.write_text(mutant.text, "utf-8")
            make_roles.__defaults__ = (path,)
            try:
                yield
            finally:
                make_roles.__defaults__ = (ROLES,)
                make_roles(world.service_dsn)
        return
    with ExitStack() as undoing:
        for dsn in (world.service_dsn, world.template_dsn):
            # Tests before left rows that it may refuse.
            run_sql(dsn, unproved(mutant.apply))
            undoing.callback(run_sql, dsn, mutant.undo)
        yield


def run_sql(dsn: str, script: str) -> None:
    """Run statements in one transaction."""
    with psycopg.connect(dsn, options="-c lock_timeout=5000") as connection:
        connection.execute(script.encode())


def _write_texts(texts: dict[str, str]) -> None:
    path = Path(os.environ["MUTANT_FILE"])
    new = path.with_suffix(".new")
    new.write_text(json.dumps(texts), "utf-8")
    new.replace(path)
