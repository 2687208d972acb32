"""What a check finds."""

from pathlib import Path

import msgspec


class Fault(msgspec.Struct, frozen=True, order=True):
    """What is wrong with a statement, and the line of its file."""

    file: Path
    line: int
    statement: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.statement}: {self.what}"
