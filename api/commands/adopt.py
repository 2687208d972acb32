"""Take over a database of the system before: copy what changed since the last run."""

import argparse
import os
from pathlib import Path

from api.adoption import report
from api.adoption.adopting import CONFLICTS, Source, adopted, counts, finish, verified
from api.adoption.old_database import VARIABLE, OldDatabaseError
from api.commands._consent import ask_consent
from api.postgres.databases import service_database
from api.postgres.programs import name_database
from api.settings import Settings
from api.terminal import say, warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "old_url", nargs="?", metavar="OLD_URL", help=f"the old database; {VARIABLE} keeps a password out of `ps`"
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--dry-run", action="store_true", help="change nothing: report every row that doesn't fit")
    modes.add_argument("--verify", action="store_true", help="change nothing: compare rows, sums and documents")
    modes.add_argument("--finish", action="store_true", help="close the way back: remove the former password hashes")
    parser.add_argument(
        "--rules", type=Path, metavar="FILE", help='TOML of lines like users_username_key = "leave out"'
    )
    parser.add_argument("--timezone", default="UTC", help="of moments without one (UTC)")
    parser.add_argument("--yes", action="store_true", help="don't ask before --finish")
    parser.add_argument("--many-gone", action="store_true", help="remove a tenth of accounts or profiles too")
    parser.add_argument("--schema", help="of the old tables, if several have them")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print findings to stdout, a line each, and all else to stderr.

    Returns 1 if a person has to look at something: before copying at proposed rules, after it at rows that changed in
    both systems, and at what differs.
    """
    with service_database(settings) as dsn:
        if options.finish:
            if settings.database_url is not None:
                lost = f"in {name_database(dsn)}: the former password hashes go, and with them the way back"
                ask_consent(lost, yes=options.yes)
            say(f"{finish(dsn):,} former hashes are removed: nobody can go back to the system before")
            return 0
        source = Source(_old_url(options.old_url), options.schema, options.timezone, options.rules, options.many_gone)
        return _verify(dsn, source) if options.verify else _adopt(dsn, source, write=not options.dry_run)


def _old_url(given: str | None) -> str:
    url = given or os.environ.get(VARIABLE)
    if not url:
        raise OldDatabaseError(f"which database? `just adopt OLD_URL`, or {VARIABLE} in the environment")
    return url


def _adopt(dsn: str, source: Source, *, write: bool) -> int:
    with adopted(dsn, source, write=write) as connection:
        for line in report.lines(connection):
            say(line)
        told, proposals = report.summary(connection)
        for line in told:
            warn(line)
        planned = counts(connection)
    for table, action, count in planned:
        warn(f"{count:>9,}  {table:<16} {action}")
    if write:
        warn("copied; `just adopt --verify` compares it")
        return int(any(action in CONFLICTS for _, action, _ in planned))
    if proposals:
        warn(f"{proposals:,} findings have a proposed rule: decide with --rules FILE, one of each constraint's rules")
    return int(proposals > 0)


def _verify(dsn: str, source: Source) -> int:
    with verified(dsn, source) as (connection, sums):
        for line in report.lines(connection):
            say(line)
        told, _ = report.summary(connection)
        for each in sums:
            warn(str(each))
        for line in told:
            warn(line)
    warn("nothing differs" if not told else "what differs is named above")
    return int(bool(told))
