"""yoyo-migrations, made safe against whatever cuts it off.

yoyo runs a migration on one connection and marks it on another, and holds a lock that is a row. Here a migration and
its mark commit together, and the lock is PostgreSQL's own, which ends with its session.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import Migration, MigrationStep, Transactionless, TransactionWrapper

from api.database.migrations.files import MigrationFile, statements

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


class FileMigration(Migration):  # type: ignore[misc]
    """A migration whose SQL runs as it stands in its file."""

    def __init__(self, file: MigrationFile) -> None:
        super().__init__(file.id, str(file.path), str(file.path.parent))
        self.file = file

    def load(self) -> None:
        file = self.file
        self.source = file.apply
        self.use_transactions = file.transactional
        # yoyo looks dependencies up among all migrations it has ever seen; read_migrations has checked them.
        self._depends: set[Migration] = set()
        if file.transactional:
            self.steps = [TransactionWrapper(MigrationStep(0, file.apply, file.rollback))]
        else:
            back: list[str | None] = [*reversed(statements(file.rollback))]
            forth: list[str | None] = [*statements(file.apply)]
            size = max(len(back), len(forth))
            pairs = zip([*forth, *[None] * (size - len(forth))], [*[None] * (size - len(back)), *back], strict=True)
            self.steps = [Transactionless(MigrationStep(index, *pair)) for index, pair in enumerate(pairs)]


class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """yoyo's PostgreSQL backend over a connection of ours."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._own = connection
        # yoyo has no use for an address: the connection is there.
        super().__init__(DatabaseURI("postgresql+psycopg", None, None, None, None, None, {}), "_yoyo_migration")
        self.has_transactional_ddl = True

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection[Any]:  # noqa: ARG002
        return self._own

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:  # noqa: ARG002
        """Nothing more: `locked` holds the lock around everything."""
        yield

    def prepare_history(self) -> None:
        self.ensure_internal_schema_updated()
        self._own.execute(_CREATE_CHECKSUMS)

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
        """Run a migration's steps, and what is in the block in the same transaction, where there can be one."""
        if not migration.file.transactional:
            migration.process_steps(self, direction)
            with self.transaction():
                yield
                self.log_migration(migration, direction)
            return
        with self.transaction():
            migration.load()
            migration.process_steps(self, direction)
            yield
            self.log_migration(migration, direction)
