"""Checks that a statement's comment says how long its intervals are, so that neither is changed without the other."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from api.checks.faults import Fault, line_of
from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes
from api.database.statements.files import Statement

_UNITS: Final = {
    "microsecond": 0.000_001, "millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86_400,
    "week": 604_800, "month": 2_592_000, "year": 31_536_000,
}  # fmt: skip
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "half": 0.5,
}  # fmt: skip
_SAID: Final = re.compile(rf"(\d+|\b(?:{'|'.join(_NUMBERS)})) (?:an? )?({'|'.join(_UNITS)})s?\b", re.IGNORECASE)
_CONSTANT: Final = re.compile(r"interval '([^']*)'|'([^']*)'::interval", re.IGNORECASE)


def check_figures(statements: Iterable[Statement]) -> list[Fault]:
    """Intervals of statements that no comment says: their own, or that of their file."""
    return sorted({fault for statement in statements for fault in _faults(statement)})


def figures_in(text: str) -> set[float]:
    """Seconds of the periods that a text says, as `three days` or `24 hours`."""
    return {_seconds(number, unit) for number, unit in _SAID.findall(text)}


def intervals_in(text: str) -> set[float]:
    """Seconds of the constant intervals in SQL, or in the body of a function."""
    return {figure for found in _CONSTANT.findall(text) for figure in figures_in(" ".join(found))}


def _seconds(number: str, unit: str) -> float:
    known = _NUMBERS.get(number.lower())
    return (float(number) if known is None else known) * _UNITS[unit.lower()]


def _faults(statement: Statement) -> Iterator[Fault]:
    if "interval" not in statement.text:
        return
    found = list(nodes(parse_sql(statement.text)[0]))
    # One of a unit is multiplied by what isn't known here.
    units = {node for each in found for node in _factors(each)}
    said: set[float] | None = None
    for node in found:
        text = _interval(node)
        if text is None or node in units:
            continue
        if said is None:
            head = statement.path.read_text("utf-8").partition("-- name:")[0]
            about = " ".join((statement.description, *statement.notes.values(), head))
            said = figures_in(" ".join(about.replace("--", " ").split()))
        figures = figures_in(text)
        if figures and not figures <= said:
            what = f"say in its comment what takes {text}, or correct the interval"
            yield Fault(statement.path, line_of(statement, node.arg), statement.name, what)


def _interval(node: Any) -> str | None:
    """The text of a constant interval."""
    match node:
        case ast.TypeCast(
            typeName=ast.TypeName(names=[*_, ast.String(sval="interval")]), arg=ast.A_Const(val=ast.String(sval=text))
        ):
            return str(text)
    return None


def _factors(node: Any) -> Iterator[Any]:
    match node:
        case ast.A_Expr(name=[ast.String(sval="*")], lexpr=left, rexpr=right):
            yield from (left, right)
