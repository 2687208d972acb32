"""Show where PostgreSQL's time goes, by statement."""

import argparse
import time

from api.commands._arguments import positive_number
from api.postgres.databases import service_database
from api.postgres.statement_statistics import StatementStatistics, difference, read_statement_statistics
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--window",
        type=positive_number,
        metavar="SECONDS",
        help="show what ran in the next so many seconds, then in those after them, until Ctrl-C",
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Show calls, times, rows and cache hits of each named statement, the most expensive first, and of all others."""
    # In any other database than the embedded server's, creating the extension is up to its DBA.
    create = settings.database_url is None
    with service_database(settings) as dsn:
        statistics = read_statement_statistics(dsn, create_extension=create)
        if not options.window:
            _show(statistics)
        while options.window:
            say(f"the next {options.window} s:")
            time.sleep(options.window)
            before, statistics = statistics, read_statement_statistics(dsn, create_extension=create)
            _show(difference(before, statistics))
    return 0


def _show(statistics: StatementStatistics) -> None:
    say(f"{'statement':<34}{'calls':>12}{'mean ms':>10}{'total s':>10}{'rows':>12}{'cache':>8}")
    for name, total in statistics.totals.items():
        blocks = total.hits + total.reads
        cache = f"{total.hits / blocks:.1%}" if blocks else "-"
        mean, seconds = total.milliseconds / max(total.calls, 1), total.milliseconds / 1000
        say(f"{name:<34}{total.calls:>12}{mean:>10.3f}{seconds:>10.2f}{total.rows:>12}{cache:>8}")
    say(f"since {statistics.since:%Y-%m-%d %H:%M:%S %Z}; merged statements serve many calls in one")
    if statistics.hidden:
        say(statistics.hidden)
