"""The interface between the reader and an analysis, and among the reader's own parts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple

from api.checks.faults import Message
from api.checks.sql import ast
from api.checks.sql.scopes import Cte, Found, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import expressions_in, nodes, parts


class Join(NamedTuple, Generic[RelationT]):
    """A join: the relations of both sides, the scope of its condition, and the columns that its `using` equates.

    `equated` gives each column's name and the relation on either side that has it, or None where that is uncertain.
    """

    node: Any
    left: list[RelationT]
    right: list[RelationT]
    scope: Scope[RelationT]
    equated: list[tuple[str, RelationT | None, RelationT | None]]

    @property
    def keeps_left(self) -> bool:
        """Whether rows of the left side stay that have no partner."""
        return self.node.jointype in {ast.JoinType.JOIN_LEFT, ast.JoinType.JOIN_FULL}

    @property
    def keeps_right(self) -> bool:
        """Whether rows of the right side stay that have no partner."""
        return self.node.jointype in {ast.JoinType.JOIN_RIGHT, ast.JoinType.JOIN_FULL}


class Analysis(ABC, Generic[ValueT, RelationT]):
    """Base of analyses: abstract values (what is known of a value), relations, and requirements of a statement.

    The reader calls the abstract methods for values and columns, and `on_…` when it has read a construct; the defaults
    know nothing and require nothing. `unknown` is the abstract value of which nothing is known, `relation_type` the
    class of relations.
    """

    unknown: ValueT
    relation_type: type[RelationT]

    def __init__(self) -> None:
        self.faults: list[tuple[Any, Message]] = []
        # Ids of the nodes that were read, or that are part of a refused node.
        self.seen: set[int] = set()

    def fault(self, node: Any, what: Message) -> None:
        """Add a fault, once, as parts of a statement may be read more than once."""
        if not any(node is known and what == said for known, said in self.faults):
            self.faults.append((node, what))

    def refuse(self, node: Any, what: Message | None = None) -> None:
        """Add the fault that a node can't be read; its parts get no fault of their own."""
        self.fault(node, what or f"{type(node).__name__} is nothing that the check understands: write it another way")
        self.seen |= {id(part) for part in nodes(node)}

    def read_parts(self, node: Any, scope: Scope[RelationT]) -> None:
        """Read the expressions in a clause or a list; their values aren't used."""
        for expression in expressions_in(node):
            self.value(expression, scope)

    # Implemented by the reader.

    @abstractmethod
    def query(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        """Result of a select, or of the `returning` of a write."""

    @abstractmethod
    def value(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """Abstract value of an expression; every part of it is read."""

    # Values.

    @abstractmethod
    def parameter(self, node: Any) -> ValueT:
        """Abstract value of a parameter."""

    @abstractmethod
    def column(self, found: Found[RelationT]) -> ValueT:
        """Abstract value of a column, or of a whole row."""

    @abstractmethod
    def subquery(self, node: Any, result: Result[ValueT]) -> ValueT:
        """Abstract value of a subquery in an expression."""

    @abstractmethod
    def either(self, values: Sequence[ValueT]) -> ValueT:
        """Abstract value of one of several values."""

    @abstractmethod
    def both(self, one: ValueT, other: ValueT) -> ValueT:
        """Abstract value of what two values both are."""

    def operation(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """Abstract value of an operator, a constant, a cast, a `case` and the like; has to read all parts."""
        self.read_parts(tuple(parts(node)), scope)
        return self.unknown

    def call(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """Abstract value of a call of a function or an aggregate; has to read all parts."""
        self.read_parts(tuple(parts(node)), scope)
        return self.unknown

    @abstractmethod
    def row_of(self, node: Any, result: Result[ValueT]) -> list[ValueT]:
        """Abstract values of the row of a subquery, which may be missing, in `set (a, b) = (select …)`."""

    def on_name(self, value: ValueT, name: str, node: Any) -> None:
        """Called when a value is given a name."""

    # Relations.

    def relation(self, alias: str, result: Result[ValueT], node: Any) -> RelationT:
        """A relation with a result's columns; it's incomplete if a column has no name, or two have the same."""
        columns = {column.name: column.value for column in result.columns if column.name}
        complete = result.known and len(columns) == len(result.columns)
        return self.relation_type(alias, columns, complete, result.traits, node)

    @abstractmethod
    def table(self, node: Any) -> Result[ValueT]:
        """The known columns of a table."""

    def system_column(self, relation: RelationT) -> ValueT:  # noqa: ARG002
        """Abstract value of a system column of a table."""
        return self.unknown

    @abstractmethod
    def functions(self, item: Any, scope: Scope[RelationT]) -> Result[ValueT]:
        """Columns of the functions in a `from` item, with the ordinality; has to read their arguments."""

    def json_column(self, column: Any, *, nested: bool) -> ValueT:  # noqa: ARG002
        """Abstract value of a column of `json_table`; `nested` if it is of a nested path."""
        return self.unknown

    @abstractmethod
    def row_version(self, target: RelationT, alias: str, *, missing: bool) -> dict[str, ValueT]:
        """Columns of the row before or after a write, `old` or `new`; it may not exist if `missing`."""

    def derived(
        self,
        query: Any,  # noqa: ARG002
        read: Callable[[], Result[ValueT]],
        scope: Scope[RelationT],  # noqa: ARG002
    ) -> Result[ValueT]:
        """Result of a subquery or a CTE's query that is the next relation of a level; `read` reads it, or a CTE."""
        return read()

    def cte(self, cte: Cte[ValueT]) -> Result[ValueT]:
        """Result of a CTE that isn't recursive, where it is defined."""
        return cte.read()

    def reference(self, cte: Cte[ValueT]) -> Result[ValueT]:
        """Result of a CTE where it is referred to."""
        return cte.result

    def recursive_reference(self) -> Result[ValueT]:
        """Result of a recursive CTE as far as it is known while the CTE is being read."""
        return Result(known=False)

    def add_relation(self, relation: RelationT, scope: Scope[RelationT]) -> None:
        """Add a relation to a query level."""
        scope.relations.append(relation)

    def on_join(self, join: Join[RelationT]) -> None:
        """Called when a join has been read."""

    def on_subselect(self, item: Any, relation: RelationT, outer: Scope[RelationT]) -> None:
        """Called when a subquery in a `from` has been read; `outer` is the level around it as it sees it."""

    def on_where(self, scope: Scope[RelationT], where: Any, target: RelationT | None) -> None:
        """Called when a level's relations and `where` have been read; `target` is the table of an update or delete."""

    def on_sometimes_grouped(self, found: Found[RelationT], scope: Scope[RelationT]) -> None:
        """Called for a column that some grouping sets of a level lack, before the columns of the result are read."""

    def on_select(self, node: Any, scope: Scope[RelationT], result: Result[ValueT]) -> None:
        """Called when a select has been read; the scope of a set operation has no relations."""

    def on_derived_columns(self, node: Any, columns: Mapping[str, ValueT], used: set[str]) -> None:
        """Called for the columns of a subquery, a CTE or a function; `used` collects those that are referred to."""

    def on_unknown_star(self, node: Any) -> None:
        """Called for a `*` whose columns aren't all known."""

    # Writes.

    @abstractmethod
    def excluded(self, target: RelationT, given: Mapping[str, ValueT]) -> dict[str, ValueT]:
        """Columns of `excluded`, the row that conflicts."""

    def on_insert(self, target: RelationT, given: Mapping[str, ValueT], rows: Sequence[Sequence[Any]]) -> None:
        """Called for an insert, with its values by column; `rows` are the expressions of its `values` list, if any."""

    def on_conflict_update(
        self, clause: Any, target: RelationT, given: Mapping[str, ValueT], scope: Scope[RelationT]
    ) -> None:
        """Called for `on conflict … do update`, before its assignments are read."""

    def on_merge(self, node: Any, target: RelationT, source: Scope[RelationT], scope: Scope[RelationT]) -> None:
        """Called when the source and the target of a merge have been read."""

    def on_merge_when(self, clause: Any, target: RelationT, scope: Scope[RelationT]) -> None:
        """Called before a `when` clause of a merge is read, with the scope that it sees."""

    def on_update(self, node: Any, target: RelationT) -> None:
        """Called before the assignments of an update or of a merge's `when` are read."""

    def on_assignment(self, assignment: Any, target: RelationT, value: ValueT, expression: Any) -> None:
        """Called when a column is set to a value; `expression` is the node of the value."""

    def on_write(self, node: Any, target: RelationT, others: Sequence[RelationT]) -> None:
        """Called when a write has been read, before its `returning`."""
