"""The families of the copy: how they come into it, and what clients can say of them."""

import io
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, LiteralString, NamedTuple

import psycopg

from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.releases.release import Release
from api.migrations import migrate, rollback
from api.migrations.scripts import reason
from api.seed.copying import add_families

_Keys = Sequence[Any]

# Families that clients call for, at most.
_CALLING: Final = 2000

_USERS: Final[LiteralString] = """
select id, username, password
  from users
 order by random()
 limit %s
"""
_OWNED: Final[Sequence[tuple[str, LiteralString]]] = (
    ("profiles", "select user_id, id from parent_profiles where user_id = any (%s)"),
    ("sessions", "select user_id, id, token_digest from sessions where user_id = any (%s)"),
    (
        "children",
        """select profile.user_id, child.id
             from parent_profiles as profile join child_profiles as child on child.parent_profile_id = profile.id
            where profile.user_id = any (%s)""",
    ),
    (
        "goals",
        """select profile.user_id, goal.id
             from parent_profiles as profile join parenting_goals as goal on goal.parent_profile_id = profile.id
            where profile.user_id = any (%s)""",
    ),
)


class Family(NamedTuple):
    """An account with the keys of its rows; None or nothing where the schema has no such table."""

    user_id: int
    username: str
    password: str
    parent_profile_id: int | None
    session_id: int | None
    token_digest: bytes | None
    children: Sequence[int]
    goals: Sequence[int]


def fill(dsn: str, release: Release, migrations: Path, families: int) -> str | None:
    """Add families to a database with the release's schema.

    Where the seed, which is the working tree's, doesn't fit that schema, the newest one is seeded and its migrations
    are taken back; returns then what didn't fit. `migrations` is the folder of them all.

    Raises:
        RehearsalError: the seed doesn't fit the newest schema either.
        MigrationError: a migration can't be applied to the empty schema, or not be taken back.

    """
    misfit = None
    try:
        _seed(dsn, families)
    except psycopg.Error as error:
        misfit = reason(error)
        migrate(dsn, directory=migrations)
        try:
            _seed(dsn, families)
        except psycopg.Error as newest:
            raise RehearsalError(
                f"`just seed` fits neither {release.name}: {misfit}, nor the newest schema: {reason(newest)}"
            ) from newest
        for _ in release.pending:
            rollback(dsn, directory=migrations)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
    return misfit


def calling_families(dsn: str) -> list[Family]:
    """Some of the families, from all over the tables."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        users = _rows(connection, _USERS, _CALLING)
        ids = [id for id, *_ in users]
        owned: dict[str, dict[int, list[_Keys]]] = {}
        for name, query in _OWNED:
            owned[name] = defaultdict(list)
            for user_id, *keys in _rows(connection, query, ids):
                owned[name][user_id].append(keys)
    return [
        _family(user, *[owned[name][user[0]] for name in ("profiles", "sessions", "children", "goals")])
        for user in users
    ]


def _family(user: _Keys, profiles: list[_Keys], sessions: list[_Keys], *members: list[_Keys]) -> Family:
    [profile_id] = profiles[0] if profiles else (None,)
    session_id, token_digest = sessions[0] if sessions else (None, None)
    children, goals = ([id for (id,) in rows] for rows in members)
    user_id, username, password = user
    return Family(user_id, username, password, profile_id, session_id, token_digest, children, goals)


def _seed(dsn: str, families: int) -> None:
    with psycopg.connect(dsn) as connection:
        add_families(connection, families, families, io.StringIO())


def _rows(connection: psycopg.Connection[Any], query: LiteralString, parameter: object) -> list[Any]:
    try:
        return connection.execute(query, [parameter]).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return []
