"""Words of the schema that take each other's place: columns of one table and type, labels of one enum."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from api.paths import SCHEMA

_TABLE: Final = re.compile(r"^CREATE TABLE public\.(\w+) \(\n(.*?)^\);", re.MULTILINE | re.DOTALL)
_COLUMN: Final = re.compile(
    r"^    \"?(\w+)\"? ([^\n]+?)(?: DEFAULT [^\n]*?| GENERATED [^\n]*?)?(?: NOT NULL)?,?$", re.MULTILINE
)
_ENUM: Final = re.compile(r"^CREATE TYPE public\.\w+ AS ENUM \((.*?)\);", re.MULTILINE | re.DOTALL)


class Vocabulary(NamedTuple):
    """Types of columns by table, and the label that takes the place of each."""

    tables: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, str]

    def siblings(self, text: str) -> dict[str, str]:
        """For each column of the tables that a text names, the next one of its table and type."""
        found: dict[str, str] = {}
        for table, columns in self.tables.items():
            if not re.search(rf"\b{table}\b", text):
                continue
            for name, kind in columns.items():
                others = [other for other, of in columns.items() if of == kind]
                if len(others) > 1:
                    found.setdefault(name, others[(others.index(name) + 1) % len(others)])
        return found


def read_vocabulary(schema: str | None = None) -> Vocabulary:
    text = SCHEMA.read_text("utf-8") if schema is None else schema
    tables = {
        table: {name: kind for name, kind in _COLUMN.findall(body) if name != "CONSTRAINT"}
        for table, body in _TABLE.findall(text)
    }
    labels: dict[str, str] = {}
    for body in _ENUM.findall(text):
        found = re.findall("'([^']*)'", body)
        labels |= dict(zip(found, [*found[1:], found[0]], strict=True)) if len(found) > 1 else {}
    return Vocabulary(tables, labels)
