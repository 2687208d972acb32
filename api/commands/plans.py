"""Show how plans differ from those in tests/plans.

--statistics brings tests/plans/statistics.sql up to date instead.
"""

import argparse
import difflib

import psycopg

from api.checks.kept_files import outdated
from api.checks.plans.check import check_plans
from api.checks.plans.files import plan_files
from api.checks.plans.plans import GROWING, Plan, explain
from api.checks.plans.statistics import FEW_ROWS, read_statistics, table_sizes
from api.database.statements.files import read_statements
from api.paths import PLANS, QUERIES, ROOT, STATISTICS
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--statistics", action="store_true", help="keep the database's statistics, which `just generate` makes plans of"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Show differences and faults of the plans; returns 0 if there are none."""
    with service_database(settings) as dsn:
        return _write_statistics(dsn) if options.statistics else _print_plans(dsn)


def _print_plans(dsn: str) -> int:
    with psycopg.connect(dsn, autocommit=True) as connection:
        sizes = table_sizes(connection, GROWING)
        plans = explain(connection, read_statements(QUERIES))
    for table, rows in sizes.items():
        few = "  few: these plans say nothing of many" if rows < FEW_ROWS else ""
        say(f"{table:<16} {rows:>12,} rows{few}")
    made = plan_files(plans)
    changed = outdated(made)
    for path in changed:
        kept = path.read_text("utf-8") if path.exists() else ""
        lines = difflib.unified_diff(
            kept.splitlines(), made.get(path, "").splitlines(), f"kept/{path.name}", path.name, lineterm=""
        )
        say("\n".join(lines))
    return max(_print_faults(plans), int(bool(changed)))


def _write_statistics(dsn: str) -> int:
    """Write tests/plans/statistics.sql, if all growing tables of the database have many rows."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        few = [table for table, rows in table_sizes(connection, GROWING).items() if rows < FEW_ROWS]
        if few:
            say(f"fewer than {FEW_ROWS:,} rows or never analyzed: {', '.join(few)}")
            return 1
        statistics = read_statistics(connection)
    PLANS.mkdir(exist_ok=True)
    STATISTICS.write_text(statistics, "utf-8")
    say(f"wrote {STATISTICS.relative_to(ROOT)}: `just generate` makes the plans that come of it")
    return 0


def _print_faults(plans: list[Plan]) -> int:
    faults = check_plans(plans)
    for fault in faults:
        say(str(fault))
    return int(bool(faults))
