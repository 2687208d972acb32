"""Statements of sql/queries as typed Python callables.

A feature declares the statements it uses as a protocol, one method a statement: its keyword parameters are the
statement's, and its return type is what the rows become. `bind` compares the declaration with the file when the module
is imported. A worker then has the queries read the columns of its database (`bind_columns`) and run on its pool
(`attached`).
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Final, Protocol, TypeVar, cast

import asyncpg

from api.database.aliases import Connection, Row
from api.database.errors import translate
from api.database.query import Query, no_pool
from api.database.shares import Owner, ShareExceeded
from api.database.statements.files import QueryFileError, Statement, read_statements
from api.database.transactions import LateTransaction
from api.paths import QUERIES
from api.problems.types import NOT_FOUND, ProblemType

# Errors of a statement that waits for a migration.
_LOCKED: Final = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)

# Errors when a transaction begins or is committed.
_OF_TRANSACTIONS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ShareExceeded)

STATEMENTS: Final = read_statements(QUERIES)


class Queries(Protocol):
    """Base of declarations: what all of them offer."""

    def transaction(self, *, user_id: int | None = None, snapshot: bool = False) -> AbstractAsyncContextManager[None]:
        """Run all statements in the block, of any declaration, in one transaction, for a user if one is known.

        With `snapshot`, all of them read what was committed when the first one began.

        Raises:
            Problem: no connection came free in time, or the database is away.

        """
        ...

    def late_transaction(self, first: Callable[[], Awaitable[None]]) -> AbstractAsyncContextManager[LateTransaction]:
        """Run all statements in the block, of any declaration, in one transaction from the first that writes on.

        `first` is done in it before that. When the block ends the transaction is committed.

        Raises:
            Problem: the database is away, or it isn't known whether the transaction was committed.

        """
        ...

    def check_connections(self) -> None:
        """Check that statements of every kind can run.

        Raises:
            Problem: the database is away or has no connections left.

        """
        ...


T = TypeVar("T", bound=Queries)


class Runner(Protocol):
    """What statements run on: a pool, or what stands in for it."""

    async def fetch(self, statement: Statement, arguments: Sequence[object], owner: Owner = None) -> list[Row]: ...

    def transaction(self, owner: Owner = None, *, snapshot: bool = False) -> AbstractAsyncContextManager[None]: ...

    def late_transaction(
        self, first: Callable[[], Awaitable[None]]
    ) -> AbstractAsyncContextManager[LateTransaction]: ...

    def check(self) -> None: ...


class _Bound:
    """The queries of a declaration, and transactions on their pool."""

    def __init__(self, queries: Mapping[str, Query], constraints: Mapping[str, ProblemType]) -> None:
        self.queries = queries
        # Deferred ones are violated when a transaction ends.
        self._constraints = constraints
        self._begin: Callable[..., AbstractAsyncContextManager[None]] = no_pool
        self._begin_late: Callable[[Callable[[], Awaitable[None]]], AbstractAsyncContextManager[LateTransaction]] = (
            no_pool
        )
        self._check: Callable[[], None] = no_pool

    def attach(self, runner: Runner | None) -> None:
        """Run on a pool from now on, or on none."""
        self._begin = runner.transaction if runner else no_pool
        self._begin_late = runner.late_transaction if runner else no_pool
        self._check = runner.check if runner else no_pool
        for query in self.queries.values():
            query.attach(runner.fetch if runner else no_pool)

    def check_connections(self) -> None:
        try:
            self._check()
        except (OSError, asyncpg.PostgresError) as error:
            if problem := translate(error, {}):
                raise problem from error
            raise

    @asynccontextmanager
    async def transaction(self, *, user_id: int | None = None, snapshot: bool = False) -> AsyncIterator[None]:
        try:
            async with self._begin(None if user_id is None else -user_id, snapshot=snapshot):
                yield
        except _OF_TRANSACTIONS as error:
            if problem := translate(error, self._constraints):
                raise problem from error
            raise

    @asynccontextmanager
    async def late_transaction(self, first: Callable[[], Awaitable[None]]) -> AsyncIterator[LateTransaction]:
        try:
            async with self._begin_late(first) as late:
                yield late
        except _OF_TRANSACTIONS as error:
            if problem := translate(error, self._constraints):
                raise problem from error
            raise


_declarations: list[_Bound] = []


def bind(
    declaration: type[T], *, missing: ProblemType = NOT_FOUND, constraints: Mapping[str, ProblemType] | None = None
) -> T:
    """Callables for the statements that a protocol declares.

    `missing` is the problem raised for a missing row if the declared type can't be None; `constraints` gives the
    problem types of the constraints that a client can violate, by name.

    Raises:
        QueryFileError: a statement doesn't exist or is declared twice, or its parameters or mode differ.

    """
    taken = {query.statement.name: query for query in bound_queries()}
    queries: dict[str, Query] = {}
    for name, function in inspect.getmembers(declaration, inspect.isfunction):
        if name.startswith("_") or hasattr(Queries, name):
            continue
        where = f"{inspect.getsourcefile(function)}:{function.__code__.co_firstlineno}"
        if name not in STATEMENTS:
            raise QueryFileError(f"{where}: {name}: no statement of this name in {QUERIES}: write it, or take this out")
        if name in taken:
            raise QueryFileError(f"{where}: {name}: is declared in {taken[name].where} already: use that one")
        queries[name] = Query(STATEMENTS[name], function, missing, constraints or {})
    bound = _Bound(queries, constraints or {})
    _declarations.append(bound)
    return cast(
        "T",
        SimpleNamespace(
            transaction=bound.transaction,
            late_transaction=bound.late_transaction,
            check_connections=bound.check_connections,
            **queries,
        ),
    )


def text_of(call: Callable[[], Awaitable[object]]) -> str:
    """SQL of one of the callables of a `bind`, which takes nothing: to be run over any connection."""
    return cast("Query", call).statement.text


@contextmanager
def attached(pool: Runner) -> Iterator[None]:
    """Run all declared statements on a pool within the block."""
    attach(pool)
    try:
        yield
    finally:
        attach(None)


def attach(runner: Runner | None) -> None:
    """Run all declared statements on a pool from now on, or on none."""
    for bound in _declarations:
        bound.attach(runner)


async def bind_columns(connection: Connection) -> None:
    """Have all declared queries read the columns of a database, whatever their order.

    Raises:
        QueryFileError: statements that PostgreSQL refuses or that lack a column for a field, one line each.
        asyncpg.PostgresError, asyncpg.InterfaceError, OSError: the connection is lost, or a lock isn't released.

    """
    refused: list[QueryFileError] = []
    for query in bound_queries():
        try:
            prepared = await connection.prepare(query.statement.text)
            query.bind_columns(tuple(attribute.name for attribute in prepared.get_attributes()))
        except asyncpg.PostgresError as error:
            if connection.is_closed() or isinstance(error, _LOCKED):
                raise
            refused.append(query.error(f"PostgreSQL says: {error.args[0]}"))
        except QueryFileError as error:
            refused.append(error)
    if refused:
        raise QueryFileError("\n".join(map(str, refused)))


def check_used() -> None:
    """Refuse statements that nothing declares; to be called when all features are imported.

    Raises:
        QueryFileError: there are such statements; the message names them all.

    """
    bound = {query.statement.name for query in bound_queries()}
    unused = [statement for name, statement in STATEMENTS.items() if name not in bound]
    if unused:
        raise QueryFileError(
            "\n".join(
                f"{statement.path}:{statement.line}: {statement.name}: nothing uses it:"
                " declare it in its feature's queries.py, or take it out"
                for statement in unused
            )
        )


def bound_queries() -> list[Query]:
    """All declared queries."""
    return [query for bound in _declarations for query in bound.queries.values()]


def merged_statements() -> list[Statement]:
    """Declared `:batch` statements."""
    return [query.statement for query in bound_queries() if query.statement.batch]
