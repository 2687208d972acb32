"""A backend for yoyo-migrations that stays consistent if a run is interrupted.

yoyo itself runs a migration on one connection, marks it as applied on another, and locks with a row of a table. Here a
migration and its mark commit together, and the lock is an advisory lock of PostgreSQL, which ends with the session.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, Final

import psycopg
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration, StepBase

from api.migrations.files import MigrationFile
from api.migrations.scripts import ScriptError, run_script
from api.migrations.session import NO_TIMEOUTS, Settings, apply_settings, reset_session

# An arbitrary number: "nestwerk" in ASCII.
LOCK_KEY: Final = int.from_bytes(b"nestwerk")
CHECKSUMS: Final = "migration_checksums"

_CREATE_CHECKSUMS: Final = f"""
create table if not exists {CHECKSUMS} (
  migration_id text not null,
  checksum text not null,
  constraint {CHECKSUMS}_pkey primary key (migration_id)
);
comment on table {CHECKSUMS} is 'What the files of each applied migration were: an edited one is noticed.';
comment on column {CHECKSUMS}.migration_id is '[operational] Name of the migration, without its ending.';
comment on column {CHECKSUMS}.checksum is '[operational] SHA-256 of both files, in hex.';
"""
_IS_INVALID: Final = """
select exists (
  select
    from pg_index
    join pg_class
      on pg_class.oid = indexrelid
   where relname = %s
     and not indisvalid
)
"""


class FileStep(StepBase):  # type: ignore[misc]
    """The only step of a migration: runs all statements of its file."""

    id = 0

    def __init__(self, file: MigrationFile) -> None:
        self._file = file

    def apply(self, backend: "Backend", force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        run_script(backend.connection, self._file.path, self._file.apply)

    def rollback(self, backend: "Backend", force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        run_script(backend.connection, self._file.rollback_path, self._file.rollback)


class FileMigration(Migration):  # type: ignore[misc]
    """A migration file as a migration of yoyo."""

    def __init__(self, file: MigrationFile) -> None:
        super().__init__(file.id, str(file.path), str(file.path.parent))
        self.file = file

    def load(self) -> None:
        self.source = self.file.apply
        self.use_transactions = self.file.transactional
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

    def prepare_history(self) -> None:
        # Our table comes first: it marks a database as ours even if the run is interrupted here.
        self._session.execute(_CREATE_CHECKSUMS)
        self.ensure_internal_schema_updated()

    def apply_one(self, migration: FileMigration, force: bool = False, mark: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002
        with self._marking(migration, "apply"):
            self.mark_one(migration, log=False)
            self._session.execute(
                f"insert into {CHECKSUMS} values (%s, %s) on conflict (migration_id)"  # noqa: S608
                " do update set checksum = excluded.checksum",
                (migration.id, migration.file.checksum),
            )

    def rollback_one(self, migration: FileMigration, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        with self._marking(migration, "rollback"):
            self.unmark_one(migration, log=False)
            self._session.execute(f"delete from {CHECKSUMS} where migration_id = %s", (migration.id,))  # noqa: S608

    @contextmanager
    def _marking(self, migration: FileMigration, direction: str) -> Iterator[None]:
        """Run a migration's step and then the block, in one transaction if the migration allows it."""
        with self.transaction() if migration.file.transactional else nullcontext():
            if migration.file.index is not None:
                apply_settings(self._session, NO_TIMEOUTS)
            try:
                migration.process_steps(self, direction)
            except ScriptError as error:
                if migration.file.index is not None:
                    raise self._drop_invalid_index(migration.file, error) from error
                raise
            # Settings of the file, such as a search path, must not affect its mark or the next file.
            reset_session(self._session, self._settings)
            with self.transaction():
                yield
                self.log_migration(migration, direction)

    def _drop_invalid_index(self, file: MigrationFile, error: ScriptError) -> ScriptError:
        """Try to drop the invalid index; if that fails, the error says so, and the next run begins with dropping it."""
        with suppress(psycopg.Error):
            reset_session(self._session, self._settings)
            self._session.execute(file.rollback.encode())
        try:
            is_left = self._session.execute(_IS_INVALID, (file.index,)).fetchone() == (True,)
        except psycopg.Error:
            return ScriptError(f"{error}; it may have left the index {file.index} invalid: run again")
        return ScriptError(f"{error}; it left the index {file.index} invalid: run again") if is_left else error
