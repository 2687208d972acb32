"""`just mutate [FILE …]`: what the checks and the tests notice of mutants of the SQL."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from api.app import load_routers
from api.paths import QUERIES, ROOT
from api.settings import read_settings
from tests.mutation.candidates import Candidates
from tests.mutation.mutants import Mutant
from tests.mutation.pool import in_turn
from tests.mutation.recordings import files_of, recorded
from tests.mutation.report import Result, print_report
from tests.mutation.statements import statement_mutants
from tests.mutation.tasks import Record, Try, Verdict
from tests.mutation.vocabulary import read_vocabulary


def main() -> int:
    parser = argparse.ArgumentParser(prog="just mutate", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files below sql/; all of them by default")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    load_routers()
    started = time.monotonic()
    vocabulary = read_vocabulary()
    paths = [path.resolve() for path in options.files] or sorted(QUERIES.glob("*.sql"))
    mutants = [mutant for path in paths for mutant in statement_mutants(path, vocabulary)]
    touches = recorded(read_settings().data_dir / "mutation.json", options.processes)
    print(f"{len(mutants)} mutants, {len(touches)} tests, {time.monotonic() - started:.0f} s", flush=True)
    candidates = Candidates(touches)
    results: list[Result] = []

    def task_of(mutant: Mutant) -> Record | Try:
        return Try(mutant, candidates.of(mutant))

    def done(mutant: Mutant, verdict: Any) -> None:
        verdict = verdict or Verdict("tests", "took too long")
        if verdict.outcome == "tests":
            candidates.note(mutant, verdict.by)
        results.append(Result(mutant, verdict))
        if verdict.outcome in {"survived", "kept", "broken"}:
            print(f"{mutant.place}: {verdict.outcome} {verdict.by}", flush=True)

    in_turn(mutants, task_of, files_of(touches), options.processes, done)
    print_report(results)
    print(f"{time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
