"""What a check of ownership prints."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from api.database.checks.owner_arguments import check_owner_arguments
from api.database.checks.ownership import check_ownership, exempt
from api.database.query_files import Statement


def print_ownership(statements: Mapping[str, Statement], files: Iterable[Path]) -> int:
    """Show what reaches rows that aren't the caller's, and what says that it rightly does; 0 if nothing else does."""
    faults = [*check_ownership(statements), *check_owner_arguments(statements, files)]
    excused = exempt(statements)
    lines = [
        *(f"{name}: none, because {reason}" for name, reason in excused.items()),
        *map(str, faults),
        f"{len(statements) - len(excused) - len({fault.statement for fault in faults})} statements are the caller's",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(bool(faults))
