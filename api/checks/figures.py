"""Checks that a statement's comment says how long its intervals are, so that neither is changed without the other."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from api.checks.faults import Fault, Message, line_of
from api.checks.sql import ast
from api.checks.sql.ast import tree_of
from api.checks.sql.tree import function_name, nodes
from api.database.statements.files import Statement

_UNITS: Final = {
    "microsecond": 0.000_001, "millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86_400,
    "week": 604_800, "month": 2_628_000, "year": 31_536_000,
}  # fmt: skip
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90,
    "half": 0.5,
}  # fmt: skip
_DIGITS: Final = r"\d+(?:\.\d+)?"
_UNIT: Final = rf"({'|'.join(_UNITS)})s?\b"
_SAID: Final = re.compile(rf"(?<![\w.,-])({_DIGITS}|(?:{'|'.join(_NUMBERS)}))(?: |-)(?:an? )?{_UNIT}", re.IGNORECASE)
# As PostgreSQL prints them, too.
_SHORT: Final = {"sec": "second", "min": "minute", "mon": "month"}
_PART: Final = rf"(?P<number>{_DIGITS}) (?P<unit>{'|'.join((*_UNITS, *_SHORT))})s?\b"
_CLOCK: Final = r"(?P<hours>\d+):(?P<minutes>\d\d)(?::(?P<seconds>\d\d(?:\.\d+)?))?(?![\d:.])"
_WRITTEN: Final = re.compile(rf" ?[+-]?(?:{_PART}|{_CLOCK})", re.IGNORECASE)
_ZERO: Final = re.compile(r"0|[+-]?infinity", re.IGNORECASE)
_CONSTANT: Final = re.compile(
    r"interval '([^']*)'(?! (?:year|month|day|hour|minute|second)\b)|'([^']*)'::interval", re.IGNORECASE
)
_UNREADABLE: Final = re.compile(
    r"interval '[^']*' (?:year|month|day|hour|minute|second)\b|\bmake_interval\((?:(?:\w+ *=> *)?[\d.]+(?:, *)?)+\)",
    re.IGNORECASE,
)


def check_figures(statements: Iterable[Statement]) -> list[Fault]:
    """Intervals of statements that no comment says: their own, or that of their file."""
    return sorted({fault for statement in statements for fault in _faults(statement)})


def figures_in(text: str) -> set[float]:
    """Seconds of the periods that a text says, as `three days`, `24 hours` or `3-day`."""
    return {_seconds(number, unit) for number, unit in _SAID.findall(text)}


def intervals_in(text: str) -> set[float]:
    """Seconds of the constant intervals in SQL, or in the body of a function."""
    return {figure for found in _CONSTANT.findall(text) for figure in _written("".join(found))}


def unread_in(text: str) -> str | None:
    """The first interval in SQL, or in the body of a function, whose length isn't read here."""
    written = ("".join(found) for found in _CONSTANT.findall(text))
    other = _UNREADABLE.search(text)
    return next((each for each in written if not _is_read(each)), other and other[0])


def _is_read(interval: str) -> bool:
    return bool(_ZERO.fullmatch(interval)) or not _WRITTEN.sub("", interval)


def _written(interval: str) -> set[float]:
    figures = set()
    for found in _WRITTEN.finditer(interval):
        if found["unit"]:
            figures.add(_seconds(found["number"], _SHORT.get(found["unit"].lower(), found["unit"])))
        else:
            figures.add(int(found["hours"]) * 3600 + int(found["minutes"]) * 60 + float(found["seconds"] or 0))
    return figures - {0}


def _seconds(number: str, unit: str) -> float:
    known = _NUMBERS.get(number.lower())
    return (float(number) if known is None else known) * _UNITS[unit.lower()]


def _faults(statement: Statement) -> Iterator[Fault]:
    if "interval" not in statement.text:
        return
    found = list(nodes(tree_of(statement.text)))
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
        figures = _written(text)
        what: Message | None = None
        if not _is_read(text):
            what = f"write an interval with its units, as `interval '3 days'`: how long {text} takes isn't read here"
        elif figures and not figures <= said and sum(figures) not in said:
            what = f"say in its comment what takes {text}, in digits as `30 days`, or correct the interval"
        if what is not None:
            place = node.arg if isinstance(node, ast.TypeCast) else node
            yield Fault(statement.path, line_of(statement, place), statement.name, what)


def _interval(node: Any) -> str | None:
    """The text of a constant interval, or what else makes one of constants."""
    match node:
        case ast.TypeCast(
            typeName=ast.TypeName(names=[*_, ast.String(sval="interval")]),
            arg=ast.A_Const(val=ast.String(sval=text)),
        ):
            return str(text)
        case ast.FuncCall(args=[*arguments]) if function_name(node) == "make_interval":
            given = (each.arg if isinstance(each, ast.NamedArgExpr) else each for each in arguments)
            return "make_interval" if all(isinstance(each, ast.A_Const) for each in given) else None
    return None


def _factors(node: Any) -> Iterator[Any]:
    match node:
        case ast.A_Expr(name=[ast.String(sval="*")], lexpr=left, rexpr=right):
            yield from (left, right)
