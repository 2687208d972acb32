"""Operators SC of Tuya, Suárez-Cabal and de la Riva, "Mutating database queries" (2007): clauses of a statement."""

from collections.abc import Iterator
from typing import Final

from api.sql_parser.lexer import Kind
from tests.mutation.code import Code, Edit

_AGGREGATES: Final = {
    "min": "max", "max": "min", "sum": "max", "avg": "max", "bool_and": "bool_or", "bool_or": "bool_and",
}  # fmt: skip
_HUGE: Final = "1000000000"
_JOINED: Final = frozenset({"left", "right", "full", "inner", "cross", "natural", "outer"})


def clauses(code: Code) -> Iterator[Edit]:
    """Edits of joins, conditions, groups, orders, limits and locks."""
    yield from _joins(code)
    yield from _sets(code)
    yield from _groups(code)
    yield from _orders(code)
    yield from _limits(code)
    yield from _locks(code)
    yield from _conditions(code)
    yield from _assignments(code)


def _joins(code: Code) -> Iterator[Edit]:
    for index in code.find("join"):
        if code.word(index - 1) == "left":
            yield code.edit("join", index - 1, index + 1, "join")
        elif code.word(index - 1) not in _JOINED:
            yield code.edit("join", index, index + 1, "left join")


def _sets(code: Code) -> Iterator[Edit]:
    for index in code.find("distinct"):
        if code.word(index - 1) in {"select", "("} and code.word(index + 1) != "on":
            yield code.lost("distinct", index, index + 1)
    for index in code.find("union"):
        if code.word(index + 1) == "all":
            yield code.lost("union", index + 1, index + 2)
        else:
            yield code.edit("union", index, index + 1, "union all")


def _groups(code: Code) -> Iterator[Edit]:
    for index in code.find("group", "by"):
        end = code.clause_end(index + 1)
        yield code.lost("group by", index, end)
        yield from code.lost_parts("group by", code.split(index + 2, end, ","))
    for index, word in enumerate(code.words):
        if word in _AGGREGATES and code.word(index + 1) == "(" and code.word(index - 1) != ".":
            yield code.edit("aggregate", index, index + 1, _AGGREGATES[word])
    for index in code.find("filter", "("):
        yield code.lost("filter", index, code.match[index + 1] + 1)
    for index in code.find("partition", "by"):
        yield code.lost("partition by", index, _end_before(code, index, "order"))


def _orders(code: Code) -> Iterator[Edit]:
    for index in code.find("order", "by"):
        end = code.clause_end(index + 1)
        if code.word(index - 1) == "(" and code.word(end) == ")":
            # Of a window: its brackets stay.
            yield Edit("order by", (code.piece(index, end),))
        else:
            yield code.lost("order by", index, end)
        keys = code.split(index + 2, end, ",")
        yield from code.lost_parts("order by", keys)
        for start, stop in keys:
            last = code.word(stop - 1)
            if last == "call":
                # Each call of a batch takes its own rows, whichever call comes first.
                continue
            if last in {"asc", "desc"}:
                other = "desc" if last == "asc" else "asc"
                yield code.edit("direction", start, stop, f"{code.source(start, stop - 1)} {other}")
            elif last not in {"first", "last"} and start < stop:
                yield code.edit("direction", start, stop, f"{code.source(start, stop)} desc")


def _limits(code: Code) -> Iterator[Edit]:
    for word in ("limit", "offset"):
        for index in code.find(word):
            end = code.clause_end(index)
            if end > index + 1 and code.word(index - 1) not in {".", ","}:
                yield code.lost(word, index, end)
                if word == "limit":
                    yield code.edit(word, index + 1, end, _HUGE)


def _locks(code: Code) -> Iterator[Edit]:
    for index in code.find("for"):
        if code.word(index + 1) in {"update", "share", "no", "key"}:
            end = code.clause_end(index)
            yield code.lost("lock", index, end)
            if code.word(end - 1) == "locked":
                yield code.lost("skip locked", end - 2, end)
    for index in code.find("on", "conflict"):
        end = next((at for at in range(index, len(code)) if _ends_conflict(code, index, at)), len(code))
        yield code.lost("on conflict", index, end)
        if code.word(end - 1) != "nothing":
            start = next(code_index for code_index in code.find("do") if code_index > index)
            yield code.edit("on conflict", start + 1, end, "nothing")


def _conditions(code: Code) -> Iterator[Edit]:
    for word in ("where", "having", "on", "and", "or", "not"):
        for index in code.find(word):
            if word in {"where", "having"} and code.word(index - 1) != "current":
                yield code.lost("condition", index, code.clause_end(index))
            elif word == "not" and code.word(index - 1) not in {"is", "if"} and code.word(index + 1) != "null":
                yield code.lost("not", index, index + 1)
    yield from _operands(code)


def _operands(code: Code) -> Iterator[Edit]:
    """Operands of `and` and `or` that go."""
    seen: set[int] = set()
    for index, word in enumerate(code.words):
        if word not in {"and", "or"} or index in seen:
            continue
        start = _first_operand(code, index)
        end = code.clause_end(index)
        seen.update(at for at in range(start, end) if code.depth[at] == code.depth[index])
        operands = code.split(start, end, "and", "or")
        yield from code.lost_parts("condition", operands)


def _first_operand(code: Code, index: int) -> int:
    depth = code.depth[index]
    for at in range(index - 1, -1, -1):
        before = code.word(at)
        if code.depth[at] < depth or (
            code.depth[at] == depth
            and (
                before in {"where", "on", "having", "when", "check", ",", "if", "elsif", "return", "select"}
                or before == ":="
            )
        ):
            return at + 1
    return 0


def _assignments(code: Code) -> Iterator[Edit]:
    for index in code.find("set"):
        if code.word(index - 1) in {"on", "delete", ";", "$$"} or code.tokens[index].kind == Kind.IDENTIFIER:
            continue
        yield from code.lost_parts("assignment", code.split(index + 1, code.clause_end(index), ","))


def _ends_conflict(code: Code, start: int, index: int) -> bool:
    return code.depth[index] < code.depth[start] or (
        code.depth[index] == code.depth[start] and code.words[index] in {"returning", ";"}
    )


def _end_before(code: Code, start: int, word: str) -> int:
    return next(
        index for index in range(start, len(code)) if code.words[index] == word or code.depth[index] < code.depth[start]
    )
