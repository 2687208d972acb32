"""The service's code passes only the caller's ids as owners."""

from pathlib import Path

import pytest

from api.checks.ownership.owner_arguments import check_owner_arguments
from api.database.statements.files import read_statements
from api.paths import ROOT

STATEMENTS = read_statements(ROOT / "sql" / "queries")


def test_every_owner_is_the_caller() -> None:
    assert check_owner_arguments(STATEMENTS, (ROOT / "api").rglob("*.py")) == []


@pytest.mark.parametrize(
    "call",
    [
        "sql.get_user(user_id=id)",
        "sql.get_user(user_id=caller.parent_profile_id)",
        "sql.get_user(user_id=data.user_id)",
        "sql.get_user(user_id=other.caller.user_id)",
        "sql.get_user(**data)",
        "get_user(user_id=caller.user_id or 1)",
        "sql.delete_child_profile(parent_profile_id=id, id=id)",
        "sql.get_user(user_id=id)  # noqa",
    ],
)
def test_names_an_owner_that_is_chosen(tmp_path: Path, call: str) -> None:
    path = tmp_path / "routes.py"
    path.write_text(f"x = 1\n{call}\n")
    [fault] = check_owner_arguments(STATEMENTS, [path])
    assert (fault.line, fault.file) == (2, path)
    assert "is not the caller's" in fault.what


@pytest.mark.parametrize(
    "handed_on",
    [
        "read = sql.get_user",
        "partial(sql.get_user, **data)",
        "await gather(*map(sql.get_user, ids))",
        "sql.get_user.__call__(**data)",
    ],
)
def test_names_a_statement_that_is_handed_on(tmp_path: Path, handed_on: str) -> None:
    path = tmp_path / "routes.py"
    path.write_text(f"x = 1\n{handed_on}\n")
    [fault] = check_owner_arguments(STATEMENTS, [path])
    assert (fault.line, fault.file, fault.statement) == (2, path, "get_user")
    assert "call it where it is named" in fault.what


@pytest.mark.parametrize(
    "call",
    [
        "sql.get_user(user_id=caller.user_id)",
        "read = sql.get_login",
        "read = sql.get_user  # owner: the row that was made",
        "sql.get_user(user_id=user.id)  # owner: the row that was made",
        "sql.get_login(**data)",
    ],
)
def test_accepts_ids_of_the_caller(tmp_path: Path, call: str) -> None:
    path = tmp_path / "routes.py"
    path.write_text(call)
    assert check_owner_arguments(STATEMENTS, [path]) == []
