"""Values that are enough to tell whether an expression is ever false, where values can be enough.

What compares columns and lengths with each other and with constants depends on their order alone. So its constants are
tried, and as many values between each two of them as there are columns. Of all else, as of regular expressions, dates
that are taken apart, or documents, no values can be made that say it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from math import prod
from typing import Any, Final, NamedTuple

from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import function_name

_KIND: Final = ast.A_Expr_Kind
_KINDS: Final = {
    **dict.fromkeys(("integer", "bigint", "smallint", "numeric", "real", "double precision"), "number"),
    **dict.fromkeys(("int4", "int8", "int2", "float4", "float8"), "number"),
    **dict.fromkeys(("timestamp with time zone", "timestamptz"), "moment"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    "date": "date",
    "text": "text",
}
_LENGTHS: Final = {"length": "length", "char_length": "length", "octet_length": "octets"}
# Letters of texts that are like no constant.
_LETTERS: Final = ("a", "A", "1", "-", "é")
_LONGEST: Final = 5_000_000
# One value of types that are asked for null only.
_SAMPLES: Final = {
    "bytea": "''", "jsonb": "'{}'", "text[]": "'{}'", "inet": "'::1'", "interval": "'0'",
    "time without time zone": "'0:00'", "uuid": "'00000000-0000-0000-0000-000000000000'",
}  # fmt: skip
# Combinations of values of several columns are tried up to so many.
_MOST: Final = 100_000


class Column(NamedTuple):
    """A column of a table; `labels` are those of its enum."""

    name: str
    type: str
    is_not_null: bool
    labels: Sequence[str]

    @property
    def kind(self) -> str | None:
        return self.type if self.labels else _KINDS.get(self.type)


class _UnknownError(Exception):
    """No values say whether the expression is ever false."""


def values_of(expression: str, columns: Iterable[Column]) -> dict[str, list[str]] | None:
    """SQL of the values to try by column of an expression; None if no values tell whether it's ever false."""
    [query] = parse_sql(f"select ({expression})")
    read = _Read({column.name: column for column in columns})
    try:
        if read.kind_of(query.targetList[0].val) != "boolean":
            return None
        values = {name: [*read.values(name)] for name in read.uses}
    except _UnknownError:
        return None
    return values if prod(map(len, values.values())) <= _MOST else None


