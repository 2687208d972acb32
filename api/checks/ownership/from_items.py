"""Relations of a `from`: tables, CTEs, subqueries, functions, and what their joins demand of each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pglast import ast, enums

from api.checks.ownership.equalities import equalities, using
from api.checks.ownership.owned_tables import FREE, NOTHING, OWNED, OWNER_PARAMETERS, UNDECLARED, Labels
from api.checks.ownership.scopes import Relation, Scope, parts, relation_of

if TYPE_CHECKING:
    from api.checks.ownership.reader import Reader

_LEFT_IS_KEPT: Final = {enums.JoinType.JOIN_LEFT, enums.JoinType.JOIN_FULL}
_RIGHT_IS_KEPT: Final = {enums.JoinType.JOIN_RIGHT, enums.JoinType.JOIN_FULL}
# Types whose arrays `unnest` makes one column of.
_ONE_COLUMN: Final = {"int8", "int4", "float8", "bool", "text", "bytea", "jsonb", "timestamptz", "date", "uuid"}


class FromItems:
    """Makes the relations of a level from the items of its `from`."""

    def __init__(self, reader: "Reader", level: Scope, remembered: list[dict[str, Labels]]) -> None:
        self._reader = reader
        self._level = level
        self._remembered = remembered

    def read(self, item: Any) -> list[Relation]:
        """Relations of an item."""
        level, reader = self._level, self._reader
        # What stands to the left; a lateral item sees no more.
        left = Scope(list(level.relations), level.outer, merged=level.merged)
        match item:
            case ast.JoinExpr():
                return self._join(item)
            case ast.RangeVar():
                return self._add(self.table(item, level.outer))
            case ast.RangeSubselect():
                result = reader.query(item.subquery, left if item.lateral else level.outer or Scope())
                return self._add(relation_of(result, item.alias))
            case ast.RangeFunction():
                reader.expressions(item.functions, left)
                return self._add(self._function(item))
            case ast.RangeTableSample():
                reader.expressions((item.args, item.repeatable), left)
                return self.read(item.relation)
        reader.expressions(item, left)
        alias = getattr(item, "alias", None)
        return self._add(Relation(alias.aliasname if alias else None, {}))

    def _add(self, relation: Relation) -> list[Relation]:
        relations = self._level.relations
        if len(relations) < len(self._remembered):
            relation.columns |= self._remembered[len(relations)]
        relations.append(relation)
        return [relation]

    def _join(self, join: Any) -> list[Relation]:
        left, right = self.read(join.larg), self.read(join.rarg)
        if join.isNatural or join.alias is not None or join.join_using_alias is not None:
            self._reader.fault(join, "a natural join or a join with an alias can't be followed: write `on` or `using`")
        names = [name.sval for name in join.usingClause or ()]
        scope = Scope(left + right, self._level.outer, merged=self._level.merged)
        demanded = [*equalities(join.quals, scope), *using(names, left, right, self._level.merged)]
        self._level.merged |= set(names)
        for relation in [
            *(left if join.jointype not in _LEFT_IS_KEPT else ()),
            *(right if join.jointype not in _RIGHT_IS_KEPT else ()),
        ]:
            relation.equalities += demanded
        self._reader.expressions(join.quals, scope)
        return left + right

    def table(self, node: Any, scope: Scope | None) -> Relation:
        """A table, or the CTE of that name in a scope."""
        self._reader.seen.add(id(node))
        cte = scope.cte(node.relname) if scope is not None and node.schemaname is None else None
        if cte is not None:
            relation = relation_of(cte, node.alias)
            relation.alias = relation.alias or node.relname
            return relation
        return table(self._reader, node)

    def _function(self, item: Any) -> Relation:
        names = [name.sval for name in item.alias.colnames or ()] if item.alias else []
        relation = Relation(item.alias.aliasname if item.alias else None, dict.fromkeys(names, NOTHING))
        name, arrays = _call(item.functions)
        if not self._reader.batch or not any(True for _ in _parameters(item.functions)):
            return relation
        relation.calls = True
        if item.is_rowsfrom or name != "unnest":
            return relation
        if all(_is_array(array) for array in arrays) and len(names) == len(arrays) + 1 and item.ordinality:
            for name, array in zip(names, arrays, strict=False):
                self._reader.seen.add(id(array.arg))
                parameter = self._reader.parameters[array.arg.number - 1]
                owner = {OWNER_PARAMETERS[parameter]} if parameter in OWNER_PARAMETERS else ()
                relation.columns[name] = frozenset({f":{parameter}", *owner})
            relation.columns[names[-1]] = frozenset({"call"})
        return relation


def table(reader: "Reader", node: Any) -> Relation:
    """A table, known by its owner columns only."""
    reader.seen.add(id(node))
    owned = reader.owned.get(node.relname)
    if owned is None and node.relname not in FREE | OWNED.keys():
        reader.fault(
            node,
            UNDECLARED.format(table=node.relname),
        )
    # Renamed columns are none that are known.
    columns = owned.owners if owned and not (node.alias and node.alias.colnames) else ()
    alias = node.alias.aliasname if node.alias else node.relname
    return Relation(alias, dict.fromkeys(columns, NOTHING), table=owned, node=node)


def _call(functions: Any) -> tuple[str | None, tuple[Any, ...]]:
    """Name and arguments of the first function of a list."""
    match functions[0][0]:
        case ast.FuncCall(funcname=[ast.String(sval=name)], args=arguments):
            return name, tuple(arguments or ())
    return None, ()


def _is_array(expression: Any) -> bool:
    """Whether an expression is a parameter cast to an array of a type that makes one column."""
    match expression:
        case ast.TypeCast(
            arg=ast.ParamRef(), typeName=ast.TypeName(names=[*_, ast.String(sval=name)], arrayBounds=[_])
        ):
            return name in _ONE_COLUMN
    return False


def _parameters(node: Any) -> Iterator[Any]:
    if isinstance(node, ast.ParamRef):
        yield node
    for part in parts(node):
        yield from _parameters(part)
