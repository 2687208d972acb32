"""A backend for yoyo-migrations that stays consistent if a run is interrupted.

yoyo itself runs a migration on one connection, marks it as applied on another, and locks with a row of a table. Here a
migration and its mark commit together, and the lock is an advisory lock of PostgreSQL, which ends with the session.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration, StepBase

from api.migrations.files import MigrationFile
from api.migrations.scripts import ScriptError, run_script
from api.migrations.session import NO_STATEMENT_TIMEOUT, NO_TIMEOUTS, Settings, reset_statements, set_statements
from api.sql_parser.lexer import quoted

CHECKSUMS: Final = "migration_checksums"
# The tables that record migrations.
RECORDS: Final = (CHECKSUMS, "_yoyo_log", "_yoyo_migration", "_yoyo_version")

# The tables of yoyo are as it makes them itself, which takes several steps that can't be printed. Ours comes first: it
# marks a database as ours.
_CREATE_HISTORY: Final = """\
create table if not exists migration_checksums (
  migration_id text not null,
  checksum text not null,
  constraint migration_checksums_pkey primary key (migration_id)
);
comment on table migration_checksums is 'What the files of each applied migration were: an edited one is noticed.';
comment on column migration_checksums.migration_id is '[operational] Name of the migration, without its ending.';
comment on column migration_checksums.checksum is '[operational] SHA-256 of both files, in hex.';
create table if not exists _yoyo_log (
  id varchar(36) primary key,
  migration_hash varchar(64),
  migration_id varchar(255),
  operation varchar(10),
  username varchar(255),
  hostname varchar(255),
  comment varchar(255),
  created_at_utc timestamp
);
create table if not exists _yoyo_migration (
  migration_hash varchar(64) primary key,
  migration_id varchar(255),
  applied_at_utc timestamp
);
create table if not exists _yoyo_version (version integer primary key, installed_at_utc timestamp);
insert into _yoyo_version
values (2, timezone('UTC', now()))
on conflict do nothing;
"""
_INVALID: Final = """
select relname
  from pg_index
  join pg_class
    on pg_class.oid = indexrelid
 where relname = any(%s)
   and relnamespace = 'public'::regnamespace
   and not indisvalid
"""
_ATTACHED: Final = """
select case
         when inhdetachpending then 'pending'
         when inhrelid is not null then 'yes'
         else 'no'
       end
  from pg_class
  left join pg_inherits
    on inhrelid = pg_class.oid
   and inhparent = to_regclass(%s)
 where pg_class.oid = to_regclass(%s)
