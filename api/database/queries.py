"""Statements of sql/queries as typed Python callables.

A feature declares the statements it uses as a protocol, one method a statement: its keyword parameters are the
statement's, its return type says what becomes of the rows. `bind` holds the declaration against the file when the
module is imported; `contract.fit` holds it against the database before the service is ready.
"""

import inspect
import types
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from api.database import pool
from api.database.aliases import Row
from api.database.errors import translate
from api.database.statements.files import QueryFileError, Statement, read_statements
from api.paths import QUERIES
from api.problems.problem import Problem
from api.problems.types import NOT_FOUND, ProblemType

T = TypeVar("T")

STATEMENTS: Final = read_statements(QUERIES)

# First column of a merged statement: to which of the calls, counted from 1, the row belongs.
CALL: Final = "call"

Shape = Literal["one", "many", "nothing"]


class Query:
    """A statement bound to a declaration: call it with keyword arguments."""

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
        self.columns: tuple[str, ...] | None = None
        self._check_parameters()
        self.shape, self.row_type, self.optional = self._result()
        self._make_row: Callable[[Row], Any] = self._row_maker()
        self._arguments = self._argument_reader()

    async def __call__(self, **arguments: object) -> Any:
        """Run the statement.

        Raises:
            Problem: the `missing` one where a row was needed and there's none; the one of a constraint that is broken;
                one for a database that is away, busy or refuses a value.

        """
        values = self._arguments(arguments)
        try:
            rows = await pool.fetch(self.statement, values)
        except Exception as error:
            if problem := translate(error, self.constraints):
                raise problem from error
            raise
        if self.shape == "many":
            return [self._make_row(row) for row in rows]
        if self.shape == "nothing":
            return None
        if rows:
            return self._make_row(rows[0])
        if self.optional:
            return None
        raise Problem(self.missing)

    def bind_columns(self, columns: tuple[str, ...]) -> None:
        """Have rows whose columns come in an order of their own fill the fields of the declared type."""
        first = int(self.statement.batch)
        self.columns = columns[first:]
        if is_struct(self.row_type) and self.columns != (fields := self.row_type.__struct_fields__):
            self._make_row = _reordered(self.row_type, [columns.index(name, first) for name in fields])

    def _error(self, reason: str) -> QueryFileError:
        statement = self.statement
        return QueryFileError(f"{statement.path}:{statement.line}: {statement.name}: {reason} ({self.where})")

    def _check_parameters(self) -> None:
        wanted, declared = set(self.statement.parameters), set(self.parameters)
        if wanted != declared:
            lacking = ", ".join(f":{name}" for name in sorted(wanted - declared))
            extra = ", ".join(sorted(declared - wanted))
            raise self._error(
                "; ".join(
                    part
                    for part in (
                        f"the declaration lacks the parameter {lacking}" if lacking else "",
                        f"the statement has no parameter {extra}" if extra else "",
                    )
                    if part
                )
            )

    def _result(self) -> tuple[Shape, Any, bool]:
        mode, returns = self.statement.mode, self.returns
        if returns is type(None):
            if mode != "exec":
                raise self._error(f"is :{mode}, but its declaration returns nothing")
            return "nothing", None, False
        if mode == "exec":
            raise self._error(f"is :exec, but its declaration returns {returns}")
        if get_origin(returns) is list:
            if mode != "many":
                raise self._error(f"is :{mode}, but its declaration returns a list")
            return "many", get_args(returns)[0], False
        if mode == "many":
            raise self._error(f"is :many, but its declaration returns {returns}")
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


_bound: dict[str, Query] = {}


def bind(
    declaration: type[T], *, missing: ProblemType = NOT_FOUND, constraints: Mapping[str, ProblemType] | None = None
) -> T:
    """Callables for the statements that a protocol declares.

    `missing` is the problem that a missing row means where the declared type can't be None; `constraints` gives the
    problem type of each constraint that a client can break, by name.

    Raises:
        QueryFileError: a statement that doesn't exist or is declared twice, parameters or a mode that differ.

    """
    namespace: dict[str, Query] = {}
    for name, function in inspect.getmembers(declaration, inspect.isfunction):
        if name.startswith("_"):
            continue
        where = f"{inspect.getsourcefile(function)}:{function.__code__.co_firstlineno}"
        if name not in STATEMENTS:
            raise QueryFileError(f"{where}: {name}: no statement of this name in {QUERIES}")
        if name in _bound:
            raise QueryFileError(f"{where}: {name}: is declared in {_bound[name].where} already")
        namespace[name] = _bound[name] = Query(STATEMENTS[name], function, missing, constraints or {})
    return types.SimpleNamespace(**namespace)  # type: ignore[return-value]


def check_used() -> None:
    """Refuse statements that nothing declares; call it when every feature is imported.

    Raises:
        QueryFileError: naming them all.

    """
    unused = [statement for name, statement in STATEMENTS.items() if name not in _bound]
    if unused:
        raise QueryFileError(
            "\n".join(f"{statement.path}:{statement.line}: {statement.name}: nothing uses it" for statement in unused)
        )


def bound_queries() -> list[Query]:
    """Everything that is declared."""
    return list(_bound.values())


def merged_statements() -> list[Statement]:
    """Bound statements that serve many calls at once."""
    return [query.statement for query in _bound.values() if query.statement.batch]


def is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _reordered(row_type: Any, order: list[int]) -> Callable[[Row], Any]:
    return lambda row: row_type(*[row[index] for index in order])
