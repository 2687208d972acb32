"""Prints what `just migrate` would run, so that a DBA can read it or pipe it to psql."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from api.migrations.backend import CHECKSUMS, Backend
from api.migrations.connection import LOCK_KEY
from api.migrations.session import Settings, reset_statements
from api.migrations.states import FOREIGN_TABLES, read_history
from api.sql_parser.parser import parse

_HEAD: Final = """\
-- What `just migrate` would run on this database. psql stops at the first error; what was committed stays.
\\set ON_ERROR_STOP on"""
# What is printed for one database would leave marks in another, or gaps between them.
_GUARD: Final = """\
do $$
declare
  applied text[] := '{{}}';
begin
  if not pg_try_advisory_lock({key}) then
    raise exception 'another run is migrating this database';
  end if;
  if to_regclass('_yoyo_migration') is not null then
    applied := array(select migration_id from _yoyo_migration order by migration_id collate "C");
  end if;
  if applied <> {applied}
     or (to_regclass('{checksums}') is null and exists ({foreign_tables}))
  then
    raise exception 'this was printed for a database with other migrations or tables: print it for this one';
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
        write(_HEAD)
        write(reset_statements(settings))
        applied = self._cursor.mogrify("%s::text[]", [sorted(read_history(connection))])
        write(_GUARD.format(key=LOCK_KEY, applied=applied, checksums=CHECKSUMS, foreign_tables=FOREIGN_TABLES.strip()))

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
