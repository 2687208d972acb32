"""Digests of what decides about a mutant: of a test with what it's made of, and of what most checks read.

What was found out before counts for as long as they are the same. A test's is of few files, so that a change of one
feature's tests leaves what those of others found out; the checks' is of many, as asking them again takes minutes.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from api.paths import ROOT

_CHECKS: Final = (
    *("api/checks/**/*.py", "api/database/statements/*.py", "tests/mutation/checking*.py", "tests/mutation/reading.py"),
    *("api/*/facts.py", "api/*/queries.py", "api/*/routes.py", "api/*/schemas.py"),
    *("api/facts.py", "api/problems/types.py", "api/database/codecs.py", "api/exports/left_out.py"),
    *("sql/migrations/*.sql", "sql/conventions.sql", "tests/plans/statistics.sql"),
)
# The checks hold an object against all statements, and a statement against the schema.
_STATEMENTS: Final = "sql/queries/*.sql"


@cache
def digest_of_test(file: str) -> str:
    """Of a file of tests, of what it imports of `tests`, directly or not, and of each `conftest.py` above it."""
    path = ROOT / file
    found: set[Path] = set()
    waiting = [path, *(above / "conftest.py" for above in path.parents if above.is_relative_to(ROOT))]
    while waiting:
        each = waiting.pop()
        if each not in found and each.exists():
            found.add(each)
            waiting += _imported(each)
    return _digest_of(found)


@cache
def digest_of_checks(*, of_statement: bool) -> str:
    patterns = _CHECKS if of_statement else (*_CHECKS, _STATEMENTS)
    return _digest_of(path for pattern in patterns for path in ROOT.glob(pattern))


def _digest_of(paths: Iterable[Path]) -> str:
    each = (f"{path.relative_to(ROOT)} {_digest_of_file(path)}\n" for path in sorted(paths))
    return sha256("".join(each).encode()).hexdigest()


@cache
def _digest_of_file(path: Path) -> str:
    """Of a file as it is when it's first asked for."""
    return sha256(path.read_bytes()).hexdigest()


@cache
def _imported(path: Path) -> list[Path]:
    """Where modules of `tests` may stand that a file imports."""
    names = [name for name in _names(ast.parse(path.read_bytes())) if name.startswith("tests.")]
    folders = [ROOT.joinpath(*name.split(".")) for name in names]
    return [each for folder in folders for each in (folder.with_suffix(".py"), folder / "__init__.py")]


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            # What is imported from a package may be a module.
            yield from (f"{node.module}.{each.name}" for each in node.names)
