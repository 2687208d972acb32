"""Declared queries: attaching them to a pool, and binding them to the database's columns."""

import copy
from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import msgspec
import pytest

import api.app  # noqa: F401  every feature declares its statements
from api.auth.queries import accounts as users
from api.child_profiles.queries import sql as children
from api.child_profiles.schemas import NewChildProfile
from api.database import queries
from api.database.aliases import Connection
from api.database.pool import Pool, open_pool
from api.database.queries import attached, bind_columns, bound_queries, merged_statements
from api.database.query import Query
from api.database.statements.files import QueryFileError
from api.problems.problem import Problem
from api.users.queries import sql as account
from tests.accounts import Accounts

NOBODY: Final = 0


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with open_pool(dsn, merged_statements()) as opened:
        yield opened


def changed(name: str, old: str, new: str) -> Query:
    """A declared query with a changed statement."""
    query = copy.copy(next(query for query in bound_queries() if query.statement.name == name))
    assert old in query.statement.text
    query.statement = msgspec.structs.replace(query.statement, text=query.statement.text.replace(old, new, 1))
    return query


async def refused_call() -> str:
    with pytest.raises(Problem) as refusal:
        await users.get_user(user_id=NOBODY)
    return refusal.value.type.code


async def test_queries_run_on_the_pool_that_they_are_attached_to(pool: Pool) -> None:
    assert await refused_call() == "database_unavailable"
    with attached(pool):
        assert await refused_call() == "not_authenticated"
    assert await refused_call() == "database_unavailable"


async def test_transactions_need_a_pool_too(pool: Pool) -> None:
    with pytest.raises(Problem) as refusal:
        async with users.transaction():
            pytest.fail("nothing can be run")
    assert refusal.value.type.code == "database_unavailable"
    assert isinstance(refusal.value.__cause__, ConnectionError)


async def test_a_transaction_holds_the_queries_of_every_declaration(pool: Pool, accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = NewChildProfile(name="Bram", age=3)

    async def change_and_fail() -> None:
        async with users.transaction():
            await account.set_profile_picture(
                versions=None, user_id=parent.user_id, profile_picture="https://example.org/a.png"
            )
            await children.add_child_profile(parent_profile_id=parent.parent_profile_id, child=child)
            assert await seen() == ("https://example.org/a.png", ["Bram"])
            raise LookupError

    async def seen() -> tuple[str | None, list[str]]:
        user = await users.get_user(user_id=parent.user_id)
        found = await children.list_child_profiles(parent_profile_id=parent.parent_profile_id, after=0, count=9)
        return user.profile_picture, [each.name for each in found]

    with attached(pool):
        with pytest.raises(LookupError):
            await change_and_fail()
        assert await seen() == (None, [])


async def test_a_transaction_whose_statement_is_refused_says_what_it_means(pool: Pool) -> None:
    with attached(pool), pytest.raises(Problem) as refusal:
        async with users.transaction():
            raise asyncpg.DeadlockDetectedError("a ring")
    assert refusal.value.type.code == "too_busy"


async def test_columns_fill_their_fields_in_whatever_order_they_come(
    pool: Pool, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = await accounts.parent()
    query = changed("get_user", "account.username, account.email", "account.email, now() as later, account.username")
    monkeypatch.setattr(queries, "bound_queries", lambda: [query])
    async with pool.connection() as connection:
        await bind_columns(connection)
    query.attach(pool.fetch)
    with attached(pool):
        assert await query(user_id=parent.user_id) == await users.get_user(user_id=parent.user_id)


async def test_statements_that_do_not_fit_the_database_are_named(
    database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [
        changed("get_user", "account.email", "account.email as address"),
        changed("list_child_profiles", "from child_profiles", "from children"),
        changed("get_password", "*/ password", "*/ passphrase"),
    ]
    monkeypatch.setattr(queries, "bound_queries", lambda: wrong)
    with pytest.raises(QueryFileError) as refusal:
        await bind_columns(database)
    lines = str(refusal.value).splitlines()
    assert [line.partition(" (")[0] for line in lines] == [
        f"{query.statement.path}:{query.statement.line}: {query.statement.name}: {reason}"
        for query, reason in zip(
            wrong,
            (
                "no column for the field email of User: select it, or take it out there",
                'PostgreSQL says: relation "children" does not exist',
                'PostgreSQL says: column "passphrase" does not exist',
            ),
            strict=True,
        )
    ]
    assert "/api/auth/queries.py:" in lines[0]
