"""Reads the named statements of sql/queries.

A file opens with a comment. Each statement begins with `-- name: NAME :MODE` (`:one`, `:maybe`, `:many`, `:value` or
`:exec`, then `:batch` where it serves many calls at once), goes on with comment lines and ends with a semicolon. Its
parameters are written `:name`, as psql's variables are, so that the file runs in psql as it stands.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

import msgspec
from pglast import parse_sql
from pglast.parser import ParseError, scan

from api.database.parameters import substitute

Mode = Literal["one", "maybe", "many", "value", "exec"]

# Comment lines `-- KEY: text` between a statement's name and its SQL that say something to a machine.
NOTES: Final = ("apart", "owner", "plan", "nullable", "cardinality")

_HEADER: Final = re.compile(r"--\s*name:\s*(?P<rest>.*)")
_DECLARATION: Final = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\s+:(?P<mode>\w+)(?P<batch>\s+:batch)?")
_NOTE: Final = re.compile(rf"(?P<key>{'|'.join(NOTES)}):\s*(?P<text>.+)")


class QueryFileError(Exception):
    """Something is wrong with a statement; the message names file, line and statement, one line for each fault."""


class Statement(msgspec.Struct, frozen=True):
    """A named statement.

    `source` is the SQL as it stands in the file, without its semicolon; `text` is what PostgreSQL gets: `$1` … `$n` for
    `parameters`, and the name in a comment. The comment stands behind the first word, as pg_stat_statements drops what
    stands before it.
    """

    name: str
    mode: Mode
    batch: bool
    path: Path
    line: int
    description: str
    notes: Mapping[str, str]
    source: str
    text: str
    parameters: tuple[str, ...]


class _Block(NamedTuple):
    line: int
    declaration: str
    lines: list[str]


def read_statements(directory: Path) -> dict[str, Statement]:
    """Statements of all files in a folder, by name.

    Raises:
        QueryFileError: every fault in every file.

    """
    statements: dict[str, Statement] = {}
    faults: list[str] = []
    paths = sorted(directory.glob("*.sql"))
    if not paths:
        faults.append(f"{directory}: holds no .sql file")
    for path in paths:
        try:
            found = read_statement_file(path)
        except QueryFileError as error:
            faults.append(str(error))
            continue
        for statement in found:
            first = statements.setdefault(statement.name, statement)
            if first is not statement:
                where = f"{path}:{statement.line}: {statement.name}"
                faults.append(f"{where}: the name is taken in {first.path}:{first.line}")
    if faults:
        raise QueryFileError("\n".join(faults))
    return statements


def read_statement_file(path: Path) -> list[Statement]:
    """Statements of a file, in its order.

    Raises:
        QueryFileError: every fault in the file.

    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise QueryFileError(f"{path}: is not UTF-8") from None
    statements: list[Statement] = []
    faults: list[str] = []
    for block in _blocks(path, text, faults):
        name = block.declaration.split(" ")[0]
        try:
            statements.append(_statement(path, block))
        except ValueError as error:
            faults.append(f"{path}:{block.line}: {name}: {error}")
    if faults:
        raise QueryFileError("\n".join(faults))
    return statements


def _blocks(path: Path, text: str, faults: list[str]) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            if block is not None:
                yield block
            block = _Block(number, header["rest"].strip(), [])
        elif block is not None:
            block.lines.append(line)
        elif line.strip() and not line.lstrip().startswith("--"):
            faults.append(f"{path}:{number}: SQL before the first `-- name:`")
            return
    if block is not None:
        yield block


def _statement(path: Path, block: _Block) -> Statement:
    declared = _DECLARATION.fullmatch(block.declaration)
    if declared is None:
        raise ValueError("write `-- name: snake_case :mode`, then `:batch` if it serves many calls at once")
    if declared["mode"] not in get_args(Mode):
        raise ValueError(f":{declared['mode']} is no mode: {', '.join(f':{mode}' for mode in get_args(Mode))} are")
    comments = 0
    while comments < len(block.lines) and re.match(r"\s*(--|$)", block.lines[comments]):
        comments += 1
    description, notes = _comments(block.lines[:comments])
    source = _single(block, comments)
    try:
        text, parameters = substitute(source)
        parse_sql(text)
    except ParseError as error:
        raise ValueError(_located(error, source, block.line + comments + 1)) from None
    first = scan(text)[0].end + 1
    return Statement(
        name=declared["name"],
        mode=_mode(declared["mode"]),
        batch=declared["batch"] is not None,
        path=path,
        line=block.line,
        description=description,
        notes=notes,
        source=source,
        text=f"{text[:first]} /* {declared['name']} */{text[first:]}",
        parameters=parameters,
    )


def _mode(word: str) -> Mode:
    return next(mode for mode in get_args(Mode) if mode == word)


def _comments(lines: list[str]) -> tuple[str, dict[str, str]]:
    """Prose and notes of the comment lines; lines after a note that are indented belong to it."""
    prose: list[str] = []
    notes: dict[str, str] = {}
    key: str | None = None
    for line in lines:
        content = line.strip().removeprefix("--")
        note = _NOTE.match(content.strip())
        if note is not None:
            key = note["key"]
            notes[key] = note["text"].strip()
        elif key is not None and content.startswith("   "):
            notes[key] += f" {content.strip()}"
        else:
            key = None
            prose.append(content.strip())
    return " ".join(part for part in prose if part), notes


def _single(block: _Block, comments: int) -> str:
    """The one statement of a block, without its semicolon."""
    source = "\n".join(block.lines[comments:])
    try:
        tokens = [token for token in scan(source) if token.name not in {"SQL_COMMENT", "C_COMMENT"}]
    except ParseError as error:
        raise ValueError(_located(error, source, block.line + comments + 1)) from None
    ends = [index for index, token in enumerate(tokens) if token.name == "ASCII_59"]
    if not tokens or ends[:1] == [0]:
        raise ValueError("has no statement")
    if not ends:
        raise ValueError("has no semicolon at its end")
    if ends[0] != len(tokens) - 1:
        raise ValueError("has more than one statement")
    return source[: tokens[ends[-1]].start].rstrip()


def _located(error: ParseError, source: str, first_line: int) -> str:
    message, *position = error.args
    if not position or not isinstance(position[0], int):
        return str(message)
    return f"line {first_line + source[: position[0]].count(chr(10))}: {message}"
