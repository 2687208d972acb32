"""Which tests run which statements, found out once for each file of tests and kept in `DATA_DIR/mutation.json`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from api.atomic_write import atomic_write
from api.paths import ROOT
from api.terminal import say
from tests.mutation.candidates import OF_ROLES
from tests.mutation.digests import digest_of_test
from tests.mutation.pool import in_turn
from tests.mutation.tasks import Record, Touch

# Folders of tests that run no statement of a service, or servers of their own, which take long.
_ELSEWHERE: Final = frozenset(
    {
        *("adoption", "backups", "checks", "clients", "cluster", "commands", "database", "faults", "http", "http1"),
        *("load", "migrations", "mutation", "postgres", "problems", "seed", "server", "sql_parser", "standbys"),
    }
)


class Recording(msgspec.Struct, frozen=True):
    """Of one file, whose tests had this digest."""

    digest: str
    touches: list[Touch]


def test_files() -> list[str]:
    """Files of tests that may run statements of the service."""
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    relative = [path.relative_to(ROOT) for path in paths]
    return [
        str(path)
        for path in relative
        if (path.parts[1] not in _ELSEWHERE and len(path.parts) > 2) or str(path) in OF_ROLES
    ]


def keep(path: Path, found: Mapping[str, msgspec.Struct]) -> None:
    """Write what was found out, all or nothing, as a run may be cut off."""
    with atomic_write(path, mode=0o644) as file:
        file.write(msgspec.json.encode(found).decode())


def recorded(kept: Path, count: int, paths: Sequence[str] | None = None) -> list[Touch]:
    """What is kept, and what is found out now of files that are new or were changed; of all, unless some are given."""
    files = {path: digest_of_test(path) for path in paths or test_files()}
    known: dict[str, Recording] = {}
    if kept.exists():
        known = msgspec.json.decode(kept.read_bytes(), type=dict[str, Recording])
    known = {path: recording for path, recording in known.items() if files.get(path) == recording.digest}
    missing = [path for path in files if path not in known]

    def note(path: str, answer: Any) -> None:
        if answer is None:
            # The process broke; the next run of the tool tries again.
            return
        known[path] = Recording(files[path], answer)
        keep(kept, known)

    if missing:
        in_turn(missing, Record, missing, count, note)
    touches = [touch for recording in known.values() for touch in recording.touches]
    for touch in touches:
        if not touch.passes:
            say(f"{touch.test} isn't run, as it didn't pass twice in a row")
    return [touch for touch in touches if touch.passes]


def files_of(touches: Sequence[Touch]) -> list[str]:
    """Files in which tests stand."""
    return sorted({touch.test.partition("::")[0] for touch in touches})
