"""Finds the types of the values that a statement sends, and of those that it builds documents of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from api.checks import sql
from api.checks.contract.catalog import Catalog
from api.checks.sql import Column, Found, ast
from api.checks.sql.tree import expressions_in, parts

Types = frozenset[str]
Relation = sql.Relation[Types]
Result = sql.Result[Types]
Scope = sql.Scope[Relation]

_NO_TYPES: Final[Types] = frozenset()


class Uses(NamedTuple):
    """Types of parameters, casts, and columns set or compared (`sent`), and of function arguments (`built`)."""

    sent: Types
    built: Types


def read_type_uses(catalog: Catalog, tree: Any, parameters: Iterable[str]) -> Uses:
    """How a statement uses types; lists count as their elements."""
    reader = _Reader(catalog)
    reader.query(tree, Scope())
    sent = {*parameters, *reader.sent}
    return Uses(frozenset(map(element_type, sent)), frozenset(map(element_type, reader.built)))


def element_type(type_: str) -> str:
    """The element type of an array; any other type is returned as it is."""
    return type_.removesuffix("[]")


class _Reader(sql.Reader[Types, Relation]):
    """Tracks the types of the columns and casts that each value is made of."""

    unknown = _NO_TYPES
    relation_type = Relation

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._tables = catalog.tables
        self.sent: set[str] = set()
        self.built: set[str] = set()

    def parameter(self, node: Any) -> Types:  # noqa: ARG002
        # The types of parameters come from PostgreSQL.
        return _NO_TYPES

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
        return _NO_TYPES.union(*values)

    def both(self, one: Types, other: Types) -> Types:
        return one | other

    def operation(self, node: Any, scope: Scope) -> Types:
        types = self._part_types(node, scope)
        match node:
            case ast.A_Expr():
                self.sent |= types
            case ast.CaseExpr(arg=compared):
                self.sent |= self.value(compared, scope)
            case ast.TypeCast(typeName=name):
                types |= self._cast_type(name)
        return types

    def call(self, node: Any, scope: Scope) -> Types:
        types = self._part_types(node, scope)
        self.built |= types
        return types

    def _part_types(self, node: Any, scope: Scope) -> Types:
        return self.either([self.value(part, scope) for part in expressions_in(tuple(parts(node)))])

    def _cast_type(self, name: Any) -> Types:
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
            columns += [Column(each.colname, self._cast_type(each.typeName)) for each in defined or ()]
            if not defined:
                # A function that returns a table's row type has the table's columns.
                columns += [column for name in types for column in self._columns_of(name)] or [Column(None, types)]
        return Result(tuple(columns), known=False)

    def _columns_of(self, table: str) -> list[Column[Types]]:
        return [Column(name, frozenset({column.type})) for name, column in self._tables.get(table, {}).items()]

    def row_version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Types]:  # noqa: ARG002
        return dict(target.columns)

    def excluded(self, target: Relation, given: Mapping[str, Types]) -> dict[str, Types]:  # noqa: ARG002
        return dict(target.columns)

    def on_insert(self, target: Relation, given: Mapping[str, Types], rows: Sequence[Sequence[Any]]) -> None:  # noqa: ARG002
        for name in given:
            self.sent |= target.columns.get(name, _NO_TYPES)

    def on_assignment(self, assignment: Any, target: Relation, value: Types, expression: Any) -> None:  # noqa: ARG002
        self.sent |= target.columns.get(assignment.name, _NO_TYPES)
