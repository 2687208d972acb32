"""Which types the values have that a statement sends, and those that it builds documents of."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pglast import ast
from pglast.visitors import Visitor

from api.checks.contract.catalog import Catalog


class Uses(NamedTuple):
    """Types of parameters, casts and columns that are set or compared, and of columns that functions are given."""

    sent: frozenset[str]
    built: frozenset[str]


def uses_of(catalog: Catalog, tree: Any, parameters: Iterable[str]) -> Uses:
    """What a statement does with values, by their types, those of lists by that of an element."""
    names = _Names()
    names(tree)

    def types_of(columns: set[str]) -> set[str]:
        tables = [catalog.tables.get(table, {}) for table in names.tables]
        return {column.type for table in tables for name, column in table.items() if name in columns}

    return Uses(
        frozenset(map(element_of, {*parameters, *names.types, *types_of(names.sent)})),
        frozenset(map(element_of, types_of(names.built))),
    )


def element_of(type_: str) -> str:
    """The type of a list's elements; a type that is no list's stays."""
    return type_.removesuffix("[]")


class _Names(Visitor):
    """Names of tables, of types, and of columns that are sent a value or that a function gets."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: set[str] = set()
        self.types: set[str] = set()
        self.sent: set[str] = set()
        self.built: set[str] = set()

    def visit(self, ancestors: Any, node: Any) -> None:
        match node:
            case ast.RangeVar(relname=str(name)):
                self.tables.add(name)
            case ast.TypeName(names=[*_, ast.String(sval=str(name))]):
                self.types.add(name)
            case ast.InsertStmt(cols=targets):
                self._set(targets)
            case ast.UpdateStmt() | ast.OnConflictClause() | ast.MergeWhenClause():
                self._set(node.targetList)
            case ast.ColumnRef(fields=[*_, ast.String(sval=str(name))]):
                if ancestors.find_nearest(ast.A_Expr):
                    self.sent.add(name)
                if ancestors.find_nearest(ast.FuncCall):
                    self.built.add(name)

    def _set(self, targets: Any) -> None:
        self.sent.update(target.name for target in targets or ())
