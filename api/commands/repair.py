"""Accept rollbacks that were mended after their migrations were applied.

Shows what was changed in each, and has somebody agree. A migration itself has to stay as it was applied.
"""

import argparse
from difflib import unified_diff

from api.commands._consent import ask_consent
from api.migrations.marks import Mended, accept, find_mended
from api.migrations.progress import say_waiting
from api.postgres.databases import service_database
from api.postgres.programs import name_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="don't ask")


def run(options: argparse.Namespace, settings: Settings) -> int:
    with service_database(settings) as dsn:
        mended = find_mended(dsn)
        if not mended:
            say("nothing to repair: no rollback was edited after its migration was applied")
            return 0
        for each in mended:
            _show(each)
        names = ", ".join(each.file.rollback_path.name for each in mended)
        ask_consent(f"in {name_database(dsn)}: keep {names} as what takes its migration back", yes=options.yes)
        accept(dsn, mended, waiting=say_waiting)
    say(f"kept: {names}")
    return 0


def _show(mended: Mended) -> None:
    name = mended.file.rollback_path.name
    was, now = mended.rollback.splitlines(), mended.file.rollback.splitlines()
    for line in unified_diff(was, now, f"{name}, as it was", f"{name}, as it is", lineterm=""):
        say(line)
