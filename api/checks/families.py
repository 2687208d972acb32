"""Families of a database, in whose name statements are called."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from api.facts import Family, Table

_COMPLETE_FIRST: Final = SQL("parent_profiles.id is null, sessions.id is null, users.id")
_AT_RANDOM: Final = SQL("random()")
# A schema without profiles or sessions has families too, which lack them.
_USERS: Final = SQL("select id, username, password from users order by {order} limit {limit}")
_ACCOUNTS: Final = SQL("""
select distinct on (users.id) users.id, users.username, users.password, parent_profiles.id, sessions.id,
       sessions.token_digest
  from users
  left join parent_profiles
    on parent_profiles.user_id = users.id
  left join sessions
    on sessions.user_id = users.id
 where users.id in (
         select users.id
           from users
           left join parent_profiles
             on parent_profiles.user_id = users.id
           left join sessions
             on sessions.user_id = users.id
          order by {order}
          limit {limit}
       )
 order by users.id, sessions.id
""")
_OF_FAMILY: Final = SQL("""
select profile.user_id, owned.id
  from parent_profiles as profile
  join {table} as owned
    on owned.{owner} = profile.id
 where profile.user_id = any (%s)
 order by owned.id
""")
_OF_USER: Final = SQL("select {owner}, id from {table} where {owner} = any (%s) order by id")


def first_family(connection: psycopg.Connection[Any], tables: Mapping[str, Table]) -> Family | None:
    """The first family that has a profile and a session, or else as much as there is.

    Raises:
        psycopg.errors.UndefinedTable: the database has no accounts, as before it is migrated.

    """
    connection.execute("select from users limit 0")
    return next(_families(connection, tables, _COMPLETE_FIRST, 1), None)


def some_families(connection: psycopg.Connection[Any], tables: Mapping[str, Table], limit: int) -> list[Family]:
    """Families from all over the tables, at most so many."""
    return list(_families(connection, tables, _AT_RANDOM, limit))


def _families(
    connection: psycopg.Connection[Any], tables: Mapping[str, Table], order: SQL, limit: int
) -> Iterator[Family]:
    accounts = _rows(connection, _ACCOUNTS.format(order=order, limit=limit))
    if not accounts:
        bare = _rows(connection, _USERS.format(order=SQL("id"), limit=limit))
        accounts = [(*account, None, None, None) for account in bare]
    ids = [user_id for user_id, *_ in accounts]
    rows: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for name, table in tables.items():
        for user_id, id in _rows(connection, _owned(name, table), ids) if table.owners else ():
            rows[user_id].setdefault(name, []).append(id)
    for user_id, username, password, profile_id, session_id, token_digest in accounts:
        yield Family(user_id, username, password, profile_id, session_id, token_digest, rows[user_id])


def _owned(name: str, table: Table) -> Composed:
    """Statement for the ids of a table's rows, by user."""
    owners = {owner: column for column, owner in table.owners.items()}
    kind, owner = (_OF_USER, owners["user"]) if "user" in owners else (_OF_FAMILY, owners["family"])
    return kind.format(table=Identifier(name), owner=Identifier(owner))


def _rows(connection: psycopg.Connection[Any], query: Composed, *parameters: object) -> list[Any]:
    """Rows of a query; none where the schema doesn't have what it asks for."""
    try:
        with connection.transaction():
            return connection.execute(query, parameters).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return []
