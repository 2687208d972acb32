"""Prints what `just migrate` would run, so that a DBA can read it or pipe it to psql."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from api.migrations.backend import Backend
from api.migrations.connection import LOCK_KEY
from api.migrations.session import Settings, reset_statements
from api.sql_parser.parser import parse

_HEAD: Final = """\
-- What `just migrate` would run on this database. psql stops at the first error; what was committed stays.
\\set ON_ERROR_STOP on
do $$
begin
  if not pg_try_advisory_lock({key}) then
    raise exception 'another run is migrating this database';
  end if;
end;
$$;"""


class PrintingBackend(Backend):
    """Gives its SQL to `write` instead of running it; the connection is only asked how it quotes values."""

    def __init__(self, connection: psycopg.Connection[Any], settings: Settings, write: Callable[[str], None]) -> None:
        super().__init__(connection, settings)
        self._write = write
        self._within = False
        self._cursor = psycopg.ClientCursor(connection)
        write(_HEAD.format(key=LOCK_KEY))
        write(reset_statements(settings))

    def transaction(self, rollback_on_exit: bool = False) -> AbstractContextManager[Any]:  # noqa: ARG002, FBT001, FBT002
        # psycopg makes savepoints of inner transactions, which are of no use here.
        return nullcontext() if self._within else self._outermost()

    @contextmanager
    def _outermost(self) -> Iterator[None]:
        self._write("\nbegin;")
        self._within = True
        yield
        self._within = False
        self._write("commit;")

    def run(self, sql: str) -> None:
        self._write(sql.strip())

    def run_file(self, path: Path, text: str) -> None:
        self._write(f"\n-- {path.name}\n{text.rstrip()}")
        if not text[parse(text)[-1].end :].lstrip().startswith(";"):
            self._write(";")
        self._write("\n-- Its mark.")

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        """Print a statement of yoyo, whose parameters are written `:name`."""
        for name, value in (params or {}).items():
            # Moments are those when the statement is run.
            text = "timezone('UTC', now())" if isinstance(value, datetime) else self._cursor.mogrify("%s", [value])
            sql = re.sub(rf"(?<!:):{name}\b", text.replace("\\", r"\\"), sql)
        self._write(f"{' '.join(sql.split())};")