"""


class FileStep(StepBase):  # type: ignore[misc]
    """The only step of a migration: runs all statements of its file."""

    id = 0

    def __init__(self, file: MigrationFile) -> None:
        self._file = file

    def apply(self, backend: "Backend", force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        if self._file.outside is None or self._file.outside.detached is None:
            backend.run_file(self._file.path, self._file.apply)
        else:
            backend.detach(self._file, *self._file.outside.detached)

    def rollback(self, backend: "Backend", force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        if self._file.outside is None or self._file.outside.detached is None:
            backend.run_file(self._file.rollback_path, self._file.rollback)
        else:
            backend.attach(self._file, *self._file.outside.detached)


class FileMigration(Migration):  # type: ignore[misc]
    """A migration file as a migration of yoyo."""

    def __init__(self, file: MigrationFile) -> None:
        super().__init__(file.id, str(file.path), str(file.path.parent))
        self.file = file

    def load(self) -> None:
        self.source = self.file.apply
        self.use_transactions = self.file.outside is None
        # None, as read_migrations has checked them, and yoyo looks them up among all migrations it has ever loaded.
        self._depends: set[Migration] = set()
        self.steps = [FileStep(self.file)]


class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's PostgreSQL backend on a given connection, which has these settings between files."""

    def __init__(self, connection: psycopg.Connection[Any], settings: Settings) -> None:
        self._session = connection
        self._settings = settings
        # The address isn't used, as `connect` returns the given connection.
        super().__init__(DatabaseURI("postgresql+psycopg", None, None, None, None, None, {}), "_yoyo_migration")
        self.has_transactional_ddl = True

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection[Any]:  # noqa: ARG002
        return self._session

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:  # noqa: ARG002
        """Do nothing: the runner holds the lock around the whole run."""
        yield

    def transaction(self, rollback_on_exit: bool = False) -> AbstractContextManager[psycopg.Transaction]:  # noqa: FBT001, FBT002
        """A transaction of psycopg, which copes with a lost connection."""
        return self._session.transaction(force_rollback=rollback_on_exit)

    def disable_transactions(self) -> AbstractContextManager[None]:
        """Do nothing: the connection is in autocommit."""
        return nullcontext()

    def run(self, sql: str) -> None:
        """Run statements that give nothing."""
        self._session.execute(sql.encode())

    def run_file(self, path: Path, text: str) -> None:
        """Run a migration's file.

        Raises:
            ScriptError: a statement failed.

        """
        run_script(self._session, path, text)

    def prepare_history(self) -> None:
        """Make the tables that record migrations, unless they are there."""
        with self.transaction():
            self.run(_CREATE_HISTORY)
        self._internal_schema_updated = True

    def apply_one(self, migration: FileMigration, force: bool = False, mark: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002
        with self._marking(migration, "apply"):
            self.mark_one(migration, log=False)
            self.keep_checksum(migration)

    def rollback_one(self, migration: FileMigration, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        with self._marking(migration, "rollback"):
            self.unmark_one(migration, log=False)
            self.execute(f"delete from {CHECKSUMS} where migration_id = :id", {"id": migration.id})  # noqa: S608

    def keep_checksum(self, migration: FileMigration) -> None:
        """Record what a migration's files are."""
        self.execute(
            f"insert into {CHECKSUMS} values (:id, :checksum) on conflict (migration_id)"  # noqa: S608
            " do update set checksum = excluded.checksum",
            {"id": migration.id, "checksum": migration.file.checksum},
        )

    def detach(self, file: MigrationFile, table: str, partition: str) -> None:
        """Take a partition off its table, also if that was cut off before.

        Raises:
            ScriptError: a statement failed.

        """
        attached = self._attached(table, partition)
        if attached == "pending":
            self.run(f"alter table {quoted(table)} detach partition {quoted(partition)} finalize")
        elif attached != "no":
            self.run_file(file.path, file.apply)

    def attach(self, file: MigrationFile, table: str, partition: str) -> None:
        """Put a partition back that `detach` has taken off, unless that is done.

        Raises:
            ScriptError: a statement failed.

        """
        if self._attached(table, partition) != "yes":
            self.run_file(file.rollback_path, file.rollback)

    def _attached(self, table: str, partition: str) -> str | None:
        """`yes`, `no`, or `pending` while a partition is being taken off; None if there's no such table."""
        found = self._session.execute(_ATTACHED, [quoted(table), quoted(partition)]).fetchone()
        return None if found is None else str(found[0])

    @contextmanager
    def _marking(self, migration: FileMigration, direction: str) -> Iterator[None]:
        """Run a migration's step and then the block, in one transaction if the migration allows it."""
        outside = migration.file.outside
        with self.transaction() if outside is None else nullcontext():
            if outside is not None:
                self.run(set_statements(NO_STATEMENT_TIMEOUT if outside.locks_out else NO_TIMEOUTS))
            try:
                migration.process_steps(self, direction)
            except ScriptError as error:
                if outside is not None and outside.indexes:
                    raise self._drop_invalid(outside.indexes, error) from error
                raise
            # What the file leaves, as a search path or a temporary table, must not affect its mark or the next file.
            self.run(reset_statements(self._settings))
            with self.transaction():
                yield
                self.log_migration(migration, direction)

    def _drop_invalid(self, indexes: Sequence[str], error: ScriptError) -> ScriptError:
        """Try to drop invalid indexes; if that fails, the error says so, and the next run begins with dropping them."""
        with suppress(psycopg.Error):
            self.run(reset_statements(self._settings))
            for name in self._invalid(indexes):
                self.run(f"drop index concurrently {quoted(name)}")
        try:
            left = self._invalid(indexes)
        except psycopg.Error:
            return ScriptError(f"{error}; it may have left the index {indexes[0]} invalid: run again")
        return ScriptError(f"{error}; it left the index {left[0]} invalid: run again") if left else error

    def _invalid(self, indexes: Sequence[str]) -> list[str]:
        return [name for (name,) in self._session.execute(_INVALID, [list(indexes)])]
