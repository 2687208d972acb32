"""Takes over the rows of the system before, any number of times until it is finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from api.adoption import copying, staging
from api.adoption.constraints import TABLES, read_constraints
from api.adoption.mending import mend
from api.adoption.old_database import discreet_reason
from api.adoption.planning import make_plan
from api.adoption.rules import choose
from api.adoption.staging import AdoptionError
from api.adoption.verification import TableSums, verify
from api.migrations import check_current
from api.postgres.preflight import preflight

# Actions of plan.sql that leave a row other than the old one says, and what is told of such a row.
CONFLICTS: Final = {
    "changed here": "changed in both systems",
    "removed here": "changed there, removed here",
    "taken": "a row that was made here has its id",
    "no owner": "the account or profile it belongs to is not here",
}
_NOTE_CONFLICTS: Final = """
insert into findings (of_table, label, constraint_name, fault, rule)
select of_table, id::text, replace(action, ' ', '_'), faults ->> action, 'left as it is here'
  from plan
 cross join cast(%s as jsonb) as faults
 where faults ? action
 order by of_table, id
"""
_LOCK: Final = "select pg_try_advisory_lock(hashtext('nestwerk adopt'))"
_UNLOCK: Final = "select pg_advisory_unlock(hashtext('nestwerk adopt'))"
# PostgreSQL ends a statement soon after the process that waits for it is killed, so its lock is free before this.
_CHECK_CLIENT: Final = "set client_connection_check_interval = '500ms'"
LOCK_WAIT: Final = timedelta(seconds=10)


class Source(msgspec.Struct, frozen=True):
    """The old database, and how it is read."""

    url: str
    schema: str | None
    timezone: str
    rules: Path | None
    # Whether many accounts may be gone there since the last run.
    many_gone: bool = False


@contextmanager
def adopted(dsn: str, source: Source, *, write: bool) -> Iterator[psycopg.Connection[Any]]:
    """Copy what changed since the last run, or only find out; the session has the findings in temporary tables.

    Raises:
        CommandError: the databases or rules can't be used, or a statement failed. What is committed stays, and the
            next run goes on from there.

    """
    with _staged(dsn, source) as connection:
        make_plan(connection)
        if write:
            _refuse_another_database(connection, source)
            copying.copy(connection)
            connection.execute(SQL("analyze {}").format(SQL(", ").join(map(Identifier, TABLES))))
        connection.execute(_NOTE_CONFLICTS, [Jsonb(CONFLICTS)])
        yield connection


@contextmanager
def verified(dsn: str, source: Source) -> Iterator[tuple[psycopg.Connection[Any], list[TableSums]]]:
    """Compare our rows with the old ones; the session has the differences in its findings."""
    with _staged(dsn, source) as connection:
        connection.execute("truncate findings")
        yield connection, list(verify(connection))


def finish(dsn: str) -> int:
    """Remove the former hashes and the notes of the adoption: there is no way back, and no further run.

    Returns the number of the hashes.
    """
    with _session(dsn) as connection, connection.transaction():
        [(hashes,)] = connection.execute("select count(*) from former_passwords where old_password is not null")
        connection.execute("delete from former_passwords")
        connection.execute("drop schema if exists adoption cascade")
    return int(hashes)


def counts(connection: psycopg.Connection[Any]) -> list[tuple[str, str, int]]:
    """Table, action and number of rows of what was planned."""
    return connection.execute("select of_table, action, count(*) from plan group by 1, 2 order by 1, 2").fetchall()


@contextmanager
def _staged(dsn: str, source: Source) -> Iterator[psycopg.Connection[Any]]:
    """A session with the old rows as ours are to be, and with what they were like in its findings."""
    with _session(dsn) as connection:
        staging.prepare(connection, source.timezone)
        constraints = read_constraints(connection)
        rules = choose(constraints, source.rules)
        _read_notes(connection)
        staging.read_old_rows(connection, source.url, source.schema)
        staging.note_kept_rows(connection)
        staging.transform(connection)
        mend(connection, constraints, rules)
        yield connection


def _refuse_another_database(connection: psycopg.Connection[Any], source: Source) -> None:
    """Refuse to remove many accounts or profiles, which a mistaken address would ask for."""
    for table, gone, known in connection.execute(
        "select of_table, count(*) filter (where action = 'delete'), count(*) from plan"
        " where of_table in ('users', 'parent_profiles') and action not in ('insert', 'taken')"
        " group by of_table order by of_table desc"
    ):
        if gone * 10 > known and not source.many_gone:
            raise AdoptionError(
                f"{gone} of {known} rows of {table} that were adopted are gone there: is it the right database? Nothing"
                " was changed; --many-gone removes them here"
            )


def _read_notes(connection: psycopg.Connection[Any]) -> None:
    [(is_noted,)] = connection.execute("select to_regclass('adoption.adopted_rows') is not null")
    if is_noted:
        connection.execute("insert into adopted_rows select * from adoption.adopted_rows")
        connection.execute("insert into made_rows select * from adoption.made_rows")
        return
    [(users,)] = connection.execute("select count(*) from users")
    if users:
        raise AdoptionError(
            f"this database has {users} accounts that weren't adopted: adopt into an empty one, or into one that"
            " `just adopt` has begun to fill and that isn't finished"
        )


def _lock(connection: psycopg.Connection[Any]) -> None:
    until = monotonic() + LOCK_WAIT.total_seconds()
    while connection.execute(_LOCK).fetchone() != (True,):
        if monotonic() > until:
            raise AdoptionError("another `just adopt` is at work on this database")
        sleep(0.2)


@contextmanager
def _session(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    preflight(dsn)
    check_current(dsn)
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="nestwerk adopt") as connection:
            connection.execute(_CHECK_CLIENT)
            _lock(connection)
            yield connection
            # The session ends only when its temporary tables are gone, which takes seconds.
            connection.execute(_UNLOCK)
    except psycopg.Error as error:
        said = discreet_reason(error)
        raise AdoptionError(f"{said}; what was copied stays, and the next run goes on from there") from None
