"""Which error of PostgreSQL becomes which problem, by its SQLSTATE."""

from collections.abc import Mapping
from typing import Final

import asyncpg
import pytest

from api.child_profiles.facts import TOO_MANY_CHILDREN
from api.database.errors import SchemaMismatch, translate
from api.database.retries import OutcomeUnknown
from api.database.shares import ShareExceeded


class UnfitError(asyncpg.InterfaceError, ValueError):
    """As asyncpg's own error for a value that doesn't fit its parameter."""


# Each class of errors that a request can meet, by their SQLSTATE; None is an error of the service itself (500).
PROBLEMS: Final[Mapping[str, str | None]] = {
    "08000": "database_unavailable",  # connection_exception
    "08006": "database_unavailable",  # connection_failure
    "22001": "invalid_body",  # string_data_right_truncation
    "22003": "invalid_body",  # numeric_value_out_of_range
    "22P02": "invalid_body",  # invalid_text_representation
    "23502": "invalid_body",  # not_null_violation
    "23503": None,  # foreign_key_violation, of a constraint that no `bind` names
    "23505": None,  # unique_violation
    "23514": "invalid_body",  # check_violation
    "25006": "database_unavailable",  # read_only_sql_transaction
    "25P03": "database_unavailable",  # idle_in_transaction_session_timeout
    "25P04": "database_unavailable",  # transaction_timeout
    "28000": "database_unavailable",  # invalid_authorization_specification
    "3D000": "database_unavailable",  # invalid_catalog_name
    "40001": "too_busy",  # serialization_failure
    "40P01": "too_busy",  # deadlock_detected
    "42501": None,  # insufficient_privilege
    "53100": "too_busy",  # disk_full
    "53200": "too_busy",  # out_of_memory
    "53300": "too_busy",  # too_many_connections
    "54001": "invalid_body",  # statement_too_complex
    "55P03": "too_busy",  # lock_not_available
    "57014": "too_busy",  # query_canceled
    "57P01": "database_unavailable",  # admin_shutdown
    "57P02": "database_unavailable",  # crash_shutdown
    "57P03": "database_unavailable",  # cannot_connect_now
    "P0001": None,  # raise_exception
}


@pytest.mark.parametrize(("state", "code"), PROBLEMS.items())
def test_what_a_client_is_told(state: str, code: str | None) -> None:
    error = asyncpg.PostgresError.new({"C": state, "M": "refused"})
    assert error.sqlstate == state
    problem = translate(error, {"children": TOO_MANY_CHILDREN})
    assert (problem.type.code if problem else None) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionResetError(), "database_unavailable"),
        (OSError(), "database_unavailable"),
        (asyncpg.InterfaceError(""), "database_unavailable"),
        (asyncpg.InternalClientError(""), "database_unavailable"),
        (TimeoutError(), "too_busy"),
        (UnfitError(""), "invalid_body"),
        # A row that can't be read is nothing that a client could mend.
        (ValueError(), None),
        (SchemaMismatch(), "schema_mismatch"),
        (OutcomeUnknown(), "outcome_unknown"),
        (ShareExceeded(), "too_many_requests"),
        (KeyError(), None),
    ],
)
def test_what_a_client_is_told_of_errors_without_a_sqlstate(error: Exception, code: str | None) -> None:
    problem = translate(error, {})
    assert (problem.type.code if problem else None) == code


@pytest.mark.parametrize("state", ["23503", "23505", "23514"])
def test_a_constraint_that_is_mapped_has_its_problem(state: str) -> None:
    error = asyncpg.PostgresError.new({"C": state, "M": "refused", "n": "children"})
    problem = translate(error, {"children": TOO_MANY_CHILDREN})
    assert problem is not None
    assert problem.type is TOO_MANY_CHILDREN
