"""Lost connections, row by row of the table in api/database/retries.py."""

from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from api.database.retries import Loss, OutcomeUnknown, find_loss
from api.database.statements.files import Statement, read_statement_file

SENT: Final = [
    ConnectionResetError("reset"),
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
    asyncpg.AdminShutdownError("terminating"),
    asyncpg.CrashShutdownError("terminating"),
    asyncpg.CannotConnectNowError("starting up"),
    asyncpg.IdleInTransactionSessionTimeoutError("idle"),
]


class Connection:
    """Stands in for a connection."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed

    def terminate(self) -> None:
        self.closed = True

    def is_closed(self) -> bool:
        return self.closed


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Statement]:
    path: Path = tmp_path_factory.mktemp("queries") / "two.sql"
    path.write_text("-- Two.\n\n-- name: read :one\nselect 1;\n\n-- name: write :exec\ndelete from t;\n")
    return {statement.name: statement for statement in read_statement_file(path)}


def loss_of(error: Exception, connection: Any, statement: Statement) -> Loss | None:
    return find_loss(error, connection, statement)


@pytest.mark.parametrize("name", ["read", "write"])
@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UniqueViolationError("taken"),
        asyncpg.LockNotAvailableError("locked"),
        asyncpg.QueryCanceledError("late"),
        asyncpg.InterfaceError("no int"),
        ValueError("no int"),
    ],
    ids=type,
)
def test_an_error_on_an_open_connection_is_passed_on(
    error: Exception, name: str, statements: dict[str, Statement]
) -> None:
    connection = Connection()
    assert loss_of(error, connection, statements[name]) is None
    assert not connection.closed


@pytest.mark.parametrize("name", ["read", "write"])
@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("state"),
        asyncpg.InterfaceError("closed"),
        asyncpg.ReadOnlySQLTransactionError("a standby"),
    ],
    ids=type,
)
def test_an_unsent_statement_may_always_be_run_again(
    error: Exception, name: str, statements: dict[str, Statement]
) -> None:
    loss = loss_of(error, Connection(closed=True), statements[name])
    assert loss is not None
    assert loss.error is error
    assert [loss.may_retry(tried=tried) for tried in (False, True)] == [True, True]


@pytest.mark.parametrize("error", SENT, ids=type)
def test_a_sent_read_may_be_run_once_more(error: Exception, statements: dict[str, Statement]) -> None:
    connection = Connection()
    loss = loss_of(error, connection, statements["read"])
    assert loss is not None
    assert connection.closed
    assert loss.error is error
    assert [loss.may_retry(tried=tried) for tried in (False, True)] == [True, False]


@pytest.mark.parametrize("error", SENT, ids=type)
def test_of_a_write_that_was_sent_the_outcome_is_unknown(error: Exception, statements: dict[str, Statement]) -> None:
    loss = loss_of(error, Connection(), statements["write"])
    assert loss is not None
    assert isinstance(loss.error, OutcomeUnknown)
    assert loss.error.__cause__ is error
    assert [loss.may_retry(tried=tried) for tried in (False, True)] == [False, False]


@pytest.mark.parametrize(
    ("function", "is_known"), [("ProcessInterrupts", True), (None, False)], ids=["of PostgreSQL", "of a pooler"]
)
def test_a_write_whose_session_was_ended_did_nothing(
    function: str | None, is_known: bool, statements: dict[str, Statement]
) -> None:
    said = asyncpg.AdminShutdownError("terminating")
    said.server_source_function = function
    error = asyncpg.ConnectionDoesNotExistError("closed")
    error.__cause__ = said
    loss = loss_of(error, Connection(), statements["write"])
    assert loss is not None
    assert loss.may_retry(tried=False) is is_known
    assert not loss.may_retry(tried=True)
    assert (loss.error is error) is is_known


def test_any_error_on_a_closed_connection_is_a_loss(statements: dict[str, Statement]) -> None:
    assert loss_of(asyncpg.PostgresError("?"), Connection(closed=True), statements["read"]) is not None
