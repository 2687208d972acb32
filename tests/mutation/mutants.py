"""Mutants: what an edit makes of a file, and how it is put in place of the original in a process or a database."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from api.paths import ROOT
from tests.mutation.code import Edit

# Characters of a piece of SQL that tell which one it is; of a shorter one its line does.
_TELLING: Final = 25

Kind = Literal["statement", "object", "rollback", "roles"]


class Mutant(msgspec.Struct, frozen=True):
    """A file of SQL with an edit.

    `subject` is the name of the statement or object that differs, `line` where. `old` and `new` are the pieces of text,
    `within` is the line with the old one in quotes, `text` is the whole file. What stands for the mutated object:
    `statement` is the SQL of one statement with its header, for `sql/queries`; `apply` changes a migrated database so
    that it is as the edited migration makes it, and `undo` takes that back; `about` are the tables and functions whose
    statements may notice it, `of` is the kind of the object.
    """

    kind: Kind
    file: str
    line: int
    subject: str
    operator: str
    old: str
    new: str
    within: str
    text: str
    statement: str = ""
    apply: str = ""
    undo: str = ""
    about: tuple[str, ...] = ()
    of: str = ""

    @property
    def label(self) -> str:
        """What notes call it."""
        old = shortened(self.old) if len(self.old) >= _TELLING else self.within
        return f"{self.operator}: {old} -> {shortened(self.new) or 'nothing'}"

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}: {self.subject}: {self.label}"

    def diff(self) -> Iterator[str]:
        """Lines of the diff to the file as it is."""
        original = (ROOT / self.file).read_text("utf-8")
        yield from list(
            difflib.unified_diff(original.splitlines(), self.text.splitlines(), self.file, "mutant", lineterm="", n=1)
        )[2:]


def mutant_of(kind: Kind, path: Path, edit: Edit, subject: str, **more: Any) -> Mutant:
    """The mutant that an edit of a file's text makes."""
    whole = path.read_text("utf-8")
    pieces = sorted(edit.pieces)
    old = "; ".join(whole[start:end] for start, end, _ in pieces)
    start = pieces[0][0] + len(old) - len(old.lstrip())
    end = max(pieces[0][1], start)
    first, last = whole.rfind("\n", 0, start) + 1, whole.find("\n", end)
    return Mutant(
        kind=kind,
        file=str(path.relative_to(ROOT)),
        line=whole.count("\n", 0, start) + 1,
        subject=subject,
        operator=edit.operator,
        old=old,
        new="; ".join(new for _, _, new in pieces),
        within=" ".join(f"{whole[first:start]}«{whole[start:end]}»{whole[end:last]}".split()),
        text=edit.apply(whole),
        **more,
    )


def shortened(text: str) -> str:
    """A piece of SQL in one line, its middle left out if it's long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:28]} … {flat[-28:]}"
