"""Follows what determines the rows of each query of a statement, and in which order they come."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from api.checks import sql
from api.checks.contract.null_semantics import SETS
from api.checks.plans.plans import GROWING
from api.checks.rows.catalog import Catalog
from api.checks.rows.conditions import determinations, either_way
from api.checks.rows.dependencies import (
    NONE,
    SEVERAL,
    Atom,
    Atoms,
    Level,
    Relation,
    Result,
    Rows,
    Scope,
    Value,
    atoms_of,
)
from api.checks.sql import Column, Found, ast
from api.checks.sql.analysis import Join
from api.checks.sql.tree import expressions_in, function_name, nodes, parts
from api.database.statements.files import Statement


class Following(sql.Reader[Value, Relation]):
    """Reads a statement; `rows_of` gives the facts of each query that was read, by the id of its node."""

    # What can't be followed isn't determined by anything.
    unknown = Value(frozenset({SEVERAL}))
    relation_type = Relation

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        super().__init__()
        self.catalog = catalog
        self.statement = statement
        self.rows_of: dict[int, Rows] = {}
        # Facts of results, each kept with its result, as ids are used again.
        self._results: dict[int, tuple[Result, Rows]] = {}
        self._levels: dict[int, tuple[Scope, Level]] = {}
        # Levels of updates, deletes and merges, by the number of the table that they change.
        self.written: dict[int, Level] = {}
        self._number = 0
        # Atoms that the queries which are being read refer to.
        self._reads: list[set[Atom]] = []

    # Queries.

    def query(self, node: Any, outer: Scope) -> Result:
        first = self._number
        self._reads.append(set())
        result = super().query(node, outer)
        needs = frozenset(atom for atom in self._reads.pop() if atom[0] <= first)
        self._note_reads(needs)
        rows = self.rows_of[id(node)] = replace(self.rows_of.get(id(node), Rows()), needs=needs)
        return self.remember(result, rows)

    def remember(self, result: Result, rows: Rows) -> Result:
        self._results[id(result)] = result, rows
        return result

    def _note_reads(self, atoms: Atoms) -> None:
        for reads in self._reads[-1:]:
            reads.update(atoms)

    def facts(self, result: Result) -> Rows:
        """Facts of a result's rows."""
        return self._results[id(result)][1] if id(result) in self._results else Rows()

    def rename_columns(self, result: Result, alias: Any, node: Any) -> Result:
        return self.remember(super().rename_columns(result, alias, node), self.facts(result))

    # Values.

    def parameter(self, node: Any) -> Value:  # noqa: ARG002
        return Value()

    def column(self, found: Found[Relation]) -> Value:
        relation = found.relation
        value = Value(frozenset({(relation.number, None)}))
        if found.column is not None:
            value = relation.columns[found.column]
        self._note_reads(value.atoms)
        return value

    def subquery(self, node: Any, result: Result) -> Value:  # noqa: ARG002
        return Value(self.rows_of[id(node.subselect)].needs)

    def either(self, values: Sequence[Value]) -> Value:
        return Value(atoms_of(values))

    def both(self, one: Value, other: Value) -> Value:
        return self.either([one, other])

    def operation(self, node: Any, scope: Scope) -> Value:
        if isinstance(node, ast.TypeCast) and isinstance(node.arg, ast.ParamRef):
            return self.value(node.arg, scope)
        return Value(atoms_of(self.values_in(node, scope)))

    def call(self, node: Any, scope: Scope) -> Value:
        value = Value(atoms_of(self.values_in(node, scope)))
        if function_name(node) in self.catalog.sets:
            # Of one row around it there are several values, which nothing determines.
            return value._replace(atoms=value.atoms | {SEVERAL})
        match node.args:
            case [ast.ColumnRef() as reference] if (atom := self.value(reference, scope).atom) is not None:
                return value._replace(atom=(atom[0], f"{function_name(node)}({atom[1]})"))
        return value

    def values_in(self, node: Any, scope: Scope) -> list[Value]:
        """Values of the parts of an expression."""
        return [self.value(each, scope) for each in expressions_in(tuple(parts(node)))]

    def row_of(self, node: Any, result: Result) -> list[Value]:
        return [self.subquery(node, result)] * len(result.columns)

    # Relations.

    def relation(self, alias: str, result: Result, node: Any) -> Relation:
        relation = super().relation(alias, result, node)
        self._number += 1
        relation.number = self._number
        rows = relation.rows = self.facts(result)
        atoms: dict[Atom | None, str] = {}
        for name, value in relation.columns.items():
            atoms.setdefault(value.atom, name)
            own = (relation.number, name)
            relation.columns[name] = Value(frozenset({own}), own)
        if rows.key is not None:
            inner = {atom for atom in rows.key if atom[0] in rows.own}
            if all(atom in atoms for atom in inner):
                relation.keys.append(frozenset((relation.number, atoms[atom]) for atom in inner) | rows.needs)
        names = [column.name for column in result.columns]
        relation.keys += [frozenset({(relation.number, names[place])}) | rows.needs for place in rows.numbered]
        relation.sorted = tuple((relation.number, atoms[atom]) for atom in rows.sorted if atom in atoms)
        if isinstance(node, ast.RangeVar):
            keys = self.catalog.keys.get(node.relname or "", ())
            relation.keys += [frozenset((relation.number, part) for part in key) for key in keys]
        return relation

    def table(self, node: Any) -> Result:
        columns = tuple(Column(name, Value()) for name in self.catalog.columns.get(node.relname, ()))
        rows = Rows(is_bounded=node.relname not in GROWING, unlocked=frozenset({node.relname}))
        return self.remember(Result(columns, known=bool(columns)), rows)

    def functions(self, item: Any, scope: Scope) -> Result:
        values = [value for call, _ in item.functions for value in self.values_in(call, scope)]
        names = [function_name(call) for call, _ in item.functions]
        # Only a record or a scalar is a single row.
        sets = not self.catalog.sets.isdisjoint(names)
        is_given = sets and any(isinstance(node, ast.ParamRef) for node in nodes(item.functions))
        needs = atoms_of(values)
        defined = [each for call, defined in item.functions for each in defined or ()] or list(item.coldeflist or ())
        counts = [_columns_of(call) for call, _ in item.functions]
        columns = [Column(each.colname, Value()) for each in defined] or [
            Column(None, Value()) for count in counts for _ in range(count or 1)
        ]
        key: Atoms | None = None if sets and not (self.statement.batch and is_given) else NONE
        own = -len(self._results) - 1
        if item.ordinality:
            ordinal = (own, "ordinality")
            columns.append(Column("ordinality", Value(frozenset({ordinal}), ordinal)))
            key = NONE if key is not None else frozenset({ordinal})
        rows = Rows(key, needs, frozenset({own}), is_bounded=True, is_given=is_given)
        return self.remember(Result(tuple(columns), known=bool(defined) or None not in counts), rows)

    def row_version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Value]:  # noqa: ARG002
        return dict(target.columns)

    def excluded(self, target: Relation, given: Mapping[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in target.columns.items() if name in given}

    def on_join(self, join: Join[Relation]) -> None:
        """Keep what the join's condition determines; that of an outer join says nothing of the side that is kept."""
        found = [*determinations(join.node.quals, lambda each: self.value(each, join.scope))]
        for name, left, right in join.equated:
            if left is not None and right is not None:
                found += either_way(left.columns[name], right.columns[name])
        kept = {
            ast.JoinType.JOIN_LEFT: join.left,
            ast.JoinType.JOIN_RIGHT: join.right,
            ast.JoinType.JOIN_FULL: [*join.left, *join.right],
        }.get(join.node.jointype, [])
        numbers = {relation.number for relation in kept}
        join.left[0].equalities += [each for each in found if each[0][0] not in numbers]

    def on_where(self, scope: Scope, where: Any, target: Relation | None) -> None:
        equalities = [each for relation in scope.relations for each in relation.equalities]
        equalities += determinations(where, lambda each: self.value(each, scope))
        level = Level(tuple(scope.relations), equalities)
        self._levels[id(scope)] = scope, level
        if target is not None:
            self.written[target.number] = level

    def on_merge(self, node: Any, target: Relation, source: Scope, scope: Scope) -> None:
        if id(scope) in self._levels:
            self.written[target.number] = self.level_of(scope)
            return
        found = [*determinations(node.joinCondition, lambda each: self.value(each, scope))]
        below = self.level_of(source)
        # Without a match each row of the source is added.
        relations = (target, *below.relations) if found else below.relations
        self.written[target.number] = Level(relations, [*below.equalities, *found])

    def level_of(self, scope: Scope) -> Level:
        """The relations and equalities of a level that was read."""
        return self._levels[id(scope)][1] if id(scope) in self._levels else Level((), ())


def _columns_of(call: Any) -> int | None:
    """How many columns a function in a `from` has; None if that isn't known."""
    name = function_name(call)
    if name == "unnest":
        return len(call.args or ())
    return len(SETS[name]) or 1 if name in SETS else None
