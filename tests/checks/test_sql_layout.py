"""Checks the layout of SQL with sqlfluff and migrations with squawk, and also opening comments and the river.

The river is the gap that clauses are aligned to: the first word of each ends where the statement's `select` ends.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database.queries import STATEMENTS
from api.database.statements.files import Statement, read_statements
from api.database.statements.lexer import code_tokens
from api.paths import ROOT, SQL, SUPPORT

FILES = sorted(SQL.glob("*/*.sql"))

SQLFLUFF = (sys.executable, "-m", "sqlfluff", "lint", "--nocolor")
SQUAWK = (Path(sys.executable).with_name("squawk"), "--config", "sql/squawk.toml", "--reporter", "gcc")

STATEMENTS_BEGIN = frozenset({"select", "insert", "update", "delete", "values", "with"})
CLAUSES_BEGIN = frozenset(
    {"from", "where", "and", "or", "order", "group", "having", "limit", "offset", "set", "on", "for"}
    | {"join", "left", "right", "full", "inner"}
)


def run(*command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_sqlfluff_finds_nothing() -> None:
    # schema.sql is as pg_dump writes it.
    result = run(*SQLFLUFF, *(path for path in SQL.rglob("*.sql") if path.name != "schema.sql"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_sqlfluff_looks_at_case_spacing_and_length() -> None:
    result = run(*SQLFLUFF, "-", text=f"SELECT a ,B\n  from t\n where c = :c\n   and {'d' * 120} = 1;\n")
    assert result.returncode == 1
    assert [code for code in ("CP01", "CP02", "LT01", "LT05") if f"| {code} |" not in result.stdout] == []


def test_squawk_finds_nothing() -> None:
    result = run(*SQUAWK, "sql/migrations/*.sql")
    assert result.returncode == 0, result.stdout + result.stderr


def test_squawk_looks_at_locks_and_losses(tmp_path: Path) -> None:
    path = tmp_path / "0001_hazards.sql"
    path.write_text("drop table t;\ncreate index t_a_idx on t (a);\nalter table t alter column a type bigint;\n")
    result = run(*SQUAWK, path)
    assert result.returncode == 1
    hazards = ("ban-drop-table", "require-concurrent-index-creation", "changing-column-type")
    assert [hazard for hazard in hazards if hazard not in result.stdout] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_opens_with_a_comment(path: Path) -> None:
    first = path.read_text().partition("\n")[0]
    assert first.startswith("-- ")
    assert not first.startswith("-- name:")


@pytest.mark.parametrize(
    "statement",
    [*STATEMENTS.values(), *read_statements(SUPPORT).values()],
    ids=lambda statement: statement.name,
)
def test_clauses_stand_along_the_river(statement: Statement) -> None:
    assert list(off_the_river(statement.source)) == []


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("select a\nfrom t", "from"),
        ("select a\n  from t\n where a = 1\n and b = 2", "and"),
        ("select (\n         select 1\n           from t\n          limit 1\n       )\n  limit 1", "limit"),
        ("select array(\n         select 1\n          from t\n       )", "from"),
        ("update t\n    set a = 1", "set"),
    ],
)
def test_sees_a_clause_off_the_river(source: str, word: str) -> None:
    [found] = off_the_river(source)
    assert found.endswith(f": {word}")


def off_the_river(source: str) -> Iterator[str]:
    """Line within the statement and first word of each clause that isn't aligned."""
    # The column where the statement in each open bracket begins.
    starts: list[int | None] = [None]
    for token in code_tokens(source):
        word = token.text
        column = token.start - source.rfind("\n", 0, token.start) - 1
        opens_line = not source[token.start - column : token.start].strip()
        if word in "([":
            starts.append(None)
        elif word in ")]":
            starts.pop()
        elif word in STATEMENTS_BEGIN and (opens_line or starts[-1] is None):
            starts[-1] = column
        elif word in CLAUSES_BEGIN and opens_line:
            start = starts[-1]
            if start is not None and column + len(word) != start + len("select"):
                yield f"{source.count(chr(10), 0, token.start) + 1}: {word}"
