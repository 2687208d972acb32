"""Where PostgreSQL's time goes, by the names of our statements: pg_stat_statements, read."""

import re
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier

from api.command_error import CommandError

# Whether the module is loaded, and the schema of the extension; a setting that is only written down isn't listed.
_FOUND: Final = """
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
_SINCE: Final = SQL("select stats_reset, quote_ident(current_user) from {schema}.pg_stat_statements_info")
_LOAD: Final = "put it into shared_preload_libraries in postgresql.conf, and restart PostgreSQL"
_CREATE: Final = "run in this database, as a superuser: create extension pg_stat_statements;"
_NAME: Final = re.compile(r"/\* (\w+) \*/")
# What only shows a plan, or runs a statement for it.
_EXPLAIN: Final = re.compile(r"\s*explain\b", re.IGNORECASE)
_HIDDEN: Final = "<insufficient privilege>"
_OTHERS: Final = "everything else"


class SlowError(CommandError):
    """Nothing can be shown; the message says what a DBA has to do."""


class _Total(msgspec.Struct):
    calls: int = 0
    milliseconds: float = 0
    rows: int = 0
    hits: int = 0
    reads: int = 0


def print_slow(dsn: str, *, embedded: bool) -> int:
    """Show calls, times, rows and cache hits of each named statement, the most expensive first, and of all others.

    The extension is made in an embedded server's database only: any other is its DBA's.

    Raises:
        SlowError: PostgreSQL keeps no statistics, or the role sees none.

    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        if embedded:
            connection.execute("create extension if not exists pg_stat_statements")
        schema = Identifier(_schema(connection))
        entries = connection.execute(_STATISTICS.format(schema=schema)).fetchall()
        [(since, role)] = connection.execute(_SINCE.format(schema=schema)).fetchall()
    seen = [entry for entry in entries if entry[0] != _HIDDEN]
    missing = f"statements of other roles that {role} may not see: {len(entries) - len(seen)}"
    allow = f"run as a superuser: grant pg_read_all_stats to {role};"
    totals = _totals(seen)
    if len(seen) < len(entries) and not totals.keys() - {_OTHERS}:
        raise SlowError(f"{missing}; {allow}")
    _print_totals(totals, since)
    if len(seen) < len(entries):
        sys.stdout.write(f"{missing}; to see them, {allow}\n")
    return 0


def _schema(connection: psycopg.Connection[Any]) -> str:
    """Schema of the extension."""
    [(loaded, schema)] = connection.execute(_FOUND).fetchall()
    if not loaded:
        raise SlowError(f"pg_stat_statements is not loaded: {_LOAD}" + ("" if schema else f"; then {_CREATE}"))
    if schema is None:
        raise SlowError(f"pg_stat_statements is loaded, but not in this database: {_CREATE}")
    return str(schema)


def _totals(entries: Iterable[tuple[Any, ...]]) -> dict[str, _Total]:
    """Sums of the entries of each name, the most expensive first, and at the end of those without a name."""
    totals: dict[str, _Total] = {}
    for query, calls, milliseconds, rows, hits, reads in entries:
        if _EXPLAIN.match(query):
            continue
        named = _NAME.search(query)
        total = totals.setdefault(named[1] if named else _OTHERS, _Total())
        total.calls += calls
        total.milliseconds += milliseconds
        total.rows += rows
        total.hits += hits
        total.reads += reads
    return dict(sorted(totals.items(), key=lambda item: (item[0] == _OTHERS, -item[1].milliseconds)))


def _print_totals(totals: Mapping[str, _Total], since: datetime) -> None:
    sys.stdout.write(f"{'statement':<34}{'calls':>12}{'mean ms':>10}{'total s':>10}{'rows':>12}{'cache':>8}\n")
    for name, total in totals.items():
        blocks = total.hits + total.reads
        cache = f"{total.hits / blocks:.1%}" if blocks else "-"
        mean, seconds = total.milliseconds / max(total.calls, 1), total.milliseconds / 1000
        sys.stdout.write(f"{name:<34}{total.calls:>12}{mean:>10.3f}{seconds:>10.2f}{total.rows:>12}{cache:>8}\n")
    sys.stdout.write(f"since {since:%Y-%m-%d %H:%M:%S %Z}; merged statements serve many calls in one\n")
