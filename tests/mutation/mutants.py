"""Mutants: what an edit makes of a file, and how it is put in place of the original in a process or a database."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from api.paths import ROOT

Kind = Literal["statement", "object", "rollback", "roles"]


class Mutant(msgspec.Struct, frozen=True):
    """A file of SQL with an edit.

    `subject` is the name of the statement or object that differs, `line` where. `old` and `new` are the pieces of text,
    `text` is the whole file. What stands for the mutated object: `statement` is the SQL of one statement with its
    header, for `sql/queries`; `apply` changes a migrated database so that it is as the edited migration makes it, and
    `undo` takes that back.
    """

    kind: Kind
    file: str
    line: int
    subject: str
    operator: str
    old: str
    new: str
    text: str
    statement: str = ""
    apply: str = ""
    undo: str = ""

    @property
    def label(self) -> str:
        """What notes call it."""
        return f"{self.operator}: {shortened(self.old)} -> {shortened(self.new) or 'nothing'}"

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}: {self.subject}: {self.label}"

    def diff(self) -> Iterator[str]:
        """Lines of the diff to the file as it is."""
        original = (ROOT / self.file).read_text("utf-8")
        yield from list(
            difflib.unified_diff(original.splitlines(), self.text.splitlines(), self.file, "mutant", lineterm="", n=1)
        )[2:]


def shortened(text: str) -> str:
    """A piece of SQL in one line, its middle left out if it's long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:28]} … {flat[-28:]}"


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))
