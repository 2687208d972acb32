"""Relations with the owners of their rows and the equalities that hold for them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from api.checks import sql
from api.checks.ownership.owned_tables import NO_LABELS, Label, Labels, OwnedTable
from api.checks.sql import ast

# The trait of relations that hold rows of all calls of a batch.
CALLS: Final = frozenset({"calls"})


class Operand(NamedTuple):
    """A side of an equality: an expression with the scope of its names, or a column of a relation.

    If the expression is a subquery, `place` is the position of the column, from 0. `labels` are given ones.
    """

    expression: Any
    scope: "Scope"
    place: int = 0
    column: "tuple[Relation, str] | None" = None
    labels: Labels = NO_LABELS


class Equality(NamedTuple):
    """Two equal values; both may be null if `nulls`."""

    left: Operand
    right: Operand
    nulls: bool = False


class OneOf(NamedTuple):
    """Branches of demands, of which all of one branch hold."""

    branches: "tuple[tuple[Demand, ...], ...]"


Demand = Equality | OneOf


class Relation(sql.Relation[Labels], eq=False):
    """A relation, and the demands that hold for all of its rows that reach the result.

    `table` is set if it is an owned table; `owners` are its owner columns. `implied` are demands that hold where it has
    a row, which it may lack if `optional`.
    """

    table: OwnedTable | None = None
    owners: Mapping[str, Label] = msgspec.field(default_factory=dict)
    demands: list[Demand] = msgspec.field(default_factory=list)
    implied: list[Demand] = msgspec.field(default_factory=list)
    optional: bool = False

    @property
    def is_restricted(self) -> bool:
        """Whether its rows are the caller's only, or have no owner."""
        return self.table is None or any(
            label in self.columns.get(column, NO_LABELS) for column, label in self.owners.items()
        )

    def has_somebody(self, column: str) -> bool:
        """Whether a column is an owner that is never null, as it's one of a row that is there."""
        return self.table is not None and column in self.owners and not (self.table.may_be_nobodys or self.optional)

    def mark_restricted(self) -> None:
        """Note that its rows are the caller's."""
        self.columns |= {column: frozenset({label}) for column, label in self.owners.items()}


Scope = sql.Scope[Relation]
Result = sql.Result[Labels]


# Types in which an id is the same number, or an error.
_INTEGERS: Final = frozenset({"int2", "int4", "int8"})
_NUMBERS: Final = _INTEGERS | {"numeric"}


def without_casts(expression: Any, *, of_array: bool = False, types: frozenset[str] = _NUMBERS) -> Any:
    """An expression without its casts to types of numbers, which don't change an id, or to arrays of them.

    An integer is taken of a `numeric` by other rules of rounding than of a float, so that cast only may come last.
    """
    match expression:
        case ast.TypeCast(
            arg=arg, typeName=ast.TypeName(names=[*_, ast.String(sval=name)], typmods=None, arrayBounds=bounds)
        ) if name in types and (bounds is not None) == of_array:
            return without_casts(arg, of_array=of_array, types=_INTEGERS)
    return expression
