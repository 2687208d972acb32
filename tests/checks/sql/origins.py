# ruff: noqa: ARG002
"""An analysis that tracks the columns and parameters that values come from, to test how names are resolved."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.checks import sql
from api.checks.sql import Column, Found, ast
from api.checks.sql.analysis import Join
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import expressions_in, function_name, parts

TABLES: Final[Mapping[str, tuple[str, ...]]] = {"a": ("id", "x"), "b": ("id", "y"), "c": ("id", "a_id", "z")}

Origins = frozenset[str]
Relation = sql.Relation[Origins]
Result = sql.Result[Origins]
Scope = sql.Scope[Relation]


class OriginReader(sql.Reader[Origins, Relation]):
    """Tracks where values come from; a reference that may mean another column too has a `?`."""

    unknown = frozenset({"?"})
    relation_type = Relation

    def __init__(self) -> None:
        super().__init__()
        self.written_to: dict[str, Origins] = {}
        self.joins: list[str] = []
        self.used: dict[str, set[str]] = {}

    def parameter(self, node: Any) -> Origins:
        return frozenset({f"${node.number}"})

    def column(self, found: Found[Relation]) -> Origins:
        if found.column is None:
            return frozenset({f"{found.relation.alias}.*"})
        return found.relation.columns[found.column] | (frozenset() if found.certain else {"?"})

    def subquery(self, node: Any, result: Result) -> Origins:
        return result.at(0, self.unknown)

    def row_of(self, node: Any, result: Result) -> list[Origins]:
        return [column.value for column in result.columns]

    def either(self, values: Sequence[Origins]) -> Origins:
        return frozenset().union(*values)

    def both(self, one: Origins, other: Origins) -> Origins:
        return one | other

    def operation(self, node: Any, scope: Scope) -> Origins:
        return self.either([self.value(part, scope) for part in expressions_in(tuple(parts(node)))])

    call = operation

    def table(self, node: Any) -> Result:
        columns = tuple(Column(name, frozenset({f"{node.relname}.{name}"})) for name in TABLES.get(node.relname, ()))
        return Result(columns, bool(columns), frozenset({node.relname}))

    def functions(self, item: Any, scope: Scope) -> Result:
        calls = [call for call, _ in item.functions]
        columns = [Column(None, self.value(argument, scope)) for call in calls for argument in call.args or ()]
        if item.ordinality:
            columns.append(Column("ordinality", frozenset({"#"})))
        return Result(tuple(columns), all(function_name(call) == "unnest" for call in calls))

    def row_version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Origins]:
        return {name: frozenset({f"{alias}.{name}" + "|" * missing}) for name in target.columns}

    def excluded(self, target: Relation, given: Mapping[str, Origins]) -> dict[str, Origins]:
        return {name: frozenset({f"excluded.{name}"}) for name in given}

    def on_insert(self, target: Relation, given: Mapping[str, Origins], rows: Sequence[Sequence[Any]]) -> None:
        self.written_to |= {f"+{name}": origins for name, origins in given.items()}

    def on_assignment(self, assignment: Any, target: Relation, value: Origins, expression: Any) -> None:
        self.written_to[assignment.name] = value

    def on_join(self, join: Join[Relation]) -> None:
        for name, left, right in join.equated:
            self.joins.append(f"{left.alias if left else '?'}.{name} = {right.alias if right else '?'}.{name}")

    def on_derived_columns(self, node: Any, columns: Mapping[str, Origins], used: set[str]) -> None:
        if isinstance(node, ast.CommonTableExpr):
            self.used[str(node.ctename)] = used
        elif node.alias is not None:
            self.used[node.alias.aliasname] = used


def read(text: str) -> tuple[OriginReader, Result]:
    """Read a statement."""
    [statement] = parse_sql(text)
    reader = OriginReader()
    return reader, reader.query(statement, Scope())


def shown(columns: Mapping[str, Origins] | Sequence[Column[Origins]]) -> str:
    """Columns in one line: `id=a.id both=a.x,b.y`."""
    pairs = columns.items() if isinstance(columns, Mapping) else columns
    return " ".join(f"{name or '_'}={','.join(sorted(origins))}" for name, origins in pairs)
