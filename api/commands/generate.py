"""Write what is made from the rest of the tree.

From migrations, statements and features it makes sql/schema.sql, the grants of sql/roles.sql, the plans in tests/plans,
the diagram in sql/README.md and the tables in api/README.md.
"""

import argparse

from api.app import load_routers
from api.checks.generated import generated_files
from api.checks.kept_files import write
from api.checks.releases.release import find_release
from api.database.queries import STATEMENTS, check_used
from api.paths import ROOT
from api.postgres.databases import temporary_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--release", help="git revision of the release before, whose statements keep their grants")


def run(options: argparse.Namespace, _settings: Settings) -> int:
    """Write the files and show which ones changed; returns 0."""
    load_routers()
    check_used()
    former = None if options.release is None else find_release(options.release).statements.values()
    with temporary_database() as dsn:
        changed = write(generated_files(dsn, STATEMENTS, former))
    for path in changed:
        say(f"{'wrote' if path.exists() else 'removed'} {path.relative_to(ROOT)}")
    if not changed:
        say("nothing to write: all files are as they should be")
    return 0
