"""What `just migrate`, `rollback`, `status` and `new-migration` print."""

import sys

from api.migrations import Applied, migrate, new_migration, rollback, status
from api.paths import ROOT


def print_migrate(dsn: str) -> int:
    """Apply what is pending; 0 if all went well."""
    applied = migrate(dsn, report=print_applied, waiting=_print_waiting)
    unknown = [entry.id for entry in status(dsn) if entry.state == "missing"]
    if unknown:
        _print(f"the database has migrations that this tree doesn't know: {', '.join(unknown)}")
    elif not applied:
        _print("nothing to apply: the schema is current")
    return 0


def print_rollback(dsn: str) -> int:
    """Take the last migration back; 0 if all went well."""
    taken = rollback(dsn, waiting=_print_waiting)
    _print(f"{taken.id}  taken back in {taken.seconds * 1000:.0f} ms")
    return 0


def print_status(dsn: str) -> int:
    """Show how each migration stands; 0 only if all are applied as they are."""
    entries = status(dsn)
    width = max(len(entry.id) for entry in entries)
    for entry in entries:
        at = f"{entry.applied_at:%Y-%m-%d %H:%M:%S} UTC" if entry.applied_at else ""
        _print(f"{entry.id:<{width}}  {entry.state:<8} {at}".rstrip())
    return 0 if all(entry.state == "applied" for entry in entries) else 1


def print_new_migration(name: str) -> int:
    """Start a migration; 0 if all went well."""
    paths = new_migration(name)
    for path in paths:
        _print(str(path.relative_to(ROOT)))
    return 0


def print_applied(applied: Applied) -> None:
    """One line for a migration that was applied."""
    _print(f"{applied.id}  applied in {applied.seconds * 1000:.0f} ms")


def _print_waiting() -> None:
    _print("another run is migrating this database: waiting for it")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
