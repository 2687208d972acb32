"""Which tests are run on a mutant: those that run what it changes, the likeliest first, as many as fit in a time."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from api.database.queries import STATEMENTS, bound_queries
from api.paths import API, ROOT
from tests.mutation.mutants import Mutant
from tests.mutation.tasks import Touch

# Seconds of tests for a mutant that none of them notices, and how many times as long those may take that name the
# statement or are of its feature.
MOST_SECONDS: Final = 5.0
_NEAR: Final = 2.0
_FAR: Final = 3
# Where tests of roles stand, which run no statement.
OF_ROLES: Final = ("tests/checks/grants/test_roles_file.py", "tests/checks/grants/test_roles_blocks.py")


class Candidates:
    """Tests by what they run; `note` tells which ones were right, and they come first from then on."""

    def __init__(self, touches: Sequence[Touch], most_seconds: float = MOST_SECONDS) -> None:
        self._touches = {touch.test: touch for touch in touches}
        self._most_seconds = most_seconds
        self._kills: Counter[tuple[str, str]] = Counter()
        self._of_statement: dict[str, set[str]] = {}
        for touch in touches:
            for name in touch.statements:
                self._of_statement.setdefault(name, set()).add(touch.test)

    def of(self, mutant: Mutant) -> dict[str, float]:
        """Names of tests and their seconds, in the order in which they are to be run."""
        if mutant.kind == "rollback":
            return {}
        statements = statements_about(mutant)
        # Of a column the table, too, as many tables have columns of its name.
        named = frozenset(mutant.subject.split("."))
        found = {test for each in statements for test in self._of_statement.get(each, ())}
        if mutant.kind == "object":
            found |= {test for test in self._touches if named <= _words(_path(test))}
        if mutant.kind == "roles":
            found = {test for test in self._touches if test.startswith(OF_ROLES)}
        folders = _folders(statements)
        distances = {test: 0 if mutant.kind == "roles" else _distance(named, folders, test) for test in found}
        chosen: dict[str, float] = {}
        seconds = 0.0
        for test in self._in_order(mutant, distances):
            most = self._most_seconds * (_NEAR if distances[test] < _FAR else 1)
            if seconds + self._touches[test].seconds <= most:
                chosen[test] = self._touches[test].seconds
                seconds += chosen[test]
        return chosen

    def note(self, mutant: Mutant, test: str) -> None:
        self._kills[mutant.subject, test] += 1

    def _in_order(self, mutant: Mutant, distances: Mapping[str, int]) -> list[str]:
        """First what found mutants of the subject, then what is near to it.

        Of what is equally near each function comes with one set of parameters before it comes with another, as those
        are alike, the shortest first.
        """
        turns: Counter[str] = Counter()
        ranks: dict[str, tuple[int, ...]] = {}
        for test in sorted(distances, key=lambda test: self._touches[test].seconds):
            function = test.partition("[")[0]
            turns[function] += 1
            ranks[test] = (-self._kills[mutant.subject, test], distances[test], turns[function])
        return sorted(ranks, key=ranks.__getitem__)


def statements_about(mutant: Mutant) -> list[str]:
    """The mutated statement, or those that name the table or function that a mutant changes."""
    if mutant.kind == "statement":
        return [mutant.subject]
    return [name for name, each in STATEMENTS.items() if _tables_and_functions(each.source).intersection(mutant.about)]


def _distance(named: frozenset[str], folders: tuple[str, ...], test: str) -> int:
    """0 of a test that names what is mutated, 1 if its file does, 2 if it's of a feature whose statements change."""
    path, _, function = test.partition("[")[0].partition("::")
    if named <= _functions(path).get(function, frozenset()):
        return 0
    if named <= _words(path):
        return 1
    return 2 if path.startswith(folders) else _FAR


def _folders(names: Sequence[str]) -> tuple[str, ...]:
    features = _features()
    return tuple({f"tests/{features[name]}/" for name in names if name in features})


@cache
def _features() -> dict[str, str]:
    """The package of `api` that binds each statement."""
    return {
        query.statement.name: Path(query.where.partition(":")[0]).relative_to(API).parts[0] for query in bound_queries()
    }


@cache
def _tables_and_functions(source: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?:from|join|into|update) (\w+)", source)) | frozenset(re.findall(r"(\w+)\(", source))


def _path(test: str) -> str:
    return test.partition("::")[0]


@cache
def _words(path: str) -> frozenset[str]:
    return _words_in((ROOT / path).read_text("utf-8"))


@cache
def _functions(path: str) -> dict[str, frozenset[str]]:
    """Words of each function at the outer level of a file, up to the next one, by its name."""
    starts = list(re.finditer(r"^(?:async )?def (\w+)", text := (ROOT / path).read_text("utf-8"), re.MULTILINE))
    ends = [*(each.start() for each in starts[1:]), len(text)]
    return {each[1]: _words_in(text[each.start() : end]) for each, end in zip(starts, ends, strict=True)}


def _words_in(text: str) -> frozenset[str]:
    """Words of a text; the name of a test has those in it that it tests."""
    words = set(re.findall(r"\w+", text))
    for name in [word for word in words if word.startswith("test_")]:
        parts = name.split("_")[1:]
        words |= {"_".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}
    return frozenset(words)
