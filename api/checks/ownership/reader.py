"""Follows the caller through a statement's parse tree: which rows of which tables it can reach."""

from collections.abc import Mapping
from typing import Any

from pglast import ast, enums

from api.checks.ownership.equalities import equalities
from api.checks.ownership.from_items import FromItems
from api.checks.ownership.owned_tables import NOTHING, OWNER_PARAMETERS, RUN_SQL, Labels, OwnedTable
from api.checks.ownership.scopes import Column, Operand, Relation, Result, Scope, parts, uncast
from api.database.statements.files import Statement


class Reader:
    """Reads queries, and collects what isn't the caller's.

    Labels only ever grow from what is certain: what can't be followed has none, and ends as a fault.
    """

    def __init__(self, statement: Statement, owned: Mapping[str, OwnedTable]) -> None:
        self.owned = owned
        self.parameters = statement.parameters
        self.batch = statement.batch
        self.apart = statement.apart
        self.faults: list[tuple[Any, str]] = []
        self.seen: set[int] = set()

    def query(self, node: Any, outer: Scope) -> Result:
        """Result of a query."""
        if isinstance(node, ast.SelectStmt):
            return self._select(node, self.ctes(node.withClause, outer))
        from api.checks.ownership.writes import read_write  # noqa: PLC0415

        return read_write(self, node, outer)

    def fault(self, node: Any, what: str) -> None:
        self.faults.append((node, what))

    def ctes(self, clause: Any, outer: Scope) -> Scope:
        """A level around a query that knows the CTEs of its `with`."""
        known: dict[str, Result] = {}
        scope = Scope(outer=outer, ctes=known)
        if clause is None:
            return scope
        if clause.recursive:
            known |= {cte.ctename: Result(positional=False, calls=self.batch) for cte in clause.ctes}
        for cte in clause.ctes:
            known[cte.ctename] = self.query(cte.ctequery, scope).named(name.sval for name in cte.aliascolnames or ())
        return scope

    def _select(self, node: Any, scope: Scope) -> Result:
        if node.intoClause is not None:
            self.fault(node.intoClause.rel, "select into makes a table that nobody owns")
        if node.op != enums.SetOperation.SETOP_NONE:
            result = self.query(node.larg, scope).common(self.query(node.rarg, scope))
            self.expressions((node.sortClause, node.limitCount, node.limitOffset), scope)
            if result.calls:
                self._keep_all(node, scope)
            return result
        if node.valuesLists:
            self.expressions(node.valuesLists, scope)
            rows = [
                Result(tuple(Column(f"column{place}", self.labels(value, scope)) for place, value in enumerate(row, 1)))
                for row in node.valuesLists
            ]
            result = rows[0]
            for row in rows[1:]:
                result = result.common(row)
            return result
        level = self.level(scope, node.fromClause, node.whereClause)
        for name in node.__slots__:
            if name not in {"fromClause", "withClause"}:
                self.expressions(getattr(node, name), level)
        self.demand_bound(level)
        if any(relation.calls for relation in level.relations):
            self._keep_all(node, level)
        return self.output(node.targetList, level)

    def level(self, outer: Scope, items: Any, where: Any, target: Relation | None = None) -> Scope:
        """Relations of a `from`, with all labels that its conditions and `where` give them."""
        remembered: list[dict[str, Labels]] = []
        faults = len(self.faults)
        while True:
            del self.faults[faults:]
            level = Scope(outer=outer)
            if target is not None:
                target.equalities.clear()
                level.relations.append(target)
            from_items = FromItems(self, level, remembered)
            for item in items or ():
                from_items.read(item)
            for relation in level.relations:
                relation.equalities += equalities(where, level)
            for relation in level.relations:
                self.label(relation)
            found = [dict(relation.columns) for relation in level.relations]
            if found == remembered:
                break
            remembered = found
        if self.batch and any(relation.calls for relation in level.relations) and level.calls() > 1:
            self.fault(items[0] if items else None, "rows of different calls can meet")
        return level

    def label(self, relation: Relation) -> None:
        """Give a relation's columns the labels that its equalities prove."""
        known: dict[tuple[int, str], Labels] = {}

        def place(operand: Operand) -> tuple[int, str] | None:
            column = uncast(operand.expression)
            found = operand.scope.resolve(column) if isinstance(column, ast.ColumnRef) else None
            if found is None:
                return None
            key = id(found[0]), found[1]
            known.setdefault(key, found[0].columns[found[1]])
            return key

        pairs = [
            tuple((place(side), self.labels(side.expression, side.scope, side.position)) for side in pair)
            for pair in relation.equalities
        ]
        changed = True
        while changed:
            changed = False
            for pair in pairs:
                labels = NOTHING.union(*(known[key] if key else given for key, given in pair))
                for key, _ in pair:
                    if key and known[key] != labels:
                        known[key] = labels
                        changed = True
        for (owner, column), labels in known.items():
            if owner == id(relation):
                relation.columns[column] |= labels
        if relation.is_bound:
            relation.bind()

    def labels(self, expression: Any, scope: Scope, position: int = 0) -> Labels:
        """What an expression is known to be; of a subquery, its column at a position."""
        match uncast(expression):
            case ast.ParamRef(number=number) if not self.batch:
                label = OWNER_PARAMETERS.get(self.parameters[(number or 0) - 1])
                return frozenset({label}) if label else NOTHING
            case ast.ColumnRef() as reference:
                found = scope.resolve(reference)
                return found[0].columns[found[1]] if found else NOTHING
            case ast.SubLink(subLinkType=enums.SubLinkType.EXPR_SUBLINK | enums.SubLinkType.ANY_SUBLINK) as subquery:
                faults = len(self.faults)
                result = self.query(subquery.subselect, scope)
                del self.faults[faults:]
                return result.at(position)
        return NOTHING

    def expressions(self, node: Any, level: Scope) -> None:
        """Read the subqueries in expressions of a level."""
        if isinstance(node, ast.SubLink):
            self.expressions(node.testexpr, level)
            if self.query(node.subselect, level).calls:
                self.fault(node, "a subquery has rows of all calls")
            return
        if isinstance(node, ast.FuncCall):
            self._function(node, level)
        for part in parts(node):
            self.expressions(part, level)

    def _function(self, node: Any, level: Scope) -> None:
        if node.funcname[-1].sval in RUN_SQL:
            self.fault(node, f"{node.funcname[-1].sval} runs SQL of its own")
        calls = self.batch and any(relation.calls for relation in level.relations)
        parted = node.over and any("call" in self.labels(part, level) for part in node.over.partitionClause or ())
        if calls and node.over and not parted:
            self.fault(node, "a window holds rows of different calls")

    def _keep_all(self, node: Any, level: Scope) -> None:
        """Demand of a query over rows of many calls that no call's rows depend on how many another has."""
        if limit := node.limitCount or node.limitOffset:
            self.fault(limit, "a limit counts rows of all calls: put it into a lateral query, which is of one")
        distinct = [part for part in node.distinctClause or () if part is not None]
        # A name alone would be a column of the result first.
        named = [part for part in distinct if isinstance(part, ast.ColumnRef) and len(part.fields or ()) > 1]
        if distinct and not any("call" in self.labels(part, level) for part in named):
            self.fault(distinct[0], "distinct on compares rows of different calls: name the call's column as well")
        if any(isinstance(part, ast.GroupingSet) for part in node.groupClause or ()):
            self.fault(node.groupClause[0], "a grouping set adds up rows of different calls")

    def demand_bound(self, level: Scope) -> None:
        for relation in level.relations:
            if not relation.is_bound:
                self.fault(relation.node, f"{relation.node.relname} is not restricted to the caller")

    def output(self, targets: Any, level: Scope) -> Result:
        """Columns of a target list or of a `returning`."""
        columns, positional = [], True
        for target in targets or ():
            value = target.val
            name = target.name
            match value:
                case ast.ColumnRef(fields=[*_, ast.A_Star()]):
                    positional = False
                    continue
                case ast.ColumnRef(fields=[*_, ast.String(sval=column)]):
                    name = name or column
            columns.append(Column(name, self.labels(value, level)))
        return Result(tuple(columns), positional, calls=any(relation.calls for relation in level.relations))
