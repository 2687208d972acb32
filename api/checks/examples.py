"""Example values for the parameters of statements, as a client could send them."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args, get_origin
from uuid import UUID

import msgspec

from api.checks.contract.python_types import parse_hint, struct_of
from api.database.query import Query
from api.database.statements.files import Statement
from api.facts import Facts, Family
from api.http.schemas import Input

ExampleMaker = Callable[[Family], Any]

# Rows asked of a list.
_COUNT: Final = 21
# Values that sort before every key of a list, by type.
_BEGINNINGS: Final[Mapping[Any, Any]] = {
    int: 0,
    str: "",
    datetime: datetime.min.replace(tzinfo=UTC),
    date: date.min,
    Decimal: Decimal(0),
    UUID: UUID(int=0),
}


class Examples:
    """Example values of parameters, from the facts of features, the declared types, or a family's keys."""

    def __init__(self, facts: Facts, queries: Sequence[Query]) -> None:
        self._facts = facts
        self._queries = {query.statement.name: query for query in queries}

    def value(self, statement: Statement, parameter: str) -> ExampleMaker | None:
        """Function that makes a parameter's value for a family, or None if no value is known."""
        return (
            self._declared(f"{statement.name}.{parameter}")
            or self._typed(statement, parameter)
            or self._declared(parameter)
            or _family_key(statement, parameter)
            or self._page_argument(statement, parameter)
        )

    def _declared(self, key: str) -> ExampleMaker | None:
        if key not in self._facts.examples:
            return None
        example = self._facts.examples[key]
        return example if callable(example) else lambda _: example

    def _hint(self, statement: Statement, parameter: str) -> Any:
        query = self._queries.get(statement.name)
        return query.parameters.get(parameter) if query else None

    def _typed(self, statement: Statement, parameter: str) -> ExampleMaker | None:
        """Value by the declared type: the example of a struct, the first of a choice, or true."""
        hint = self._hint(statement, parameter)
        if hint is None:
            return None
        declared = parse_hint(hint).type
        if (one := _struct_example(struct_of(hint, many=False))) is not None:
            return lambda _: one
        if (item := _struct_example(struct_of(hint, many=True))) is not None:
            return lambda _: [item]
        if get_origin(declared) is Literal:
            choice = get_args(declared)[0]
            return lambda _: choice
        return (lambda _: True) if declared is bool else None

    def _page_argument(self, statement: Statement, parameter: str) -> ExampleMaker | None:
        """Value for the first page of a list: its start, or its number of rows."""
        if parameter == "count":
            return lambda _: _COUNT
        if parameter != "after" and not parameter.startswith("after_"):
            return None
        hint = self._hint(statement, parameter)
        beginning = _BEGINNINGS.get(parse_hint(hint).type, 0) if hint is not None else 0
        return lambda _: beginning


def _struct_example(struct: Any) -> Any:
    """Example of a payload, decoded, or None if it has no example."""
    if struct is None or not issubclass(struct, Input) or "example" not in vars(struct):
        return None
    return msgspec.convert(struct.example, struct)


def _family_key(statement: Statement, parameter: str) -> ExampleMaker | None:
    """A key of the family itself, or of one of its rows in the table that the statement's file is named after."""
    match parameter:
        case "user_id":
            return lambda family: family.user_id
        case "parent_profile_id":
            return lambda family: family.parent_profile_id
        case "id":
            table = statement.path.stem
            # 0 is the id of no row.
            return lambda family: random.choice(family.rows.get(table) or [0])  # noqa: S311
    return None
