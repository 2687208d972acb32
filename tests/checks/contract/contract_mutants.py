"""Mutants of statements: each takes or returns something else than is declared."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec

from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes
from api.database.statements.files import Statement
from tests.checks.sql.deparsing import deparse

Edit = Callable[[], object]


def mutants(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Mutants of a statement, with the name of the mutation."""
    unchanged = deparse(_parsed(statement)[0])
    for what, edits in MUTATIONS.items():
        for number in _some(len(list(edits(*_parsed(statement))))):
            tree, output = _parsed(statement)
            list(edits(tree, output))[number]()
            text = deparse(tree)
            # The tree has the subquery of `set (…) = (select …)` once for each column, but only the first is printed.
            if text != unchanged:
                yield what, msgspec.structs.replace(statement, text=text)


def _some(count: int) -> set[int]:
    """The first place, the last and one between, as each mutant takes time and columns are alike."""
    return {0, count // 2, count - 1} if count else set()


def has_all_parameters(statement: Statement) -> bool:
    """Whether a mutant has all parameters of its statement."""
    found = {node.number for node in nodes(parse_sql(statement.text)) if isinstance(node, ast.ParamRef)}
    return len(found) == len(statement.parameters)


def _parsed(statement: Statement) -> tuple[Any, list[Any]]:
    """A statement's tree, and the targets of its result without the number of the call."""
    [tree] = parse_sql(statement.text)
    holder, name = _holder(tree)
    return tree, [target for target in getattr(holder, name, None) or () if _name(target) != "call"]


def _name(target: Any) -> str:
    match target.val:
        case ast.ColumnRef(fields=[*_, ast.String(sval=str(name))]):
            return str(target.name or name)
    return str(target.name or "?")


def _columns(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Take a column out of the result."""
    holder, name = _holder(tree)
    for target in output if len(output) > 1 else ():
        yield partial(setattr, holder, name, tuple(each for each in getattr(holder, name) if each is not target))


def _more(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Add a column to the result."""
    holder, name = _holder(tree)
    if output:
        yield partial(setattr, holder, name, (*getattr(holder, name), _target("1", "one_more")))


def _holder(statement: Any) -> tuple[Any, str]:
    """The node and attribute that hold the targets of a statement's result."""
    return (statement, "targetList") if isinstance(statement, ast.SelectStmt) else (statement.returningClause, "exprs")


def _renamed(tree: Any, output: list[Any]) -> Iterator[Edit]:
    for target in output if len(output) > 1 else ():
        yield partial(setattr, target, "name", f"{_name(target)}s")


def _swapped(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Swap the names of two columns."""
    for one, other in pairwise(output):
        yield partial(_exchange_names, one, other)


def _exchange_names(one: Any, other: Any) -> None:
    one.name, other.name = _name(other), _name(one)


def _retyped(tree: Any, output: list[Any]) -> Iterator[Edit]:
    for target in output:
        if target.name is None or isinstance(target.val, ast.ColumnRef):
            # No field of a struct is a record.
            row = _target("row(1)", _name(target))
            row.val.args = (target.val,)
            yield partial(_become, target, row)


def _nullable(tree: Any, output: list[Any]) -> Iterator[Edit]:
    for target in output:
        maybe = _target("nullif(1, 2)", _name(target))
        maybe.val.lexpr = target.val
        maybe.val.rexpr = target.val
        yield partial(_become, target, maybe)


def _outer_joins(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Turn the outermost join into a left join."""
    match tree:
        case ast.SelectStmt(fromClause=[ast.JoinExpr(jointype=ast.JoinType.JOIN_INNER, quals=quals) as join]) if quals:
            yield partial(setattr, join, "jointype", ast.JoinType.JOIN_LEFT)


def _parameter_types(tree: Any, output: list[Any]) -> Iterator[Edit]:
    for node in nodes(tree):
        match node:
            case ast.TypeCast(arg=ast.ParamRef(), typeName=ast.TypeName(names=names)):
                other = "uuid" if [part.sval for part in names or ()] != ["uuid"] else "text"
                yield partial(setattr, node.typeName, "names", (ast.String(sval=other),))


def _keys(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Read another key of a document."""
    for node in nodes(tree):
        if isinstance(node, ast.ColumnDef):
            yield partial(setattr, node, "colname", f"{node.colname}s")
        if isinstance(node, ast.A_Expr) and [part.sval for part in node.name or ()] == ["?"]:
            yield partial(setattr, node, "rexpr", _target("'shoe_size'").val)


def _asked_swapped(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Swap the keys that two branches test for."""
    asking = [
        node
        for node in nodes(tree)
        if isinstance(node, ast.A_Expr) and [part.sval for part in node.name or ()] == ["?"]
    ]
    for one, other in pairwise(asking):
        yield partial(_swap, one, other, "rexpr")


def _written_swapped(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Swap two values of a write, or two names of a list."""
    for node in nodes(tree):
        names: tuple[Any, ...] = ()
        attribute = "name"
        match node:
            case ast.InsertStmt(cols=cols):
                names = cols or ()
            case ast.MergeWhenClause(targetList=targets) | ast.UpdateStmt(targetList=targets):
                names = targets or ()
            case ast.RangeFunction(alias=ast.Alias(colnames=colnames)):
                names, attribute = colnames or (), "sval"
        for one, other in pairwise(names):
            yield partial(_swap, one, other, attribute)


def _unwritten(tree: Any, output: list[Any]) -> Iterator[Edit]:
    """Leave a column out of a write."""
    for node in nodes(tree):
        match node:
            case ast.InsertStmt(cols=[_, *_] as cols, selectStmt=ast.SelectStmt(targetList=[_, *_]) as source):
                for place in range(len(cols)):
                    yield partial(_leave_out, place, (node, "cols"), (source, "targetList"))
            case ast.MergeWhenClause(targetList=[_, *_] as targets, values=[_, *_]):
                for place in range(len(targets)):
                    yield partial(_leave_out, place, (node, "targetList"), (node, "values"))


def _leave_out(place: int, *lists: tuple[Any, str]) -> None:
    for node, name in lists:
        items = getattr(node, name)
        setattr(node, name, (*items[:place], *items[place + 1 :]))


def _become(target: Any, other: Any) -> None:
    target.name, target.val = other.name, other.val


def _swap(one: Any, other: Any, attribute: str) -> None:
    value = getattr(one, attribute)
    setattr(one, attribute, getattr(other, attribute))
    setattr(other, attribute, value)


def _target(expression: str, name: str | None = None) -> Any:
    select: Any = parse_sql(f"select {expression}")[0]
    [target] = select.targetList
    target.name = name
    return target


MUTATIONS: dict[str, Callable[[Any, list[Any]], Iterator[Edit]]] = {
    "a column dropped": _columns,
    "a column more": _more,
    "a column renamed": _renamed,
    "two columns swapped": _swapped,
    "a column retyped": _retyped,
    "a column that may be null": _nullable,
    "an outer join": _outer_joins,
    "a parameter retyped": _parameter_types,
    "another key of a document": _keys,
    "two keys asked for swapped": _asked_swapped,
    "two values of a write swapped": _written_swapped,
    "a value not written": _unwritten,
}
