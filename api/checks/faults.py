"""Faults, which checks find."""

from pathlib import Path
from typing import Any

import msgspec

from api.database.statements.files import Statement
from api.paths import ROOT

# What is wrong, and what to do. README.md has each with its reason: a test finds them by this type.
Message = str


class Fault(msgspec.Struct, frozen=True, order=True):
    """Something wrong with a statement, and the line of its file."""

    file: Path
    line: int
    statement: str
    what: Message

    def __str__(self) -> str:
        """One line, with paths relative to the project's folder."""
        return f"{self.file}:{self.line}: {self.statement}: {self.what}".replace(f"{ROOT}/", "")


def line_of(statement: Statement, node: Any) -> int:
    """Line in the file of a node of a statement's parse tree; the statement's own line if the node has no location."""
    location = getattr(node, "location", None)
    if not isinstance(location, int) or location < 0:
        return statement.line
    text = statement.path.read_text("utf-8")
    header = sum(len(line) for line in text.splitlines(keepends=True)[: statement.line - 1])
    start = text.index(statement.source, header)
    return text.count("\n", 0, start) + statement.text.count("\n", 0, location) + 1
