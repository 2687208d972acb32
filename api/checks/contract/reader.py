"""Reads a statement's parse tree for what its columns can hold and where its values go."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace
from pglast import ast, enums

from api.checks.contract import relations, writes
from api.checks.contract.catalog import Catalog
from api.checks.contract.conditions import not_null_columns
from api.checks.contract.expressions import value_of
from api.checks.contract.naming import agree
from api.checks.contract.values import Columns, Cte, Scope, Value, either
from api.database.statements.files import Statement


class Reader:
    """Reads one statement; `parameters` are the declared types of its parameters, one call's where it is :batch.

    Collects faults, each with the node it's about, and the keys that the statement reads of each JSON parameter.
    """

    def __init__(self, catalog: Catalog, statement: Statement, parameters: Mapping[str, Any]) -> None:
        self.catalog = catalog
        self.statement = statement
        self.parameters = parameters
        self.faults: list[tuple[Any, str]] = []
        self.read_keys: dict[str, set[str]] = {}
        # Keys of JSON parameters that are there, where the branch of a `case` asks for them.
        self.present: set[tuple[str, str]] = set()
        self._watched: list[tuple[Any, list[str], set[str]]] = []

    def read(self, tree: Any) -> Columns:
        """Columns of the statement's result."""
        columns = self.query(tree, Scope())
        for node, names, used in self._watched:
            for name in names:
                if name not in used:
                    self.fault(node, f"column {name} goes nowhere")
        return columns

    def watch(self, node: Any, columns: Iterable[str], used: set[str]) -> None:
        """Demand that all these columns are used in the end."""
        self._watched.append((node, list(columns), used))

    def fault(self, node: Any, what: str) -> None:
        # A recursive query is read more than once.
        if not any(node is known and what == said for known, said in self.faults):
            self.faults.append((node, what))

    def query(self, node: Any, outer: Scope) -> Columns:
        """Columns of a query's result."""
        scope = self._ctes(node.withClause, outer)
        if isinstance(node, ast.SelectStmt):
            return self._select(node, scope)
        return writes.read_write(self, node, scope)

    def value(self, node: Any, scope: Scope) -> Value:
        """What is known of an expression."""
        return value_of(self, node, scope)

    def output(self, targets: Iterable[Any], scope: Scope) -> Columns:
        """Columns of a target list or of a `returning`."""
        columns: Columns = []
        for target in targets:
            match target.val:
                case ast.ColumnRef(fields=[*qualifier, ast.A_Star()]):
                    columns += self._all(target, scope, qualifier)
                    continue
            value = self.value(target.val, scope)
            if target.name:
                self.pass_on(value, target.name, target)
            columns.append((target.name or _name(target.val), value))
        return columns

    def _all(self, node: Any, scope: Scope, qualifier: list[Any]) -> Columns:
        named = scope.relation(qualifier[-1].sval) if qualifier else None
        found = [named] if named else [relation for relation in scope.relations if not (qualifier or relation.hidden)]
        columns: Columns = []
        for relation in found:
            relation.used.update(relation.columns)
            columns += relation.columns.items()
        if not found or any(relation.unknown or (relation.merged and not named) for relation in found):
            self.fault(node, "which columns * stands for isn't known here: name them")
        return columns

    def pass_on(self, value: Value, name: str, node: Any) -> None:
        """Demand that a value that is passed on as it is keeps its name."""
        for other in sorted(value.names):
            if not agree(other, name):
                self.fault(node, f"{other} becomes {name}: what is passed on keeps its name")

    def rename(self, columns: Columns, alias: Any, node: Any) -> Columns:
        """Columns under the names of an alias's list."""
        names = [name.sval for name in (alias.colnames or ())] if alias else []
        for name, (_, value) in zip(names, columns, strict=False):
            self.pass_on(value, name, node)
        renamed = [(name, value) for name, (_, value) in zip(names, columns, strict=False)]
        return [*renamed, *columns[len(renamed) :]]

    def look_through(self, node: Any, scope: Scope) -> None:
        """Read what stands in an expression whose own value counts for nothing."""
        for part in expressions_in(node):
            self.value(part, scope)

    def _ctes(self, clause: Any, outer: Scope) -> Scope:
        if clause is None:
            return outer
        scope = Scope(outer=outer)
        if clause.recursive:
            # Each may be referred to before it's read; then nothing is known of it.
            scope.ctes = {cte.ctename: Cte([]) for cte in clause.ctes}
        for cte in clause.ctes:
            if cte.search_clause is not None or cte.cycle_clause is not None:
                self.fault(cte, "`search` and `cycle` add columns that aren't known here: write them as columns")
            known = scope.ctes.get(cte.ctename, Cte([]))
            if clause.recursive and isinstance(cte.ctequery, ast.SelectStmt) and cte.ctequery.larg is not None:
                known.columns = self._listed(cte, cte.ctequery.larg, scope)
            # What is made of a recursive query's rows may be null in the second round, or later.
            while (columns := self._listed(cte, cte.ctequery, scope)) != known.columns:
                known.columns = columns
            scope.ctes[cte.ctename] = known
            self.watch(cte, [name for name, _ in known.columns if name], known.used)
        return scope

    def _listed(self, cte: Any, query: Any, scope: Scope) -> Columns:
        """Columns of a query under the names of a CTE's list."""
        return self.rename(self.query(query, scope), ast.Alias(aliasname=cte.ctename, colnames=cte.aliascolnames), cte)

    def _select(self, node: Any, outer: Scope) -> Columns:
        if node.op != enums.SetOperation.SETOP_NONE:
            return self._both(node, self.query(node.larg, outer), self.query(node.rarg, outer))
        if node.valuesLists:
            rows = [[self.value(value, outer) for value in row] for row in node.valuesLists]
            # Rows differ in length only where there is a `*`, which is a fault.
            return [(f"column{place}", either(values)) for place, values in enumerate(zip(*rows, strict=False), 1)]
        scope = Scope(outer=outer)
        for item in node.fromClause or ():
            relations.read_item(self, item, scope)
        self.look_through(node.whereClause, scope)
        for relation, column in not_null_columns(node.whereClause, scope):
            relation.columns[column] = replace(relation.columns[column], nullable=False, absent=False)
        scope.grouped = bool(node.groupClause)
        columns = self.output(node.targetList or (), scope)
        # A name of the result may stand there too.
        inside = Scope(
            [*scope.relations, relations.relation(None, [pair for pair in columns if pair[0]])], outer, grouped=True
        )
        self.look_through(
            (node.groupClause, node.havingClause, node.sortClause, node.limitCount, node.limitOffset), inside
        )
        return columns

    def _both(self, node: Any, one: Columns, other: Columns) -> Columns:
        columns: Columns = []
        # There are as many, but for those of a `*` that is a fault.
        for (name, left), (_, right) in zip(one, other, strict=False):
            if name:
                self.pass_on(right, name, node.rarg)
            columns.append((name, either([left, right])))
        return columns


def expressions_in(node: Any) -> Iterator[Any]:
    """Expressions below clauses and lists."""
    if node is None:
        return
    if isinstance(node, tuple | list):
        for part in node:
            yield from expressions_in(part)
    elif isinstance(node, ast.SortBy):
        yield node.node
    else:
        yield node


def _name(node: Any) -> str | None:
    """The name that PostgreSQL gives a column without an alias, as far as it is one of a column."""
    match node:
        case ast.ColumnRef(fields=[*_, ast.String(sval=name)]):
            return name
        case ast.TypeCast(arg=arg):
            return _name(arg)
        case ast.FuncCall(funcname=[*_, ast.String(sval=name)]):
            return name
    return None