class _Read:
    """What an expression makes of its columns, and the constants in it."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns
        self.uses: dict[str, set[str]] = {}
        self.numbers: set[Decimal] = set()
        self.constants: dict[str, set[str]] = {"text": set(), "moment": set(), "date": set()}

    def kind_of(self, node: Any) -> str:
        """The kind of values that an expression gives; `null` fits all."""
        match node:
            case ast.ColumnRef(fields=[ast.String(sval=name)]) if name in self.columns:
                return self._used(name, "value", self.columns[name].kind)
            case ast.FuncCall(args=[ast.ColumnRef(fields=[ast.String(sval=name)])]) if self._is_length(node, name):
                return self._used(name, _LENGTHS[function_name(node)], "number")
            case ast.A_Const() | ast.TypeCast(arg=ast.A_Const()):
                return self._constant(node)
            case ast.CoalesceExpr(args=args):
                return self._alike(args)
            case ast.CaseExpr(arg=None, args=branches, defresult=default):
                self._alike([branch.expr for branch in branches], "boolean")
                return self._alike([*(branch.result for branch in branches), *([default] if default else [])])
        self._read_condition(node)
        return "boolean"

    def _read_condition(self, node: Any) -> None:
        match node:
            case ast.A_Expr(name=[ast.String(sval=operator)], lexpr=left, rexpr=right) if left is not None:
                self._read_comparison(operator, node.kind, left, right)
            case ast.BoolExpr(args=args):
                self._alike(args, "boolean")
            case ast.NullTest(arg=ast.ColumnRef(fields=[ast.String(sval=name)])) if name in self.columns:
                self._used(name, "null", "boolean")
            case ast.NullTest(arg=arg):
                self.kind_of(arg)
            case ast.BooleanTest(arg=arg):
                self._alike([arg], "boolean")
            case _:
                raise _UnknownError

    def _is_length(self, call: Any, name: str) -> bool:
        column = self.columns.get(name)
        is_known = len(call.funcname) == 1 and function_name(call) in _LENGTHS
        return is_known and column is not None and column.type in {"text", "bytea"}

    def _used(self, name: str, use: str, kind: str | None) -> str:
        if kind is None:
            raise _UnknownError
        self.uses.setdefault(name, set()).add(use)
        return kind

    def _alike(self, expressions: Iterable[Any], *wanted: str) -> str:
        kinds = {*map(self.kind_of, expressions), *wanted} - {"null"}
        if len(kinds) > 1:
            raise _UnknownError
        return kinds.pop() if kinds else "null"

    def _read_comparison(self, operator: str, kind: str, left: Any, right: Any) -> None:
        of_lists = kind in {_KIND.AEXPR_OP_ANY, _KIND.AEXPR_OP_ALL} and isinstance(right, ast.A_ArrayExpr)
        if not of_lists and kind not in {_KIND.AEXPR_OP, _KIND.AEXPR_DISTINCT, _KIND.AEXPR_NOT_DISTINCT}:
            raise _UnknownError
        of = self._alike([left, *(right.elements or ())] if of_lists else [left, right])
        # Texts are in an order that their collation says; enums are tried with all of their labels.
        if operator not in {"=", "<>"} and (operator not in {"<", "<=", ">", ">="} or of == "text"):
            raise _UnknownError

    def _constant(self, node: Any) -> str:
        constant, kind = node, None
        if isinstance(node, ast.TypeCast):
            constant, name = node.arg, str(node.typeName.names[-1].sval)
            enums = {column.type for column in self.columns.values() if column.labels}
            kind = name if name in enums else _KINDS.get(name)
            if kind is None or node.typeName.typmods or node.typeName.arrayBounds:
                raise _UnknownError
        if constant.isnull:
            return kind or "null"
        match constant.val:
            case ast.Boolean():
                return "boolean"
            case ast.Integer(ival=number):
                return self._number(str(number))
            case ast.Float(fval=text):
                return self._number(text)
            case ast.String(sval=text) if kind == "number":
                return self._number(text)
            case ast.String(sval=text) if kind is not None:
                self.constants.setdefault(kind, set()).add(text)
                return kind
        raise _UnknownError

    def _number(self, text: str) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise _UnknownError from None
        if not number.is_finite():
            raise _UnknownError
        self.numbers.add(number)
        return "number"

    def values(self, name: str) -> Iterator[str]:
        """SQL of the values to try of a column."""
        column, uses = self.columns[name], self.uses[name]
        if not column.is_not_null:
            yield f"null::{column.type}"
        if column.type == "text" or (column.type == "bytea" and uses != {"null"}):
            values = self._texts(column.type, uses)
        else:
            values = self._known(column)
        for value in values:
            yield f"({value})::{column.type}"

    def _texts(self, of_type: str, uses: set[str]) -> Iterator[str]:
        if uses >= {"length", "octets"}:
            raise _UnknownError
        lengths = {0, 1, *(self._lengths(len(self.uses)) if uses & {"length", "octets"} else ())}
        for length in sorted(lengths):
            for letter in _LETTERS if "value" in uses else _LETTERS[:1]:
                text = f"repeat('{letter}', {length})"
                yield text if of_type == "text" else f"convert_to({text}, 'UTF8')"
        if "value" in uses:
            yield from map(_quoted, sorted(self.constants["text"]))

    def _known(self, column: Column) -> Iterator[str]:
        count = len(self.uses)
        if column.labels:
            yield from map(_quoted, column.labels)
        elif column.kind == "number":
            yield from (f"{number:f}" for number in _between(self.numbers, count))
        elif column.kind == "boolean":
            yield from ("true", "false")
        elif column.kind in {"moment", "date"}:
            step = "1" if column.kind == "date" else "interval '1 microsecond'"
            yield from ("'-infinity'", "'infinity'")
            for constant in sorted(self.constants[column.kind]) or ["2000-01-01"]:
                yield from (f"{_quoted(constant)}::{column.type} + {n} * {step}" for n in range(-count, count + 1))
        elif column.type in _SAMPLES:
            yield _SAMPLES[column.type]
        else:
            raise _UnknownError

    def _lengths(self, count: int) -> set[int]:
        if any(number > _LONGEST for number in self.numbers):
            raise _UnknownError
        return {int(number) for number in _between(self.numbers, count) if number >= 0}


def _between(numbers: Iterable[Decimal], count: int) -> list[Decimal]:
    """Numbers, and so many between each two, below the least, and above the greatest of them."""
    known = sorted({Decimal(0), *numbers})
    ends = [known[0] - count - 1, *known, known[-1] + count + 1]
    between = [low + (high - low) * n / (count + 1) for low, high in pairwise(ends) for n in range(1, count + 1)]
    return sorted({*known, *between})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
