"""What the migrations define, and no later one redefines or drops."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from api.migrations import read_migrations
from api.sql_parser.parser import Parsed, parse
from tests.mutation.code import Code

Kind = Literal["table", "column", "constraint", "index", "trigger", "function"]


class Definition(NamedTuple):
    """A piece of a migration that defines something: from `start` to before `end` in characters of its file."""

    kind: Kind
    name: str
    table: str
    path: Path
    start: int
    end: int
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.kind, self.table, self.name)


def read_definitions() -> list[Definition]:
    """Definitions of all migrations, in their order, as far as they stand in the end."""
    standing: dict[tuple[str, str, str], Definition] = {}
    for migration in read_migrations():
        text = migration.path.read_text("utf-8")
        for parsed in parse(text):
            for definition in _definitions(migration.path, text, parsed):
                standing.pop(definition.key, None)
                standing[definition.key] = definition
            for gone in _gone(parsed.tree):
                for key in [key for key in standing if gone(key)]:
                    del standing[key]
    return list(standing.values())


def _definitions(path: Path, text: str, parsed: Parsed) -> Iterator[Definition]:
    match parsed.tree:
        case {"CreateStmt": {"relation": {"relname": table}}}:
            yield Definition("table", table, table, path, parsed.start, parsed.end, _source(text, parsed))
            yield from _elements(path, text, parsed, table)
        case {"AlterTableStmt": {"relation": {"relname": table}}}:
            yield from _actions(path, text, parsed, table)
        case {"IndexStmt": {"idxname": name, "relation": {"relname": table}}}:
            yield Definition("index", name, table, path, parsed.start, parsed.end, _source(text, parsed))
        case {"CreateTrigStmt": {"trigname": name, "relation": {"relname": table}}}:
            yield Definition("trigger", name, table, path, parsed.start, parsed.end, _source(text, parsed))
        case {"CreateFunctionStmt": {"funcname": [*_, {"String": {"sval": name}}]}}:
            yield Definition("function", name, "", path, parsed.start, parsed.end, _source(text, parsed))


def _elements(path: Path, text: str, parsed: Parsed, table: str) -> Iterator[Definition]:
    """Columns and constraints of `create table`."""
    code = Code(_source(text, parsed))
    opening = code.words.index("(")
    for start, end in code.split(opening + 1, code.match[opening], ","):
        yield _element(table, path, parsed.start, code, (start, end))


def _actions(path: Path, text: str, parsed: Parsed, table: str) -> Iterator[Definition]:
    """What `alter table` adds."""
    code = Code(_source(text, parsed))
    first = code.words.index(table) + 1
    for start, end in code.split(first, len(code), ","):
        if code.word(start) == "add" and code.word(start + 1) in {"constraint", "column"}:
            offset = 2 if code.word(start + 1) == "column" else 1
            yield _element(table, path, parsed.start, code, (start + offset, end))


def _element(table: str, path: Path, offset: int, code: Code, part: tuple[int, int]) -> Definition:
    start, end = part
    is_constraint = code.word(start) == "constraint"
    name = code.word(start + 1 if is_constraint else start)
    first, last = code.tokens[start].start, code.tokens[end - 1].end
    source = code.text[first:last]
    return Definition(
        "constraint" if is_constraint else "column", name, table, path, offset + first, offset + last, source
    )


def _source(text: str, parsed: Parsed) -> str:
    return text[parsed.start : parsed.end]


def _gone(tree: dict[str, Any]) -> Iterator[Any]:
    """Tells of keys whether a statement drops them, or changes what they define."""
    match tree:
        case {"DropStmt": {"objects": objects}}:
            for names in re.findall(r"'sval': '(\w+)'", str(objects)):
                yield lambda key, name=names: name in key[1:]
        case {"AlterTableStmt": {"relation": {"relname": table}, "cmds": commands}}:
            for command in commands:
                given = command["AlterTableCmd"]
                if not given["subtype"].startswith(("AT_Add", "AT_Validate")) and "name" in given:
                    yield lambda key, name=given["name"]: key[1:] == (table, name)
        case {"RenameStmt": {"relation": {"relname": table}, "subname": name}}:
            yield lambda key: key[1:] == (table, name)
