"""Show how plans differ from those in tests/plans.

--statistics adds tables to tests/plans/statistics.sql instead, those that it lacks; what is there stays as it is.
"""

import argparse
import difflib

import psycopg

from api.checks.kept_files import outdated
from api.checks.plans.check import check_plans
from api.checks.plans.files import plan_files
from api.checks.plans.plans import GROWING, Plan, explain
from api.checks.plans.statistics import FEW_ROWS, read_statistics, table_sizes, tables_in
from api.database.statements.files import read_statements
from api.paths import QUERIES, STATISTICS
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--statistics",
        action="store_true",
        help="keep the database's statistics of new tables, which `just generate` makes plans of",
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
    """Add what tests/plans/statistics.sql lacks of growing tables that have many rows; 1 if nothing is added."""
    kept = STATISTICS.read_text("utf-8") if STATISTICS.exists() else ""
    with psycopg.connect(dsn, autocommit=True) as connection:
        sizes = table_sizes(connection, GROWING - tables_in(kept))
        many = [table for table, rows in sizes.items() if rows >= FEW_ROWS]
        if few := sizes.keys() - many:
            say(
                f"fewer than {FEW_ROWS:,} rows or never analyzed, so their sizes stay assumed: {', '.join(sorted(few))}"
            )
        if not many:
            say("nothing to add; what is kept stays as it is")
            return 1
        added = read_statistics(connection, many)
    STATISTICS.parent.mkdir(exist_ok=True)
    STATISTICS.write_text(kept + added, "utf-8")
    say(f"added {', '.join(many)} to {STATISTICS.name}: `just generate` makes the plans that come of it")
    return 0


def _print_faults(plans: list[Plan]) -> int:
    faults = check_plans(plans)
    for fault in faults:
        say(str(fault))
    return int(bool(faults))
