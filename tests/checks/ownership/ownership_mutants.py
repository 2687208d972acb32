"""Mutants of statements: each reaches rows that are not the caller's."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from api.checks.ownership.owned_tables import OWNED, OWNER_PARAMETERS
from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes
from api.database.statements.files import Statement
from tests.checks.sql.deparsing import deparse

Replace = Callable[[Any, Statement], Any]


def mutants(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Mutants of a statement, with the name of the mutation."""
    unchanged = deparse(_select(statement.text))
    for what, applies, replace in MUTATIONS:
        for place in range(sum(applies(node, statement) for node in nodes(parse_sql(statement.text)))):
            [tree] = parse_sql(statement.text)
            node = [node for node in nodes(tree) if applies(node, statement)][place]
            text = deparse(_replaced(tree, node, replace(node, statement)))
            # The tree has the subquery of `set (…) = (select …)` once for each column, but only the first is printed.
            if text != unchanged:
                parameters = (*statement.parameters, "stranger")
                yield what, msgspec.structs.replace(statement, text=text, parameters=parameters)


def _replaced(node: Any, old: Any, new: Any) -> Any:
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_replaced(part, old, new) for part in node)
    if isinstance(node, ast.Node):
        for name in type(node).__slots__:
            value = getattr(node, name, None)
            if isinstance(value, ast.Node | tuple):
                setattr(node, name, _replaced(value, old, new))
    return node


def _is_owner_equality(node: Any, statement: Statement) -> bool:
    return (
        isinstance(node, ast.A_Expr)
        and node.kind == ast.A_Expr_Kind.AEXPR_OP
        and [part.sval for part in node.name or ()] == ["="]
        and any(_is_owner(side, statement) for side in (node.lexpr, node.rexpr))
    )


def _is_owner(node: Any, statement: Statement) -> bool:
    match node:
        case ast.ParamRef(number=int(number)):
            return statement.parameters[number - 1] in OWNER_PARAMETERS
        case ast.ColumnRef(fields=[*_, ast.String(sval=name)]):
            return name in OWNER_PARAMETERS
    return False


def _inserts(node: Any, statement: Statement) -> bool:
    match node:
        case ast.InsertStmt():
            return _table(node) in OWNED
        case ast.MergeWhenClause():
            return bool(node.values)
    return False


def _is_owner_parameter(node: Any, statement: Statement) -> bool:
    return isinstance(node, ast.ParamRef) and _is_owner(node, statement)


def _is_wanted(node: Any, statement: Statement) -> bool:
    """Whether a node is a column with the calls' values of a parameter."""
    match node:
        case ast.ColumnRef(fields=[ast.String(sval="wanted"), ast.String(sval=name)]):
            return statement.batch and name in statement.parameters
    return False


def _is_select(node: Any, statement: Statement) -> bool:
    return isinstance(node, ast.SelectStmt) and bool(node.targetList)


def _is_of_calls(node: Any, statement: Statement) -> bool:
    """Whether a node is a query over rows of many calls."""
    functions = (part for part in nodes(getattr(node, "fromClause", None)) if isinstance(part, ast.RangeFunction))
    return statement.batch and isinstance(node, ast.SelectStmt) and any(functions)


def _is_changed(node: Any, statement: Statement) -> bool:
    return isinstance(node, ast.UpdateStmt | ast.DeleteStmt) and _table(node) in OWNED


def _is_inner_join(node: Any, statement: Statement) -> bool:
    """Whether a join's condition is what restricts its right side."""
    return isinstance(node, ast.JoinExpr) and any(_is_owner_equality(part, statement) for part in nodes(node.quals))


def _table(write: Any) -> Any:
    return write.relation.relname


def _select(sql: str) -> Any:
    return parse_sql(sql)[0]


def _true() -> Any:
    return ast.A_Const(isnull=False, val=ast.Boolean(boolval=True))


def _sql(expression: str) -> Any:
    return _select(f"select {expression}").targetList[0].val


def _or(node: Any, other: Any) -> Any:
    return ast.BoolExpr(boolop=ast.BoolExprType.OR_EXPR, args=(node, other))


def _not(node: Any) -> Any:
    return ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=(node,))


def _operator(kind: str, name: str) -> Replace:
    return lambda node, _: ast.A_Expr(
        kind=kind,
        name=(ast.String(sval=name),),
        lexpr=node.lexpr,
        rexpr=node.rexpr,
        rexpr_list_start=0,
        rexpr_list_end=0,
    )


