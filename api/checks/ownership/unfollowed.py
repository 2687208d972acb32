"""What hides what a statement does from those who read its parse tree, and is refused wherever it stands."""

from typing import Any

from pglast import ast
from pglast.visitors import Visitor

from api.checks.ownership.reader import Reader


def unfollowed(statement: Any, reader: Reader) -> list[tuple[Any, str]]:
    """Parts of a statement that can't be followed, or that its reader hasn't read: what holds them isn't understood."""
    collector = _Collector()
    collector(statement)
    tables = [node for node in collector.tables if id(node) not in reader.seen | collector.aliases]
    stars = [node for node in collector.stars if id(node) not in collector.targets]
    parameters = [node for node in collector.parameters if reader.batch and id(node) not in reader.seen]
    return [
        *((node, f"{node.relname} can't be followed") for node in tables),
        *((node, "a star within a row moves what stands behind it: name its columns") for node in stars),
        *((node, "a search or cycle clause adds columns that can't be followed") for node in collector.clauses),
        *((node, "a function without an alias can hide another relation: write `as`") for node in collector.nameless),
        *(
            (node, f"holds :{reader.parameters[node.number - 1]} of all calls: take it from unnest with ordinality")
            for node in parameters
        ),
    ]


class _Collector(Visitor):
    def __init__(self) -> None:
        self.tables: list[Any] = []
        self.stars: list[Any] = []
        self.clauses: list[Any] = []
        self.nameless: list[Any] = []
        self.parameters: list[Any] = []
        # By their ids: what only names a relation that is read elsewhere, and columns of results.
        self.aliases: set[int] = set()
        self.targets: set[int] = set()

    def visit_LockingClause(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.aliases |= {id(relation) for relation in node.lockedRels or ()}

    def visit_RangeVar(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.tables.append(node)

    def visit_SelectStmt(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.targets |= _columns(node.targetList)

    def visit_ReturningClause(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.targets |= _columns(node.exprs)

    def visit_ColumnRef(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        if isinstance(node.fields[-1], ast.A_Star):
            self.stars.append(node)

    def visit_A_Indirection(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        if isinstance(node.indirection[-1], ast.A_Star):
            self.stars.append(node)

    def visit_CTESearchClause(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.clauses.append(node)

    def visit_CTECycleClause(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.clauses.append(node)

    def visit_RangeFunction(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        if node.alias is None:
            self.nameless.append(node)

    visit_RangeTableFunc = visit_JsonTable = visit_RangeFunction  # noqa: N815

    def visit_ParamRef(self, ancestors: object, node: Any) -> None:  # noqa: ARG002, N802
        self.parameters.append(node)


def _columns(targets: Any) -> set[int]:
    """Columns of a result by their ids; not `(x).*`, which is read as one column."""
    return {id(target.val) for target in targets or () if isinstance(target.val, ast.ColumnRef)}
