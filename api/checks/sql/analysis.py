"""What the reader asks an analysis, and what its own parts ask each other."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple

from api.checks.faults import Message
from api.checks.sql.scopes import Found, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import expressions_in, nodes, parts


class Join(NamedTuple, Generic[RelationT]):
    """A join as it is read: relations of both sides, the scope of its condition, and what its `using` equates.

    `equated` has a name and the relation of either side whose column it is, where that is certain.
    """

    node: Any
    left: list[RelationT]
    right: list[RelationT]
    scope: Scope[RelationT]
    equated: list[tuple[str, RelationT | None, RelationT | None]]


class Analysis(ABC, Generic[ValueT, RelationT]):
    """What is known of values and relations, and what is demanded of a statement.

    The reader asks for values and columns, and tells of what it has read; a method that isn't abstract knows nothing
    and demands nothing. `anything` is what is known of a value of which nothing is known, and `relation_type` the type
    of relations.
    """

    anything: ValueT
    relation_type: type[RelationT]

    def __init__(self) -> None:
        self.faults: list[tuple[Any, Message]] = []
        # Nodes that were read, or that stand in what is refused, by their ids.
        self.seen: set[int] = set()

    def fault(self, node: Any, what: Message) -> None:
        """Say what is wrong with a node, once: parts of a statement may be read more than once."""
        if not any(node is known and what == said for known, said in self.faults):
            self.faults.append((node, what))

    def refuse(self, node: Any, what: Message | None = None) -> None:
        """Say that a node isn't read; what stands in it needs no word of its own."""
        self.fault(node, what or f"{type(node).__name__} is nothing that the check understands: write it another way")
        self.seen |= {id(part) for part in nodes(node)}

    def look_through(self, node: Any, scope: Scope[RelationT]) -> None:
        """Read the expressions of a clause or a list for what stands in them; their values count for nothing."""
        for expression in expressions_in(node):
            self.value(expression, scope)

    # The parts of the reader.

    @abstractmethod
    def query(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        """Result of a select, or of the `returning` of a write."""

    @abstractmethod
    def value(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """What is known of an expression; every part of it is read."""

    # Values.

    @abstractmethod
    def parameter(self, node: Any) -> ValueT:
        """What is known of a parameter."""

    @abstractmethod
    def column(self, found: Found[RelationT]) -> ValueT:
        """What is known of a column, or of a whole row."""

    @abstractmethod
    def subquery(self, node: Any, result: Result[ValueT]) -> ValueT:
        """What is known of a subquery in an expression."""

    @abstractmethod
    def either(self, values: Sequence[ValueT]) -> ValueT:
        """What is known of a value that is one of several."""

    def operation(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """What is known of an operator, a constant, a cast, a `case` and the like. It has to read all parts."""
        self.look_through(tuple(parts(node)), scope)
        return self.anything

    def call(self, node: Any, scope: Scope[RelationT]) -> ValueT:
        """What is known of what a function or an aggregate gives. It has to read all parts."""
        self.look_through(tuple(parts(node)), scope)
        return self.anything

    @abstractmethod
    def row_of(self, node: Any, result: Result[ValueT]) -> list[ValueT]:
        """What is known of the row of a subquery that several columns are set to; it may be missing."""

    def passed_on(self, value: ValueT, name: str, node: Any) -> None:
        """A value is passed on under a name."""

    # Relations.

    def relation(self, alias: str, result: Result[ValueT], node: Any) -> RelationT:
        """A relation of a result's columns; of those that have no name, or one name twice, it isn't known which is."""
        columns = {column.name: column.value for column in result.columns if column.name}
        complete = result.known and len(columns) == len(result.columns)
        return self.relation_type(alias, columns, complete, result.traits, node)

    @abstractmethod
    def table(self, node: Any) -> Result[ValueT]:
        """Columns of a table, as far as they're known."""

    @abstractmethod
    def functions(self, item: Any, scope: Scope[RelationT]) -> Result[ValueT]:
        """Columns of the functions of a `from`, with their ordinality; it has to read their arguments."""

    @abstractmethod
    def version(self, target: RelationT, alias: str, *, missing: bool) -> dict[str, ValueT]:
        """Columns of the row before or after a write, `old` or `new`; `missing` if there may be none."""

    def unread(self) -> Result[ValueT]:
        """What is known of a recursive CTE that is referred to before it's read."""
        return Result(known=False)

    def add(self, relation: RelationT, scope: Scope[RelationT]) -> None:
        """A relation comes to a level."""
        scope.relations.append(relation)

    def joined(self, join: Join[RelationT]) -> None:
        """A join is read."""

    def restricted(self, scope: Scope[RelationT], where: Any, target: RelationT | None) -> None:
        """The relations of a level are read, and the condition on their rows; `target` if they're a write's."""

    def selected(self, node: Any, scope: Scope[RelationT], result: Result[ValueT]) -> None:
        """A select is read; a set operation has a scope without relations."""

    def watch(self, node: Any, columns: Mapping[str, ValueT], used: set[str]) -> None:
        """Columns of a subquery, a CTE or a function are there to be used."""

    def unknown_star(self, node: Any) -> None:
        """A `*` stands for columns that aren't all known."""

    # Writes.

    @abstractmethod
    def excluded(self, target: RelationT, given: Mapping[str, ValueT]) -> dict[str, ValueT]:
        """Columns of the row that an `on conflict` didn't add."""

    def added(self, target: RelationT, given: Mapping[str, ValueT], rows: Sequence[Sequence[Any]]) -> None:
        """A row is added of values by column; `rows` are the expressions, where they stand there."""

    def conflicting(self, clause: Any, target: RelationT, given: Mapping[str, ValueT], scope: Scope[RelationT]) -> None:
        """A row that an `on conflict` changes is one that has the key of an added one."""

    def merging(self, node: Any, target: RelationT, source: Scope[RelationT], scope: Scope[RelationT]) -> None:
        """The source and the target of a merge are read."""

    def merge_clause(self, clause: Any, target: RelationT) -> None:
        """A `when` of a merge comes next."""

    def changed(self, node: Any, target: RelationT) -> None:
        """Rows are changed by the `set` of an update, or of a merge's `when`."""

    def assigned(self, assignment: Any, target: RelationT, value: ValueT, expression: Any) -> None:
        """A column of a row is set to a value; `expression` is where it stands."""

    def written(self, node: Any, target: RelationT, others: Sequence[RelationT]) -> None:
        """A write is read but for its `returning`."""
