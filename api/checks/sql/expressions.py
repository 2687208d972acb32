"""Reads expressions: resolves their names, and reads the queries in them."""

from typing import Any, Final

from api.checks.sql import ast
from api.checks.sql.analysis import Analysis
from api.checks.sql.scopes import RelationT, Scope, ValueT
from api.checks.sql.tree import is_star

# Expressions that hold no name or query of their own: the analysis derives their value from that of their parts.
_OPERATIONS: Final = (
    ast.A_Expr,
    ast.A_Const,
    ast.TypeCast,
    ast.BoolExpr,
    ast.NullTest,
    ast.CaseExpr,
    ast.CoalesceExpr,
    ast.RowExpr,
    ast.A_ArrayExpr,
    ast.BooleanTest,
    ast.CollateClause,
    ast.MinMaxExpr,
    ast.NamedArgExpr,
    ast.SQLValueFunction,
    ast.MergeSupportFunc,
    ast.SetToDefault,
    ast.GroupingFunc,
    ast.JsonFuncExpr,
    ast.JsonObjectConstructor,
    ast.JsonArrayConstructor,
    ast.JsonIsPredicate,
    ast.JsonParseExpr,
    ast.JsonScalarExpr,
    ast.JsonSerializeExpr,
)
_OF_ARRAY: Final = ast.SubLinkType.ARRAY_SUBLINK


class Expressions(Analysis[ValueT, RelationT]):
    """The part of the reader that reads expressions."""

    def value(self, node: Any, scope: Scope[RelationT]) -> ValueT:  # noqa: PLR0911
        """Abstract value of an expression; every part of it is read."""
        if isinstance(node, ast.ColumnRef):
            return self._reference(node, scope)
        if isinstance(node, _OPERATIONS):
            return self.operation(node, scope)
        match node:
            case None:
                return self.unknown
            case ast.ParamRef():
                return self.parameter(node)
            case ast.FuncCall():
                return self.call(node, scope)
            case ast.SubLink():
                self.read_parts(node.testexpr, scope)
                return self.subquery(node, self.query(node.subselect, scope))
            case ast.JsonArrayQueryConstructor():
                return self.value(ast.SubLink(subLinkType=_OF_ARRAY, subselect=node.query), scope)
            case ast.A_Indirection():
                return self._indirection(node, scope)
        self.refuse(node)
        return self.unknown

    def _reference(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        if is_star(node):
            self.fault(node, "what * stands for isn't known here: name the columns")
            named = scope.relation(node.fields[-2].sval)
            if named is not None:
                named.used.update(named.columns)
            return self.unknown
        found = scope.find(node)
        if found is None:
            table = scope.with_system_column(node)
            return self.unknown if table is None else self.system_column(table)
        found.relation.used.update(found.relation.columns if found.column is None else (found.column,))
        merged = found.relation.merged.get(found.column or "") if not found.certain else None
        return self.column(found) if merged is None else merged

    def _indirection(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """An element of an array, or a column of a row."""
        if any(isinstance(step, ast.A_Star) for step in node.indirection):
            self.fault(node, "what * stands for isn't known here: name the columns")
        else:
            self.read_parts(node.indirection, scope)
        return self.operation(node, scope)
