"""Where PostgreSQL's time goes, by the names of our statements: pg_stat_statements, read."""

import re
import sys
from typing import Final, LiteralString

import psycopg

_STATISTICS: Final[LiteralString] = """
select query, calls, total_exec_time, rows, shared_blks_hit, shared_blks_read,
       (select stats_reset from pg_stat_statements_info) as since
  from pg_stat_statements
 where dbid = (select oid from pg_database where datname = current_database())
 order by total_exec_time desc
"""
_ENABLE: Final = """\
pg_stat_statements is not on here. To turn it on:
  1. put it into shared_preload_libraries in postgresql.conf, and restart PostgreSQL
  2. run in this database, as a superuser: create extension pg_stat_statements;
"""
_NAME: Final = re.compile(r"/\* (\w+) \*/")


def print_slow(dsn: str) -> int:
    """Show calls, times, rows and cache hits of each named statement, the most expensive first."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        try:
            if connection.execute("select from pg_extension where extname = 'pg_stat_statements'").fetchone() is None:
                connection.execute("create extension pg_stat_statements")
            entries = connection.execute(_STATISTICS).fetchall()
        except psycopg.Error:
            sys.stdout.write(_ENABLE)
            return 1
    totals: dict[str, list[float]] = {}
    since = None
    for query, calls, milliseconds, rows, hits, reads, reset in entries:
        named = _NAME.search(query)
        since = reset
        if named is None:
            continue
        total = totals.setdefault(named[1], [0, 0, 0, 0, 0])
        for index, value in enumerate((calls, milliseconds, rows, hits, reads)):
            total[index] += value
    sys.stdout.write(f"{'statement':<34}{'calls':>12}{'mean ms':>10}{'total s':>10}{'rows':>12}{'cache':>8}\n")
    for name, (calls, milliseconds, rows, hits, reads) in sorted(totals.items(), key=lambda item: -item[1][1]):
        cache = f"{hits / (hits + reads):.1%}" if hits + reads else "-"
        mean, seconds = milliseconds / max(calls, 1), milliseconds / 1000
        sys.stdout.write(f"{name:<34}{calls:>12.0f}{mean:>10.3f}{seconds:>10.2f}{rows:>12.0f}{cache:>8}\n")
    sys.stdout.write(f"since {since:%Y-%m-%d %H:%M:%S %Z}; merged statements serve many calls in one\n")
    return 0
