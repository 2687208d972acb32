"""`just mutate [FILE …]`: what the checks and the tests notice of mutants of the SQL."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from api.app import load_routers
from api.interruptions import interrupt
from api.paths import MIGRATIONS, QUERIES, ROLES, SQL_README
from api.settings import read_settings
from api.terminal import say
from tests.mutation.candidates import Candidates
from tests.mutation.definitions import read_definitions
from tests.mutation.mutants import Mutant
from tests.mutation.notes import Note, needless, read_notes
from tests.mutation.objects import object_mutants
from tests.mutation.pool import in_turn
from tests.mutation.recordings import files_of, recorded
from tests.mutation.report import Result, marked, score, survivors, tables
from tests.mutation.scripts import roles_mutants, rollback_mutants
from tests.mutation.statements import statement_mutants
from tests.mutation.tasks import Record, Touch, Try, Verdict
from tests.mutation.verdicts import Verdicts
from tests.mutation.vocabulary import read_vocabulary

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    parser = argparse.ArgumentParser(prog="just mutate", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files below sql/; all of them by default")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="as many as cores by default")
    parser.add_argument("--readme", action="store_true", help="write the score into sql/README.md; only of all files")
    parser.add_argument("--checks", action="store_true", help="try the checks alone: minutes for all files")
    options = parser.parse_args()
    if options.readme and (options.files or options.checks):
        parser.error("--readme writes the score of all files, by checks and tests")
    load_routers()
    started = time.monotonic()
    mutants = mutants_of([path.resolve() for path in options.files])
    data_dir = read_settings().data_dir
    touches = [] if options.checks else recorded(data_dir / "mutation.json", options.processes)
    say(f"{len(mutants):,} mutants, {len(touches):,} tests")
    notes = read_notes()
    verdicts = Verdicts(data_dir / "mutants.json")
    try:
        results = tried(mutants, touches, options.processes, notes, verdicts)
    finally:
        verdicts.write()
    found = survivors(results, notes)
    idle = needless(notes, (result.mutant for result in results if result.column(notes) == "equivalent"),
                    {mutant.file for mutant in mutants})  # fmt: skip
    for note in idle:
        say(f"{note.file}: {note.subject}: no mutant that survives is {note.label}: take the note out")
    text = f"{tables(results, notes)}\n\n{score(results, notes)}, in {(time.monotonic() - started) / 60:.0f} minutes."
    say(f"\n{text}")
    if options.readme:
        SQL_README.write_text(marked(SQL_README.read_text("utf-8"), text), "utf-8")
    return int(bool(found or idle))


def tried(
    mutants: Sequence[Mutant], touches: Sequence[Touch], processes: int, notes: Sequence[Note], verdicts: Verdicts
) -> list[Result]:
    """How each mutant ended, now or before; survivors are shown at once."""
    candidates = Candidates(touches)
    before = [(mutant, verdicts.of(mutant)) for mutant in mutants]
    results: list[Result] = []

    def add(result: Result) -> None:
        if result.verdict.outcome == "tests":
            candidates.note(result.mutant, result.verdict.by)
        results.append(result)

    for mutant, verdict in before:
        if verdict is not None:
            add(Result(mutant, verdict))
    if results:
        say(f"{len(results):,} were noticed before, by what is still the same")

    def task_of(mutant: Mutant) -> Record | Try:
        return Try(mutant, candidates.of(mutant))

    def done(mutant: Mutant, verdict: Any) -> None:
        verdict = verdict or Verdict("broken", "the process ended")
        verdicts.note(mutant, verdict)
        add(result := Result(mutant, verdict))
        if result.column(notes) in {"survived", "kept"}:
            say("\n".join([f"\n{mutant.place}", *mutant.diff(), f"{verdict.ran} tests: {verdict.outcome}"]))
        if len(results) % 200 == 0:
            say(f"{len(results):,} tried")

    in_turn([mutant for mutant, verdict in before if verdict is None], task_of, files_of(touches), processes, done)
    return sorted(results, key=lambda result: (result.mutant.file, result.mutant.line))


def mutants_of(paths: list[Path]) -> list[Mutant]:
    """Mutants of some files below `sql/`, or of all."""
    vocabulary = read_vocabulary()
    standing = read_definitions()
    paths = paths or [*sorted(QUERIES.glob("*.sql")), *sorted(MIGRATIONS.glob("*.sql")), ROLES]
    mutants: list[Mutant] = []
    for path in paths:
        if path.parent == QUERIES:
            mutants += statement_mutants(path, vocabulary)
        elif path == ROLES:
            mutants += roles_mutants()
        elif path.name.endswith(".rollback.sql"):
            mutants += rollback_mutants(path)
        else:
            mutants += object_mutants([each for each in standing if each.path == path], standing, vocabulary)
    return mutants


def _end(number: int, frame: object) -> None:
    """Interrupt, so that no verdict is lost and processes clear up; once, as `uv` and `just` pass on signals."""
    for each in _ENDING:
        # Not SIG_IGN, which a process that is started inherits.
        signal.signal(each, lambda *_: None)
    interrupt(number, frame)


if __name__ == "__main__":
    for each in _ENDING:
        if signal.getsignal(each) != signal.SIG_IGN:  # nohup
            signal.signal(each, _end)
    sys.exit(main())
