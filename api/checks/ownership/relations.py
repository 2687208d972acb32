"""What is known of the rows of a relation: whose they are, and what has to be equal in them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from pglast import ast

from api.checks import sql
from api.checks.ownership.owned_tables import NOTHING, Label, Labels, OwnedTable

# The trait of rows of many calls of a batch.
CALLS: Final = frozenset({"calls"})


class Operand(NamedTuple):
    """A side of an equality: an expression and the level that its names are looked up in, or a column of a relation.

    Of a subquery it is the column in a place, from 0.
    """

    expression: Any
    scope: "Scope"
    place: int = 0
    column: "tuple[Relation, str] | None" = None


Equality = tuple[Operand, Operand]


class Relation(sql.Relation[Labels], eq=False):
    """A relation, and the equalities that hold for each of its rows that reach the result.

    `table` is set where it is an owned table, and `owners` are its columns that say whose a row is.
    """

    table: OwnedTable | None = None
    owners: Mapping[str, Label] = msgspec.field(default_factory=dict)
    equalities: list[Equality] = msgspec.field(default_factory=list)

    @property
    def is_bound(self) -> bool:
        """Whether its rows are the caller's."""
        return self.table is None or any(
            label in self.columns.get(column, NOTHING) for column, label in self.owners.items()
        )

    def bind(self) -> None:
        """Take its rows for the caller's."""
        self.columns |= {column: frozenset({label}) for column, label in self.owners.items()}


Scope = sql.Scope[Relation]
Result = sql.Result[Labels]


def uncast(expression: Any) -> Any:
    """An expression without its casts to bigint, which change no key."""
    match expression:
        case ast.TypeCast(arg=arg, typeName=ast.TypeName(names=[*_, ast.String(sval="int8")], arrayBounds=None)):
            return uncast(arg)
    return expression
