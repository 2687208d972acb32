"""The score: mutants by operator and by file, and how each of them ended."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from tests.mutation.mutants import Mutant
from tests.mutation.notes import Note
from tests.mutation.tasks import Verdict

_MARKED: Final = re.compile(r"(?<=<!-- mutants -->\n).*?(?=<!-- /mutants -->)", re.DOTALL)
_COLUMNS: Final = ("check", "tests", "kept", "equivalent", "survived")
_HEADINGS: Final = ("named by `just check`", "by tests", "by a kept file only", "equivalent", "survive")


class Result(NamedTuple):
    """How a mutant ended."""

    mutant: Mutant
    verdict: Verdict

    def column(self, notes: Sequence[Note]) -> str:
        """The column of the tables that it counts in; empty if PostgreSQL refuses the mutant."""
        outcome = self.verdict.outcome
        if outcome in {"survived", "kept"} and any(note.covers(self.mutant) for note in notes):
            return "equivalent"
        return {"stillborn": "", "broken": "survived"}.get(outcome, outcome)


def survivors(results: Iterable[Result], notes: Sequence[Note]) -> list[Result]:
    return [result for result in results if result.column(notes) == "survived"]


def tables(results: Sequence[Result], notes: Sequence[Note]) -> str:
    """Both tables in Markdown."""
    by_operator = table("operator", results, notes, lambda result: result.mutant.operator)
    by_file = table("file", results, notes, lambda result: f"`{result.mutant.file.removeprefix('sql/')}`")
    return "\n".join([*by_operator, "", *by_file])


def table(name: str, results: Iterable[Result], notes: Sequence[Note], key: Callable[[Result], str]) -> list[str]:
    """Lines of a table; mutants that PostgreSQL refuses don't count."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        if column := result.column(notes):
            counts.setdefault(key(result), Counter())[column] += 1
    total = sum(counts.values(), Counter[str]())
    lines = [f"| {name} | mutants | {' | '.join(_HEADINGS)} |", f"|---|{'---:|' * (len(_COLUMNS) + 1)}"]
    for row, of in [*sorted(counts.items()), ("all", total)]:
        lines.append(f"| {row} | {of.total():,} | {' | '.join(f'{of[each]:,}' for each in _COLUMNS)} |")
    return lines


def score(results: Sequence[Result], notes: Sequence[Note]) -> str:
    """The score in a sentence."""
    columns = Counter(filter(None, (result.column(notes) for result in results)))
    found = columns["check"] + columns["tests"]
    counted = columns.total() - columns["equivalent"]
    return f"{found:,} of {counted:,} mutants are noticed ({100 * found / max(counted, 1):.1f} %)"


def marked(document: str, text: str) -> str:
    """Document with the text between its markers replaced.

    Raises:
        ValueError: it doesn't have the markers once each.

    """
    replaced, count = _MARKED.subn(lambda _: f"\n{text}\n\n", document)
    if count != 1:
        raise ValueError("sql/README.md needs <!-- mutants --> and <!-- /mutants --> once, on lines of their own")
    return replaced
