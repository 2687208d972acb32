"""One statement as a typed Python callable."""

import inspect
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from api.database.aliases import Row
from api.database.codecs import encode_document
from api.database.errors import translate
from api.database.measures import count_error
from api.database.shares import Owner, owner_getter
from api.database.statements.files import QueryFileError, Statement
from api.database.transactions import Interrupted
from api.problems.problem import Problem
from api.problems.types import ProblemType

# First column of a merged statement: to which of the calls, counted from 1, the row belongs.
CALL: Final = "call"

# Runs a statement with PostgreSQL's arguments for an owner.
Fetch = Callable[[Statement, Sequence[object], Owner], Awaitable[list[Row]]]

# What a caller gets: the first row, all rows, or nothing.
Rows = Literal["one", "many", "nothing"]


class Query:
    """A statement bound to its declaration; call it with keyword arguments while it's attached to a pool."""

    def __init__(
        self,
        statement: Statement,
        function: Callable[..., Any],
        missing: ProblemType,
        constraints: Mapping[str, ProblemType],
    ) -> None:
        self.statement = statement
        self.where = f"{inspect.getsourcefile(function)}:{function.__code__.co_firstlineno}: {statement.name}"
        hints = get_type_hints(function, include_extras=True)
        self.returns = hints.pop("return")
        self.parameters: dict[str, Any] = hints
        self.missing = missing
        self.constraints = constraints
        self._check_parameters()
        self.rows, self.row_type, self.optional = self._result()
        self._make_row: Callable[[Row], Any] = self._row_maker()
        self._arguments = self._argument_reader()
        self._owner = owner_getter(statement.parameters)
        # Structs of calls that are merged are encoded before, so that it's known how large they are.
        self._documents = [
            index for index, name in enumerate(statement.parameters) if statement.batch and is_struct(hints[name])
        ]
        self._fetch: Fetch = no_pool

    async def __call__(self, **arguments: object) -> Any:
        """Run the statement.

        Raises:
            Problem: `missing` if a needed row isn't there; the problem of a violated constraint; a problem for a
                database that is away, busy or refuses a value, or if no pool is attached.

        """
        values: Sequence[object] = self._arguments(arguments)
        try:
            if self._documents:
                values = documents = list(values)
                for index in self._documents:
                    documents[index] = encode_document(documents[index])
            found = await self._fetch(self.statement, values, self._owner(values))
        except (Interrupted, Problem):
            # Of what a late transaction does first.
            raise
        except Exception as error:
            count_error(self.statement, error)
            if problem := translate(error, self.constraints, self.statement.name):
                raise problem from error
            vars(error)["statement"] = self.statement.name  # for the log
            raise
        if self.rows == "many":
            return [self._make_row(row) for row in found]
        if self.rows == "nothing":
            return None
        if found:
            return self._make_row(found[0])
        if self.optional:
            return None
        raise Problem(self.missing)

    def attach(self, fetch: Fetch) -> None:
        """Run with this function from now on."""
        self._fetch = fetch

    def bind_columns(self, columns: tuple[str, ...]) -> None:
        """Have the database's columns, whatever their order, fill the fields of the declared type.

        Raises:
            QueryFileError: a field has no column.

        """
        if not is_struct(self.row_type):
            return
        first = int(self.statement.batch)
        fields: tuple[str, ...] = self.row_type.__struct_fields__
        for name in fields:
            if name not in columns[first:]:
                raise self.error(
                    f"no column for the field {name} of {self.row_type.__name__}: select it, or take it out there"
                )
        if columns[first:] != fields:
            self._make_row = _reordered(self.row_type, [columns.index(name, first) for name in fields])

    def error(self, reason: str) -> QueryFileError:
        """Error that names the statement and its declaration."""
        statement = self.statement
        return QueryFileError(f"{statement.path}:{statement.line}: {statement.name}: {reason} ({self.where})")

    def _check_parameters(self) -> None:
        wanted, declared = set(self.statement.parameters), set(self.parameters)
        if wanted != declared:
            lacking = ", ".join(f":{name}" for name in sorted(wanted - declared))
            extra = ", ".join(sorted(declared - wanted))
            raise self.error(
                "; ".join(
                    part
                    for part in (
                        f"the declaration lacks the parameter {lacking}" if lacking else "",
                        f"the statement has no parameter {extra}" if extra else "",
                    )
                    if part
                )
            )

    def _result(self) -> tuple[Rows, Any, bool]:
        mode, returns = self.statement.mode, self.returns
        if returns is type(None):
            if mode != "exec":
                raise self.error(f"is :{mode}, but its declaration returns nothing")
            return "nothing", None, False
        if mode == "exec":
            raise self.error(f"is :exec, but its declaration returns {returns}")
        if get_origin(returns) is list:
            if mode != "many":
                raise self.error(f"is :{mode}, but its declaration returns a list")
            return "many", get_args(returns)[0], False
        if mode == "many":
            raise self.error(f"is :many, but its declaration returns {returns}")
        optional = get_origin(returns) in {Union, types.UnionType} and type(None) in get_args(returns)
        row_type = next(part for part in get_args(returns) if part is not type(None)) if optional else returns
        return "one", row_type, optional

    def _row_maker(self) -> Callable[[Row], Any]:
        if is_struct(self.row_type):
            row_type = self.row_type
            if self.statement.batch:
                return lambda row: row_type(*row[1:])
            return lambda row: row_type(*row)
        return itemgetter(int(self.statement.batch))

    def _argument_reader(self) -> Callable[[dict[str, object]], tuple[object, ...]]:
        names = self.statement.parameters
        if len(names) > 1:
            return itemgetter(*names)
        return lambda arguments: tuple(arguments[name] for name in names)


def no_pool(*_: object, **__: object) -> Any:
    """Stand in for the methods of a pool while none is attached."""
    raise ConnectionError("no pool is attached to the queries")


def is_struct(kind: Any) -> bool:
    """Whether a type is a msgspec struct."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _reordered(row_type: Any, order: list[int]) -> Callable[[Row], Any]:
    return lambda row: row_type(*[row[index] for index in order])
