"""Reads the named statements of sql/queries.

A file opens with a comment. Each statement begins with `-- name: NAME :MODE` (`:one`, `:maybe`, `:many`, `:value` or
`:exec`, then `:batch` if it serves many calls at once), followed by comment lines and SQL that ends with a semicolon.
Its parameters are written `:name`, like variables of psql, so that it runs in psql as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from api.command_error import CommandError
from api.database.statements.comments import read_comments
from api.database.statements.lexer import code_tokens, single_statement
from api.database.statements.parameters import SNAKE_CASE, substitute
from api.database.statements.syntax import parse_statement, reads_only, updates_rows
from api.sql_parser.library import ParseError

Mode = Literal["one", "maybe", "many", "value", "exec"]

_HEADER: Final = re.compile(r"^--[ \t]*name:(?P<declaration>.*)", re.MULTILINE)
_MODES: Final[Mapping[str, Mode]] = {f":{mode}": mode for mode in get_args(Mode)}


class QueryFileError(CommandError):
    """Something is wrong with a statement; the message names file, line and statement, one line for each mistake."""


class Statement(msgspec.Struct, frozen=True):
    """A named statement.

    `line` is the line of its `-- name:`, from 1. `description` is the prose of the comment lines between name and SQL,
    `notes` are their notes, by the keys of `comments.NOTES`. Calls whose values of the `apart` parameters are all the
    same aren't merged. One that is `alone` doesn't begin a late transaction (`transactions.py`). `source` is the SQL in
    the file, without its semicolon; `text` is sent to PostgreSQL: it has `$1` … `$n` for `parameters`, and the name in
    a comment. A statement that `reads_only` may be run again.

    The comment comes after the first word, as pg_stat_statements drops comments before it. Statements that differ only
    in names and constants share one entry there, under the name that came first.
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
    reads_only: bool
    apart: tuple[str, ...] = ()
    alone: bool = False


class _Block(NamedTuple):
    """The words of a `-- name:` line, and the text from there to the next one."""

    name: str
    modes: tuple[str, ...]
    text: str


def read_statements(directory: Path) -> dict[str, Statement]:
    """Statements of all files in a folder, by name.

    Raises:
        QueryFileError: every mistake in every file.

    """
    paths = sorted(directory.glob("*.sql"))
    if not paths:
        raise QueryFileError(f"{directory}: holds no .sql file")
    return _read(paths)


def read_statement_file(path: Path) -> list[Statement]:
    """Statements of a file, in its order.

    Raises:
        QueryFileError: every mistake in the file.

    """
    return list(_read([path]).values())


class _Mistake(Exception):  # noqa: N818
    """An error in a statement, and its line in the block, from 0."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def _read(paths: Iterable[Path]) -> dict[str, Statement]:
    statements: dict[str, Statement] = {}
    places: dict[str, str] = {}
    mistakes: list[str] = []
    for path in paths:
        for line, block in _blocks(path, mistakes):
            place = f"{path}:{line}"
            first = places.setdefault(block.name, place) if block.name else place
            if first != place:
                mistakes.append(f"{place}: {block.name}: the name is taken in {first}: choose another")
            try:
                statements[block.name] = replace(_statement(block), path=path, line=line)
            except _Mistake as mistake:
                mistakes.append(": ".join(filter(None, (f"{path}:{line + mistake.line}", block.name, str(mistake)))))
    if mistakes:
        raise QueryFileError("\n".join(mistakes))
    return statements


def _blocks(path: Path, mistakes: list[str]) -> Iterator[tuple[int, _Block]]:
    """Blocks of a file and their first lines, from 1; errors outside of blocks are added to `mistakes`."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        mistakes.append(f"{path}:{_line(before, len(before))}: is not UTF-8: save it so")
        return
    if (position := text.find("\0")) >= 0:
        # PostgreSQL's lexer would take it for the end of the text.
        mistakes.append(f"{path}:{_line(text, position)}: holds a NUL character: take it out")
        return
    headers = list(_HEADER.finditer(text))
    ends = [*(header.start() for header in headers), len(text)]
    for number, line in enumerate(text[: ends[0]].split("\n"), start=1):
        if not re.match(r"\s*(--|$)", line):
            mistakes.append(f"{path}:{number}: SQL before the first `-- name:`: give it a name")
            break
    for header, end in zip(headers, ends[1:], strict=True):
        name, *modes = header["declaration"].split() or [""]
        yield _line(text, header.start()), _Block(name, tuple(modes), text[header.end() : end])


# Some commands and many tests read the same statements several times, and each takes half a millisecond.
@lru_cache(maxsize=1024)
def _statement(block: _Block) -> Statement:
    """The statement of a block, without the path and line of where that stands."""
    mode = _mode(block)
    with _mistakes_at(block.text, 0):
        start, end = single_statement(block.text)
        description, notes = read_comments(block.text[:start])
    source = block.text[start:end]
    line = block.text.count("\n", 0, start)
    with _mistakes_at(source, line):
        text, parameters = substitute(source)
    with _mistakes_at(text, line):
        parsed = parse_statement(text, parameters)
    batch = len(block.modes) == 2
    apart = tuple(name.strip() for name in notes["apart"].split(",")) if "apart" in notes else ()
    if reason := _wrong_apart(apart, parameters, parsed, batch=batch):
        raise _Mistake(line, reason)
    first = code_tokens(text)[0].end
    return Statement(
        name=block.name,
        mode=mode,
        batch=batch,
        path=Path(),
        line=0,
        description=description,
        notes=notes,
        source=source,
        text=f"{text[:first]} /* {block.name} */{text[first:]}",
        parameters=parameters,
        reads_only=reads_only(parsed),
        apart=apart,
        alone="alone" in notes,
    )


def _mode(block: _Block) -> Mode:
    """Mode of a block, whose name and modes are checked."""
    if SNAKE_CASE.fullmatch(block.name) is None:
        raise _Mistake(0, "the name is not snake_case: lowercase letters, digits and underscores")
    if not block.modes or block.modes[0] not in _MODES:
        given = f"{block.modes[0]} is no mode" if block.modes else "has no mode"
        raise _Mistake(0, f"{given}: write {', '.join(_MODES)} behind the name")
    if block.modes[1:] not in ((), (":batch",)):
        raise _Mistake(0, f"{' '.join(block.modes[1:])}: behind the mode only :batch can stand")
    return _MODES[block.modes[0]]


def _wrong_apart(apart: tuple[str, ...], parameters: tuple[str, ...], parsed: Any, *, batch: bool) -> str | None:
    if not batch:
        return "apart: there's nothing to keep apart without :batch, so take the note out" if apart else None
    if strangers := [name for name in apart if name not in parameters]:
        return f"apart: there's no parameter :{strangers[0]}"
    if not apart and updates_rows(parsed):
        return "a row is updated once, however many calls are for it: note `-- apart: ` and the parameters of its key"
    return None


@contextmanager
def _mistakes_at(text: str, first_line: int) -> Iterator[None]:
    """Turn a ParseError at a position of a text into a mistake in a line of the block."""
    try:
        yield
    except ParseError as error:
        # An unterminated string is quoted to the end of the text.
        reason = error.reason.partition("\n")[0]
        raise _Mistake(first_line + text.count("\n", 0, error.position), reason) from None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
