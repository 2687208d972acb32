"""Values that a client could send for the parameters of statements."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from api.checks.contract.python_types import struct_of, take_apart
from api.database.query import Query
from api.database.statements.files import Statement
from api.facts import Facts, Family
from api.http.schemas import Input

Value = Callable[[Family], Any]

# How many rows a list is asked for.
_COUNT: Final = 21
# Before all keys that a list can have.
_BEGINNINGS: Final[Mapping[Any, Any]] = {int: 0, str: "", datetime: datetime.min.replace(tzinfo=UTC)}


class Examples:
    """Values of parameters: what features say in their facts, what the declared types say, or keys of a family."""

    def __init__(self, facts: Facts, queries: Sequence[Query]) -> None:
        self._facts = facts
        self._queries = {query.statement.name: query for query in queries}

    def value(self, statement: Statement, parameter: str) -> Value | None:
        """What makes the value of a parameter for a family; None where nothing is known."""
        return (
            self._declared(f"{statement.name}.{parameter}")
            or self._typed(statement, parameter)
            or self._declared(parameter)
            or _key(statement, parameter)
            or self._of_list(statement, parameter)
        )

    def _declared(self, key: str) -> Value | None:
        if key not in self._facts.examples:
            return None
        example = self._facts.examples[key]
        return example if callable(example) else lambda _: example

    def _hint(self, statement: Statement, parameter: str) -> Any:
        query = self._queries.get(statement.name)
        return query.parameters.get(parameter) if query else None

    def _typed(self, statement: Statement, parameter: str) -> Value | None:
        """Value of a parameter whose declared type says enough: a struct with an example, a choice, a boolean."""
        hint = self._hint(statement, parameter)
        if hint is None:
            return None
        declared = take_apart(hint).type
        if (one := _of_struct(struct_of(hint, many=False))) is not None:
            return lambda _: one
        if (item := _of_struct(struct_of(hint, many=True))) is not None:
            return lambda _: [item]
        if get_origin(declared) is Literal:
            choice = get_args(declared)[0]
            return lambda _: choice
        return (lambda _: True) if declared is bool else None

    def _of_list(self, statement: Statement, parameter: str) -> Value | None:
        """Where a list begins, and how much of it is asked for."""
        if parameter == "count":
            return lambda _: _COUNT
        if parameter != "after" and not parameter.startswith("after_"):
            return None
        hint = self._hint(statement, parameter)
        beginning = _BEGINNINGS.get(take_apart(hint).type, 0) if hint is not None else 0
        return lambda _: beginning


def _of_struct(struct: Any) -> Any:
    """What the example of a payload decodes as; None without one."""
    if struct is None or not issubclass(struct, Input) or "example" not in vars(struct):
        return None
    return msgspec.convert(struct.example, struct)


def _key(statement: Statement, parameter: str) -> Value | None:
    """Keys of a family: of itself, and of a row of the table that the statement's file is named for."""
    match parameter:
        case "user_id":
            return lambda family: family.user_id
        case "parent_profile_id":
            return lambda family: family.parent_profile_id
        case "id":
            table = statement.path.stem
            # Where there's no row, one that isn't there.
            return lambda family: random.choice(family.rows.get(table) or [0])  # noqa: S311
    return None
