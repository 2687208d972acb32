"""Check statements and schema, of the tree or a database.

What is looked at is DATABASE_URL, where that is set. With --release it is whether the statements of a release
still work.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.app import load_routers
from api.checks.all_checks import READ_ONLY_CHECKS, TREE_CHECKS, Check, run_check
from api.checks.releases.check import check_grants, check_release
from api.checks.releases.release import find_release
from api.database.queries import check_used
from api.paths import ROOT
from api.postgres.databases import temporary_database, temporary_server
from api.postgres.preflight import preflight
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--release", help="git revision or migration: show which of its statements break")


def run(options: argparse.Namespace, settings: Settings) -> int:
    return print_check(settings) if options.release is None else print_release_check(options.release)


def print_check(settings: Settings) -> int:
    """Run the checks on the database of DATABASE_URL, or else on a new, migrated one; returns 0 if none finds a fault.

    The database of DATABASE_URL is only read.
    """
    # Features declare their statements when they are imported.
    load_routers()
    check_used()
    if settings.database_url is not None:
        for remark in preflight(settings.database_url, writes=False):
            say(remark)
        left_out = [name for name in TREE_CHECKS if name not in READ_ONLY_CHECKS]
        return _print_checks(READ_ONLY_CHECKS, settings.database_url, left_out)
    with temporary_database() as dsn:
        return _print_checks({**READ_ONLY_CHECKS, **TREE_CHECKS}, dsn)


def print_release_check(name: str, root: Path = ROOT) -> int:
    """Show which statements of a release break on the schema of the tree's migrations; returns 0 if none does."""
    release = find_release(name, root)
    with temporary_server() as dsn:
        faults = check_release(dsn, release, root)
        grants = check_grants(dsn, release, root)
    pending = ", ".join(file.id for file in release.pending) or "no migration"
    say(f"{len(release.statements)} statements of {release.name}, before and after {pending}")
    for fault in faults:
        say(str(fault))
    broken = {fault.statement for fault in faults}
    say(f"{len(broken)} of them break" if broken else "none breaks")
    if grants:
        say("\n".join([*grants, f"with `just generate --release {release.name}`, sql/roles.sql has what it needs"]))
    return int(bool(faults or grants))


def _print_checks(checks: Mapping[str, Check], dsn: str, left_out: Sequence[str] = ()) -> int:
    found: list[str] = []
    for name, check in checks.items():
        started = time.perf_counter()
        outcome = run_check(name, check, dsn)
        milliseconds = (time.perf_counter() - started) * 1000
        verdict = f"{len(outcome.faults)} wrong" if outcome.faults else "fine"
        say(f"{name:<12}{outcome.looked_at:>5} {outcome.subject:<26}{milliseconds:>6,.0f} ms  {verdict}")
        for remark in outcome.remarks:
            say(f"{'':<12}{remark}")
        found += outcome.faults
    for name in left_out:
        say(f"{name:<12}      only of the tree: not asked of a given database")
    # An error that stops several checks is shown once.
    for fault in dict.fromkeys(found):
        say(fault)
    return int(bool(found))
