"""Reads expressions that compare columns and lengths with each other and with constants, and no others."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from api.checks.sql import ast
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


class Column(NamedTuple):
    """A column of a table; `labels` are those of its enum."""

    name: str
    type: str
    is_not_null: bool
    labels: Sequence[str]

    @property
    def kind(self) -> str | None:
        return self.type if self.labels else _KINDS.get(self.type)


class UnknownError(Exception):
    """An expression consists of more than comparisons."""


class Comparisons:
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
                raise UnknownError

    def _is_length(self, call: Any, name: str) -> bool:
        column = self.columns.get(name)
        is_known = len(call.funcname) == 1 and function_name(call) in _LENGTHS
        return is_known and column is not None and column.type in {"text", "bytea"}

    def _used(self, name: str, use: str, kind: str | None) -> str:
        if kind is None:
            raise UnknownError
        self.uses.setdefault(name, set()).add(use)
        return kind

    def _alike(self, expressions: Iterable[Any], *wanted: str) -> str:
        kinds = {*map(self.kind_of, expressions), *wanted} - {"null"}
        if len(kinds) > 1:
            raise UnknownError
        return kinds.pop() if kinds else "null"

    def _read_comparison(self, operator: str, kind: str, left: Any, right: Any) -> None:
        of_lists = kind in {_KIND.AEXPR_OP_ANY, _KIND.AEXPR_OP_ALL} and isinstance(right, ast.A_ArrayExpr)
        if not of_lists and kind not in {_KIND.AEXPR_OP, _KIND.AEXPR_DISTINCT, _KIND.AEXPR_NOT_DISTINCT}:
            raise UnknownError
        of = self._alike([left, *(right.elements or ())] if of_lists else [left, right])
        # Texts are in an order that their collation says; enums are tried with all of their labels.
        if operator not in {"=", "<>"} and (operator not in {"<", "<=", ">", ">="} or of == "text"):
            raise UnknownError

    def _constant(self, node: Any) -> str:
        constant, kind = node, None
        if isinstance(node, ast.TypeCast):
            constant, name = node.arg, str(node.typeName.names[-1].sval)
            enums = {column.type for column in self.columns.values() if column.labels}
            kind = name if name in enums else _KINDS.get(name)
            if kind is None or node.typeName.typmods or node.typeName.arrayBounds:
                raise UnknownError
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
        raise UnknownError

    def _number(self, text: str) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise UnknownError from None
        if not number.is_finite():
            raise UnknownError
        self.numbers.add(number)
        return "number"
