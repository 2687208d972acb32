"""The score: mutants by operator and by file, and how each of them ended."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from tests.mutation.mutants import Mutant
from tests.mutation.tasks import Verdict

_COLUMNS: Final = ("check", "tests", "kept", "survived", "broken")


class Result(NamedTuple):
    mutant: Mutant
    verdict: Verdict


def print_report(results: Sequence[Result]) -> None:
    for line in table("operator", results, lambda result: result.mutant.operator):
        print(line)
    for line in table("file", results, lambda result: result.mutant.file):
        print(line)


def table(name: str, results: Iterable[Result], key: Callable[[Result], str]) -> list[str]:
    """Lines of a table in Markdown."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        if result.verdict.outcome != "stillborn":
            counts.setdefault(key(result), Counter())[result.verdict.outcome] += 1
    total = sum(counts.values(), Counter[str]())
    rows = [*sorted(counts.items()), ("all", total)]
    lines = [f"| {name} | mutants | {' | '.join(_COLUMNS)} |", f"|---|{'---:|' * (len(_COLUMNS) + 1)}"]
    for row, of in rows:
        lines.append(f"| {row} | {of.total()} | {' | '.join(str(of[column]) for column in _COLUMNS)} |")
    return lines
