"""Mutants: what an edit makes of a file, and how it is put in place of the original in a process or a database."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from api.paths import ROOT

# Characters of a piece of SQL that tell which one it is; of a shorter one its line does.
_TELLING: Final = 25

Kind = Literal["statement", "object", "rollback", "roles"]


class Mutant(msgspec.Struct, frozen=True):
    """A file of SQL with an edit.

    `subject` is the name of the statement or object that differs, `line` where. `old` and `new` are the pieces of text,
    `text` is the whole file. What stands for the mutated object: `statement` is the SQL of one statement with its
    header, for `sql/queries`; `apply` changes a migrated database so that it is as the edited migration makes it, and
    `undo` takes that back; `about` are the tables and functions whose statements may notice
    it, `of` is the kind of the object.
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
    about: tuple[str, ...] = ()
    of: str = ""

    @property
    def label(self) -> str:
        """What notes call it."""
        changed = f"{shortened(self.old)} -> {shortened(self.new) or 'nothing'}"
        return f"{self.operator}: {changed}" if len(self.old) >= _TELLING else f"{self.operator} in {self.within}: {changed}"

    @property
    def within(self) -> str:
        """The line of the original file that it's in."""
        return shortened((ROOT / self.file).read_text("utf-8").splitlines()[self.line - 1])

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
