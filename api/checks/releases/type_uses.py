"""Which types the values have that a statement sends, and those that it builds documents of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pglast import ast

from api.checks import sql
from api.checks.contract.catalog import Catalog
from api.checks.sql import Column, Found
from api.checks.sql.tree import expressions_in, parts

Types = frozenset[str]
Relation = sql.Relation[Types]
Result = sql.Result[Types]
Scope = sql.Scope[Relation]

_NONE: Final[Types] = frozenset()


class Uses(NamedTuple):
    """Types of parameters, casts and columns that are set or compared, and of columns that functions are given."""

    sent: Types
    built: Types


def uses_of(catalog: Catalog, tree: Any, parameters: Iterable[str]) -> Uses:
    """What a statement does with values, by their types, those of lists by that of an element."""
    reader = _Reader(catalog)
    reader.query(tree, Scope())
    sent = {*parameters, *reader.sent}
    return Uses(frozenset(map(element_of, sent)), frozenset(map(element_of, reader.built)))


def element_of(type_: str) -> str:
    """The type of a list's elements; a type that is no list's stays."""
    return type_.removesuffix("[]")


class _Reader(sql.Reader[Types, Relation]):
    """Knows of each value the types of the columns and casts that it is made of."""

    anything = _NONE
    relation_type = Relation

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._tables = catalog.tables
        self.sent: set[str] = set()
        self.built: set[str] = set()

    def parameter(self, node: Any) -> Types:  # noqa: ARG002
        # PostgreSQL says what parameters are.
        return _NONE

    def column(self, found: Found[Relation]) -> Types:
        columns = found.relation.columns
        return columns[found.column] if found.column is not None else self.either([*columns.values()])

    def subquery(self, node: Any, result: Result) -> Types:
        types = self.either([column.value for column in result.columns])
        if node.testexpr is not None:
            self.sent |= types
        return types

    def row_of(self, node: Any, result: Result) -> list[Types]:  # noqa: ARG002
        return [column.value for column in result.columns]

    def either(self, values: Sequence[Types]) -> Types:
        return _NONE.union(*values)

    def operation(self, node: Any, scope: Scope) -> Types:
        types = self._made_of(node, scope)
        match node:
            case ast.A_Expr():
                self.sent |= types
            case ast.CaseExpr(arg=compared):
                self.sent |= self.value(compared, scope)
            case ast.TypeCast(typeName=name):
                types |= self._named(name)
        return types

    def call(self, node: Any, scope: Scope) -> Types:
        types = self._made_of(node, scope)
        self.built |= types
        return types

    def _made_of(self, node: Any, scope: Scope) -> Types:
        return self.either([self.value(part, scope) for part in expressions_in(tuple(parts(node)))])

    def _named(self, name: Any) -> Types:
        types = frozenset({name.names[-1].sval})
        self.sent |= types
        return types

    def table(self, node: Any) -> Result:
        columns = self._columns_of(node.relname)
        return Result(tuple(columns), known=bool(columns))

    def functions(self, item: Any, scope: Scope) -> Result:
        columns: list[Column[Types]] = []
        for call, definitions in item.functions:
            types = self.value(call, scope)
            defined = definitions or item.coldeflist
            columns += [Column(each.colname, self._named(each.typeName)) for each in defined or ()]
            if not defined:
                # A record of a table's type has its columns.
                columns += [column for name in types for column in self._columns_of(name)] or [Column(None, types)]
        return Result(tuple(columns), known=False)

    def _columns_of(self, table: str) -> list[Column[Types]]:
        return [Column(name, frozenset({column.type})) for name, column in self._tables.get(table, {}).items()]

    def version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Types]:  # noqa: ARG002
        return dict(target.columns)

    def excluded(self, target: Relation, given: Mapping[str, Types]) -> dict[str, Types]:  # noqa: ARG002
        return dict(target.columns)

    def added(self, target: Relation, given: Mapping[str, Types], rows: Sequence[Sequence[Any]]) -> None:  # noqa: ARG002
        for name in given:
            self.sent |= target.columns.get(name, _NONE)

    def assigned(self, assignment: Any, target: Relation, value: Types, expression: Any) -> None:  # noqa: ARG002
        self.sent |= target.columns.get(assignment.name, _NONE)
