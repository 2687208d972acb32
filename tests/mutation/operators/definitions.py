"""Operators for what migrations define: each gives an edit of a definition, or that it's lost."""

from collections.abc import Iterator
from typing import Final

from tests.mutation.code import Code, Edit

_ACTIONS: Final = {"cascade": "restrict", "restrict": "cascade", "null": "cascade"}


def constraint_edits(code: Code) -> Iterator[Edit]:
    """Lost, renamed, and `on delete` changed."""
    yield Edit("constraint lost", (code.piece(0, len(code)),))
    yield code.edit("constraint renamed", 1, 2, f"{code.source(1, 2)}_renamed")
    for index in code.find("on", "delete"):
        end = index + (4 if code.word(index + 2) == "set" else 3)
        yield code.edit("on delete", index, end, f"on delete {_ACTIONS[code.word(end - 1)]}")


def column_edits(code: Code) -> Iterator[Edit]:
    """`not null` or the default lost."""
    for index in code.find("not", "null"):
        if code.depth[index] == 0:
            yield code.lost("not null", index, index + 2)
    for index in code.find("default"):
        if code.depth[index] == 0 and code.word(index - 1) != "by":
            yield code.lost("default", index, default_end(code, index))


def default_end(code: Code, index: int) -> int:
    """Index behind the default that begins at one."""
    ends = (at for at in range(index + 1, len(code)) if code.depth[at] == 0 and code.word(at) in {"not", "constraint"})
    return next(ends, len(code))


def index_edits(code: Code) -> Iterator[Edit]:
    """Lost, no longer unique, or over more rows or fewer columns."""
    yield Edit("index lost", (code.piece(0, len(code)),))
    for index in code.find("unique"):
        yield code.lost("unique", index, index + 1)
    for index in code.find("where"):
        yield code.lost("index condition", index, len(code))
    opening = code.words.index("(")
    yield from code.lost_parts("index column", code.split(opening + 1, code.match[opening], ","))


def trigger_edits(code: Code) -> Iterator[Edit]:
    """Lost, of other events, columns, rows or moments."""
    yield Edit("trigger lost", (code.piece(0, len(code)),))
    for index, word in enumerate(code.words):
        if word in {"before", "after"}:
            yield code.edit("trigger timing", index, index + 1, "after" if word == "before" else "before")
            end = code.words.index("on", index)
            yield from code.lost_parts("trigger event", code.split(index + 1, end, "or"))
    for index in code.find("of"):
        end = next(at for at in range(index, len(code)) if code.words[at] in {"on", "or"})
        yield from code.lost_parts("trigger columns", code.split(index + 1, end, ","))
        yield code.lost("trigger columns", index, end)
    for index in code.find("when", "("):
        yield code.lost("trigger condition", index, code.match[index + 1] + 1)
    for index in code.find("for", "each", "row"):
        yield code.edit("trigger level", index, index + 3, "for each statement")


def function_header_edits(code: Code, body: int) -> Iterator[Edit]:
    """What a function says of itself before its body, which begins at a token: nulls, rights, search path."""
    for index in range(body):
        word = code.words[index]
        if word == "strict":
            yield code.lost("function strict", index, index + 1)
        if word == "security":
            yield code.lost("function rights", index, index + 2)
        # One that is immutable reads no table, so it doesn't matter whose rights it has.
        if word == "language" and not {"security", "immutable"}.intersection(code.words[:body]):
            yield code.edit("function rights", index, index + 1, "security definer language")
        if word == "set" and code.word(index + 1) == "search_path":
            end = next(at for at in range(index + 3, body + 1) if at == body or code.words[at] in {"as", "return"})
            yield code.lost("function search path", index, end)


def lost_statements(code: Code) -> Iterator[Edit]:
    """Statements of a body in PL/pgSQL that go, each between semicolons or the words that open a block."""
    start = 0
    for index, word in enumerate(code.words):
        if word in {"begin", "then", "loop", "else"} and code.depth[index] == 0:
            start = index + 1
        if word == ";":
            first = code.word(start)
            if index > start and first in {
                "delete",
                "insert",
                "update",
                "perform",
                "raise",
                "return",
                "execute",
                "new",
            }:
                new = "null" if first != "return" else "return null"
                if code.source(start, index) != new:
                    yield code.edit("statement lost", start, index, new)
            start = index + 1
