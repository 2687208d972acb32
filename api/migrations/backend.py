"""yoyo-migrations, made safe against whatever cuts it off.

yoyo runs a migration on one connection and marks it on another, and holds a lock that is a row. Here a migration and
its mark commit together, and the lock is PostgreSQL's own, which ends with its session.
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
from api.migrations.session import UNHURRIED, Settings, change, settle

# Any number will do that nothing else locks: "nestwerk" in ASCII.
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
    """All statements of a migration, run as they stand in its files, one after the other."""

    id = 0

    def __init__(self, file: MigrationFile) -> None:
        self._file = file

    def apply(self, backend: "Backend", force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        run_script(backend.connection, self._file.path, self._file.apply)

    def rollback(self, backend: "Backend", force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        run_script(backend.connection, self._file.rollback_path, self._file.rollback)


class FileMigration(Migration):  # type: ignore[misc]
    """A migration as yoyo knows it."""

    def __init__(self, file: MigrationFile) -> None:
        super().__init__(file.id, str(file.path), str(file.path.parent))
        self.file = file

    def load(self) -> None:
        self.source = self.file.apply
        self.use_transactions = self.file.transactional
        # yoyo looks dependencies up among all migrations it has ever seen; read_migrations has checked them.
        self._depends: set[Migration] = set()
        self.steps = [FileStep(self.file)]


class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's PostgreSQL backend over a connection of ours, which has these settings between files."""

    def __init__(self, connection: psycopg.Connection[Any], settings: Settings) -> None:
        self._own = connection
        self._settings = settings
        # yoyo has no use for an address: the connection is there.
        super().__init__(DatabaseURI("postgresql+psycopg", None, None, None, None, None, {}), "_yoyo_migration")
        self.has_transactional_ddl = True

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection[Any]:  # noqa: ARG002
        return self._own

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:  # noqa: ARG002
        """Nothing more: `locked` holds the lock around everything."""
        yield

    def transaction(self, rollback_on_exit: bool = False) -> AbstractContextManager[psycopg.Transaction]:  # noqa: FBT001, FBT002
        """psycopg's, which minds a connection that is lost."""
        return self._own.transaction(force_rollback=rollback_on_exit)

    def prepare_history(self) -> None:
        # Ours first: it tells a database of ours, whatever cuts this off.
        self._own.execute(_CREATE_CHECKSUMS)
        self.ensure_internal_schema_updated()

    def apply_one(self, migration: FileMigration, force: bool = False, mark: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002
        with self._with_its_mark(migration, "apply"):
            self.mark_one(migration, log=False)
            self._own.execute(
                f"insert into {CHECKSUMS} values (%s, %s) on conflict (migration_id)"  # noqa: S608
                " do update set checksum = excluded.checksum",
                (migration.id, migration.file.checksum),
            )

    def rollback_one(self, migration: FileMigration, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        with self._with_its_mark(migration, "rollback"):
            self.unmark_one(migration, log=False)
            self._own.execute(f"delete from {CHECKSUMS} where migration_id = %s", (migration.id,))  # noqa: S608

    @contextmanager
    def _with_its_mark(self, migration: FileMigration, direction: str) -> Iterator[None]:
        """Run a migration's step, and what is in the block in the same transaction, where there can be one."""
        with self.transaction() if migration.file.transactional else nullcontext():
            if migration.file.index is not None:
                change(self._own, UNHURRIED)
            try:
                migration.process_steps(self, direction)
            except ScriptError as error:
                if migration.file.index is not None:
                    raise self._clear_away(migration.file, error) from error
                raise
            # What the file has set, a search path say, is neither for its mark nor for the next file.
            settle(self._own, self._settings)
            with self.transaction():
                yield
                self.log_migration(migration, direction)

    def _clear_away(self, file: MigrationFile, error: ScriptError) -> ScriptError:
        """Remove the index that isn't valid, if it can be had now; else say so: the next run begins with that."""
        with suppress(psycopg.Error):
            settle(self._own, self._settings)
            self._own.execute(file.rollback.encode())
        try:
            is_left = self._own.execute(_IS_INVALID, (file.index,)).fetchone() == (True,)
        except psycopg.Error:
            return ScriptError(f"{error}; it may have left the index {file.index} invalid: run again")
        return ScriptError(f"{error}; it left the index {file.index} invalid: run again") if is_left else error
