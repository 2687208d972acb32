"""Reads pg_stat_statements: where PostgreSQL's time goes, by the names of our statements."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg
from msgspec.structs import astuple
from psycopg.sql import SQL, Identifier

from api.command_error import CommandError

# Whether the module is loaded, and the extension's schema. pg_settings lists its settings only if it is loaded.
_EXTENSION: Final = """
select exists (select from pg_settings where name = 'pg_stat_statements.max'),
       (
         select nspname
           from pg_extension
           join pg_namespace
             on pg_namespace.oid = extnamespace
          where extname = 'pg_stat_statements'
       )
"""
_STATISTICS: Final = SQL("""
select query, calls, total_exec_time, rows, shared_blks_hit, shared_blks_read
  from {schema}.pg_stat_statements
 where dbid = (select oid from pg_database where datname = current_database())
""")
_SINCE: Final = SQL(
    "select stats_reset, clock_timestamp(), quote_ident(current_user) from {schema}.pg_stat_statements_info"
)
_LOAD: Final = "put it into shared_preload_libraries in postgresql.conf, and restart PostgreSQL"
_CREATE: Final = "run in this database, as a superuser: create extension pg_stat_statements;"
_NAME: Final = re.compile(r"/\* (\w+) \*/")
# Statements that only show a plan.
_EXPLAIN: Final = re.compile(r"\s*explain\b", re.IGNORECASE)
_HIDDEN: Final = "<insufficient privilege>"
_OTHERS: Final = "everything else"


class StatisticsError(CommandError):
    """There are no statistics; the message says what a DBA has to do."""


class Total(msgspec.Struct):
    """Totals of a statement's calls; `hits` are blocks found in PostgreSQL's cache, `reads` those that weren't."""

    calls: int = 0
    milliseconds: float = 0
    rows: int = 0
    hits: int = 0
    reads: int = 0


class StatementStatistics(msgspec.Struct, frozen=True):
    """Totals by statement name from `since` to `until`, the most expensive first; unnamed statements are at the end.

    `hidden` says which statements the role may not see, and how to allow it; None if it sees all.
    """

    totals: Mapping[str, Total]
    since: datetime
    until: datetime
    hidden: str | None


def read_statement_statistics(dsn: str, *, create_extension: bool) -> StatementStatistics:
    """Totals of a database's statements; creates the extension first if `create_extension`.

    Raises:
        StatisticsError: PostgreSQL keeps no statistics, or the role sees none.

    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        if create_extension:
            connection.execute("create extension if not exists pg_stat_statements")
        schema = Identifier(_schema(connection))
        entries = connection.execute(_STATISTICS.format(schema=schema)).fetchall()
        [(since, until, role)] = connection.execute(_SINCE.format(schema=schema)).fetchall()
    seen = [entry for entry in entries if entry[0] != _HIDDEN]
    totals = _totals(seen)
    if len(seen) == len(entries):
        return StatementStatistics(totals, since, until, None)
    missing = f"statements of other roles that {role} may not see: {len(entries) - len(seen)}"
    allow = f"run as a superuser: grant pg_read_all_stats to {role};"
    if not totals.keys() - {_OTHERS}:
        raise StatisticsError(f"{missing}; {allow}")
    return StatementStatistics(totals, since, until, f"{missing}; to see them, {allow}")


def difference(before: StatementStatistics, after: StatementStatistics) -> StatementStatistics:
    """What ran between two readings; of a statement whose entry was reset meanwhile, what ran after that."""
    totals = {}
    for name, total in after.totals.items():
        earlier = before.totals.get(name, Total())
        if total.calls < earlier.calls:
            earlier = Total()
        if total.calls > earlier.calls:
            totals[name] = Total(*[a - b for a, b in zip(astuple(total), astuple(earlier), strict=True)])
    return StatementStatistics(_sorted(totals), before.until, after.until, after.hidden)


def _schema(connection: psycopg.Connection[Any]) -> str:
    """Schema of the extension."""
    [(loaded, schema)] = connection.execute(_EXTENSION).fetchall()
    if not loaded:
        raise StatisticsError(f"pg_stat_statements is not loaded: {_LOAD}" + ("" if schema else f"; then {_CREATE}"))
    if schema is None:
        raise StatisticsError(f"pg_stat_statements is loaded, but not in this database: {_CREATE}")
    return str(schema)


def _totals(entries: Iterable[tuple[Any, ...]]) -> dict[str, Total]:
    """Sums of the entries of each name, the most expensive first; entries without a name come last."""
    totals: dict[str, Total] = {}
    for query, calls, milliseconds, rows, hits, reads in entries:
        if _EXPLAIN.match(query):
            continue
        named = _NAME.search(query)
        total = totals.setdefault(named[1] if named else _OTHERS, Total())
        total.calls += calls
        total.milliseconds += milliseconds
        total.rows += rows
        total.hits += hits
        total.reads += reads
    return _sorted(totals)


def _sorted(totals: Mapping[str, Total]) -> dict[str, Total]:
    return dict(sorted(totals.items(), key=lambda item: (item[0] == _OTHERS, -item[1].milliseconds)))
