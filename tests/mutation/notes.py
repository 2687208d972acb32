"""Notes on mutants that are equivalent to what stands there, each with its reason.

In `sql/queries` a note stands at its statement: `-- equivalent: LABEL, because REASON`, with the mutant's label as the
report shows it. A released migration can't be edited, so notes on migrations, rollbacks and roles stand in
`equivalents.txt`: `FILE: SUBJECT: LABEL, because REASON`, a line each.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from api.database.queries import STATEMENTS
from api.paths import ROOT
from tests.mutation.mutants import Mutant

EQUIVALENTS: Final = Path(__file__).with_name("equivalents.txt")

_LINE: Final = re.compile(r"(?P<file>\S+): (?P<subject>.+?): (?P<label>.+?), because (?P<reason>.+)")
_NOTE: Final = re.compile(r"(?P<label>.+?), because (?P<reason>.+)")


class Note(NamedTuple):
    """What says that mutants of a label are equivalent."""

    file: str
    subject: str
    label: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        return (self.file, self.subject, self.label) == (mutant.file, mutant.subject, mutant.label)


class NoteError(ValueError):
    """A note can't be read; the message says where it stands, and its form."""


def read_notes(text: str | None = None) -> list[Note]:
    """Notes of all statements, and of the file.

    Raises:
        NoteError: a note has no label or no reason.

    """
    return [*_of_statements(), *_of_file(EQUIVALENTS.read_text("utf-8") if text is None else text)]


def _of_statements() -> Iterator[Note]:
    for statement in STATEMENTS.values():
        for text in filter(None, statement.notes.get("equivalent", "").split("\n")):
            if (found := _NOTE.fullmatch(text)) is None:
                raise NoteError(f"{statement.path}:{statement.line}: write `-- equivalent: LABEL, because REASON`")
            yield Note(str(statement.path.relative_to(ROOT)), statement.name, found["label"], found["reason"])


def _of_file(text: str) -> Iterator[Note]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#") or not line:
            continue
        if (found := _LINE.fullmatch(line)) is None:
            raise NoteError(f"{EQUIVALENTS}:{number}: write `FILE: SUBJECT: LABEL, because REASON`")
        yield Note(found["file"], found["subject"], found["label"], found["reason"])


def needless(notes: Iterable[Note], survivors: Iterable[Mutant], files: Iterable[str]) -> list[Note]:
    """Notes of files that were tried, and that no surviving mutant is covered by."""
    tried, survived = set(files), list(survivors)
    return [note for note in notes if note.file in tried and not any(note.covers(each) for each in survived)]
