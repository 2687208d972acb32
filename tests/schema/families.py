"""Accounts and families for tests of the database itself, and what it refuses."""

import json
from secrets import token_bytes, token_hex

import asyncpg
import pytest

from api.database.aliases import Connection

# The form of passwords here and in the system before.
ARGON2 = "$argon2id$unusable"
SCRYPT = f"{'0' * 128}.{'0' * 32}"


async def new_account(database: Connection, password: str = ARGON2) -> int:
    """An account without anything; its id."""
    name = f"schema-{token_hex(8)}"
    user_id: int = await database.fetchval(
        "insert into users (username, email, password) values ($1, $2, $3) returning id",
        name,
        f"{name}@example.org",
        password,
    )
    return user_id


async def new_family(database: Connection, user_id: int | None = None) -> int:
    """A profile of an account, a new one by default; its id."""
    profile_id: int = await database.fetchval(
        "insert into parent_profiles (user_id, name) values ($1, 'Noor') returning id",
        await new_account(database) if user_id is None else user_id,
    )
    return profile_id


async def new_session(database: Connection, user_id: int) -> int:
    session_id: int = await database.fetchval(
        "insert into sessions (user_id, token_digest, expires_at)"
        " values ($1, $2, now() + interval '1 day') returning id",
        user_id,
        token_bytes(32),
    )
    return session_id


async def new_child(database: Connection, family: int, routines: object = None) -> int:
    child_id: int = await database.fetchval(
        "insert into child_profiles (parent_profile_id, name, age, routines) values ($1, 'Sam', 4, $2) returning id",
        family,
        json.dumps({} if routines is None else routines),
    )
    return child_id


async def refused(
    database: Connection, constraint: str | None, statement: str, *values: object, state: str = "23514"
) -> asyncpg.PostgresError:
    """The error of a statement that is refused with a state and a constraint's name; the transaction goes on."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with database.transaction():
            await database.execute(statement, *values)
    assert (caught.value.sqlstate, caught.value.as_dict().get("constraint_name")) == (state, constraint)
    return caught.value
