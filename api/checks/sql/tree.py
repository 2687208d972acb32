"""Helpers for the nodes of PostgreSQL's parse tree, as classes."""

from collections.abc import Iterator
from typing import Any, Final

from api.checks.sql import ast

# Nodes that hold expressions but are none themselves, and nodes without expressions.
_HOLDERS: Final = (
    *(tuple, list, ast.SortBy, ast.CaseWhen, ast.GroupingSet, ast.WindowDef, ast.A_Indices, ast.IndexElem),
    *(ast.JsonValueExpr, ast.JsonKeyValue, ast.JsonArgument, ast.JsonBehavior, ast.JsonTablePathSpec),
)
_LEAVES: Final = (
    *(ast.TypeName, ast.String, ast.Integer, ast.Float, ast.Boolean, ast.BitString, ast.A_Star),
    *(ast.JsonOutput, ast.JsonFormat),
)

# Expressions that are of one value wherever they are written alike.
_OF_ONE_VALUE: Final = (ast.ColumnRef, ast.ParamRef, ast.A_Const, ast.TypeCast, *_LEAVES)


def parts(node: Any) -> Iterator[Any]:
    """The direct parts of a node or a list."""
    if isinstance(node, tuple | list):
        yield from node
    elif isinstance(node, ast.Node):
        for name in type(node).__slots__:
            yield getattr(node, name, None)


def nodes(node: Any) -> Iterator[Any]:
    """A node and all nodes below it."""
    if isinstance(node, ast.Node):
        yield node
    for part in parts(node):
        yield from nodes(part)


def same(one: Any, other: Any) -> bool:
    """Whether two expressions are columns, parameters or constants, written alike, and so of one value."""
    if type(one) is not type(other):
        return False
    if isinstance(one, _OF_ONE_VALUE):
        return all(same(getattr(one, name), getattr(other, name)) for name in type(one).__slots__ if name != "location")
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return not isinstance(one, ast.Node) and bool(one == other)


def expressions_in(node: Any) -> Iterator[Any]:
    """The outermost expressions in a clause or a list."""
    if isinstance(node, _HOLDERS):
        for part in parts(node):
            yield from expressions_in(part)
    elif isinstance(node, ast.Node) and not isinstance(node, _LEAVES):
        yield node


def names_in(strings: Any) -> list[str]:
    """The names in a list of strings, or of targets of a write."""
    return [str(string.sval if isinstance(string, ast.String) else string.name) for string in strings or ()]


def function_name(call: Any) -> str:
    """Name of the function that a node calls, without its schema; empty if the node is no call."""
    return names_in(call.funcname)[-1] if isinstance(call, ast.FuncCall) else ""


def equal(left: Any, right: Any) -> Any:
    """The condition that two expressions are equal."""
    name = (ast.String(sval="="),)
    return ast.A_Expr(kind=ast.A_Expr_Kind.AEXPR_OP, name=name, lexpr=left, rexpr=right, location=-1)


def has_row(*sides: Any) -> bool:
    """Whether one side of a comparison is written as a row."""
    return any(isinstance(side, ast.RowExpr) for side in sides)


def is_star(node: Any) -> bool:
    """Whether a node is `*` or `users.*`."""
    return isinstance(node, ast.ColumnRef) and isinstance(node.fields[-1], ast.A_Star)


def uncast(node: Any) -> Any:
    """An expression without the casts around it."""
    while isinstance(node, ast.TypeCast):
        node = node.arg
    return node


def is_null(node: Any) -> bool:
    """Whether a node is the constant null."""
    return isinstance(node, ast.A_Const) and bool(node.isnull)


def constant_truth(node: Any) -> bool | None:
    """What a node says that is the constant true or false; None of others."""
    return getattr(node.val, "boolval", None) if isinstance(node, ast.A_Const) else None


def output_name(node: Any) -> str | None:
    """The name that PostgreSQL gives an output column without an alias, if it comes from a column or a function."""
    match node:
        case ast.ColumnRef(fields=[*_, ast.String(sval=name)]):
            return str(name)
        case ast.TypeCast(arg=arg):
            return output_name(arg)
        case ast.FuncCall():
            return function_name(node)
    return None


def calls_in(node: Any) -> Iterator[Any]:
    """Calls of functions in an expression, outside of its subqueries."""
    if isinstance(node, ast.SubLink):
        return
    if isinstance(node, ast.FuncCall):
        yield node
    for part in parts(node):
        yield from calls_in(part)