def _with_where(expression: str) -> Replace:
    def replace(node: Any, _: Statement) -> Any:
        added = _sql(expression)
        node.whereClause = (
            ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR, args=(node.whereClause, added))
            if node.whereClause
            else added
        )
        return node

    return replace


def _with_item(item: str) -> Replace:
    def replace(node: Any, _: Statement) -> Any:
        [added] = _select(f"select from {item}").fromClause
        node.fromClause = (*(node.fromClause or ()), added)
        return node

    return replace


def _without_where(node: Any, _: Statement) -> Any:
    node.whereClause = None
    return node


def _join(kind: str) -> Replace:
    def replace(node: Any, _: Statement) -> Any:
        node.jointype = kind
        return node

    return replace


def _with_column(expression: str) -> Replace:
    def replace(node: Any, _: Statement) -> Any:
        node.targetList = (*node.targetList, *_select(f"select {expression}").targetList)
        return node

    return replace


def _limit(node: Any, _: Statement) -> Any:
    node.limitCount = _sql("1")
    node.limitOption = ast.LimitOption.LIMIT_OPTION_COUNT
    return node


def _in_union(node: Any, _: Statement) -> Any:
    columns = ", ".join("null" for _ in node.targetList)
    union = _select(f"select union all select {columns} from child_profiles")
    union.larg = node
    union.withClause, node.withClause = node.withClause, None
    return union


def _stranger(node: Any, statement: Statement) -> Any:
    return ast.ParamRef(number=len(statement.parameters) + 1)


def _of_first_call(node: Any, statement: Statement) -> Any:
    return _sql(f"(${statement.parameters.index(node.fields[-1].sval) + 1}::text[])[1]")


def _inserted_stranger(node: Any, statement: Statement) -> Any:
    """Give the row to another owner; the owner is always the first column."""
    stranger = _stranger(node, statement)
    if hasattr(node, "matchKind"):
        node.values = (stranger, *node.values[1:])
    elif node.selectStmt.valuesLists:
        [values] = node.selectStmt.valuesLists
        node.selectStmt.valuesLists = ((stranger, *values[1:]),)
    else:
        node.selectStmt.targetList[0].val = stranger
    return node


MUTATIONS: list[tuple[str, Callable[[Any, Statement], bool], Replace]] = [
    ("without an owner condition", _is_owner_equality, lambda *_: _true()),
    ("or true", _is_owner_equality, lambda node, _: _or(node, _true())),
    ("or another condition", _is_owner_equality, lambda node, _: _or(node, _sql("id = 1"))),
    ("not", _is_owner_equality, lambda node, _: _not(node)),
    ("<>", _is_owner_equality, _operator(ast.A_Expr_Kind.AEXPR_OP, "<>")),
    (">=", _is_owner_equality, _operator(ast.A_Expr_Kind.AEXPR_OP, ">=")),
    ("is distinct from", _is_owner_equality, _operator(ast.A_Expr_Kind.AEXPR_DISTINCT, "=")),
    ("another parameter as owner", _is_owner_parameter, _stranger),
    ("another owner inserted", _inserts, _inserted_stranger),
    ("without where", _is_changed, _without_where),
    ("right join", _is_inner_join, _join(ast.JoinType.JOIN_RIGHT)),
    ("full join", _is_inner_join, _join(ast.JoinType.JOIN_FULL)),
    ("a second reference", _is_select, _with_item("parenting_goals as second")),
    ("a second reference with its own id", _is_select, _with_item("(select id from sessions where id = 1) as second")),
    ("lateral", _is_select, _with_item("lateral (select from users limit 1) as leak")),
    ("exists", _is_select, _with_where("exists (select from child_profiles as leak where leak.name = 'Noor')")),
    ("not exists", _is_changed, _with_where("not exists (select from parent_profiles as leak)")),
    ("in", _is_changed, _with_where("1 in (select id from parenting_goals)")),
    ("a scalar subquery", _is_select, _with_column("(select count(*) from child_profiles as leak)")),
    ("an array of rows", _is_select, _with_column("array(select leak from parenting_goals as leak)")),
    ("a CTE's rows", _is_select, _with_column("(with leak as (select from users) select count(*) from leak)")),
    ("a union", _is_select, _in_union),
    ("limit", _is_of_calls, _limit),
    ("the first call's value", _is_wanted, _of_first_call),
]
# Mutations that mix calls, whoever owns the rows.
OF_CALLS = {"limit", "the first call's value"}
