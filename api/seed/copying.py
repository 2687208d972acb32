"""Writes sample families to the tables with COPY."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import compress, islice
from typing import IO, Final, NamedTuple

import msgspec
from psycopg import Connection
from psycopg.sql import SQL, Identifier
from tqdm import tqdm

from api.auth.passwords import hash_password
from api.auth.tokens import new_token, token_digest
from api.samples import Row
from api.seed.families import Family, make_family, row_makers
from api.seed.references import Reference, in_dependency_order, read_references, resolve

PASSWORD: Final = "nestwerk-demo"  # noqa: S105

_encode: Final = msgspec.json.Encoder().encode
_LIFETIME: Final = timedelta(days=30)
# Families in one round of COPY statements.
_CHUNK: Final = 1000

# A second seeding at the same time waits, and continues the numbers of the first.
_LOCK: Final = "select pg_advisory_xact_lock(hashtext('nestwerk seed'))"
_LAST_NUMBER: Final = r"""
select coalesce(max(taken.number::bigint), 0)
  from users,
       lateral (
         values (substring(fold(username) from '^family-([0-9]{1,15})$')),
                (substring(fold(email) from '\.([0-9]{1,15})@example\.org$'))
       ) as taken (number)
"""
# Rows that were inserted with explicit ids may be ahead of the sequence.
_ADVANCE_SEQUENCE: Final = """
select setval(pg_get_serial_sequence({name}, 'id'), max(id))
  from {table}
having max(id) > coalesce(pg_sequence_last_value(pg_get_serial_sequence({name}, 'id')::regclass), 0)
"""
_IDS: Final = "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)"


class Keys(NamedTuple):
    """Ids of a family, with that of its first child, if any."""

    user_id: int
    profile_id: int
    child_id: int | None


def tables() -> list[str]:
    """Tables that the seed fills."""
    return ["users", "sessions", "parent_profiles", *row_makers()]


def add_families(connection: Connection, families: int, sessions: int, token_file: IO[str]) -> range:
    """Add families, and sessions for some of them, evenly spread, whose tokens go to a file.

    Returns the numbers of the families, which follow those in the database.
    """
    connection.execute(_LOCK)
    for table in tables():
        connection.execute(SQL(_ADVANCE_SEQUENCE).format(name=table, table=Identifier(table)))
    [(last,)] = connection.execute(_LAST_NUMBER)
    numbers = range(last + 1, last + 1 + families)
    password = hash_password(PASSWORD)
    references = read_references(connection, row_makers())
    with tqdm(total=families, unit=" families") as progress:
        for start in range(0, families, _CHUNK):
            chunk = range(families)[start : start + _CHUNK]
            made = [make_family(numbers[index]) for index in chunk]
            chosen = [index * sessions // families < (index + 1) * sessions // families for index in chunk]
            owners = _copy_families(connection, made, password, references)
            token_file.writelines(_copy_sessions(connection, list(compress(owners, chosen))))
            progress.update(len(made))
    return numbers


def _copy_families(
    connection: Connection, families: Sequence[Family], password: str, references: Sequence[Reference]
) -> list[Keys]:
    user_ids = _new_ids(connection, "users", len(families))
    profile_ids = _new_ids(connection, "parent_profiles", len(families))
    owners = list(zip(user_ids, profile_ids, families, strict=True))
    _copy(connection, "users", [{"id": id, "password": password, **family.account} for id, _, family in owners])
    _copy(
        connection,
        "parent_profiles",
        [{"id": profile_id, "user_id": user_id, **family.profile} for user_id, profile_id, family in owners],
    )
    ids = _copy_rows(connection, families, profile_ids, references)
    first_children = [next(iter(of_family), None) for of_family in ids["child_profiles"]]
    return [Keys(*keys) for keys in zip(user_ids, profile_ids, first_children, strict=True)]


def _copy_rows(
    connection: Connection, families: Sequence[Family], profile_ids: Sequence[int], references: Sequence[Reference]
) -> Mapping[str, Sequence[Sequence[int]]]:
    """Copy the other tables' rows; returns the ids of each family's rows, by table."""
    ids: dict[str, list[list[int]]] = {}
    for table in in_dependency_order(row_makers(), references):
        own = [reference for reference in references if reference.table == table]
        rows = [
            resolve(
                family.rows[table], own, {each.target: ids[each.target][index] for each in own if each.target != table}
            )
            for index, family in enumerate(families)
        ]
        new = iter(_new_ids(connection, table, sum(map(len, rows))))
        ids[table] = [list(islice(new, len(of_family))) for of_family in rows]
        _copy(
            connection,
            table,
            [
                {"id": id, "parent_profile_id": profile_id, **row}
                for profile_id, of_family, its_ids in zip(profile_ids, rows, ids[table], strict=True)
                for id, row in zip(its_ids, of_family, strict=True)
            ],
        )
    return ids


def _copy_sessions(connection: Connection, owners: Sequence[Keys]) -> Iterator[str]:
    """Copy a session for each family; yields the lines of the token file."""
    tokens = [new_token() for _ in owners]
    expires_at = datetime.now(UTC) + _LIFETIME
    _copy(
        connection,
        "sessions",
        [
            {
                "user_id": keys.user_id,
                "token_digest": token_digest(token),
                "user_agent": "just seed",
                "expires_at": expires_at,
            }
            for token, keys in zip(tokens, owners, strict=True)
        ],
    )
    for token, keys in zip(tokens, owners, strict=True):
        yield f"{token}\t{keys.user_id}\t{keys.profile_id}\t{keys.child_id or ''}\n"


def _copy(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Copy rows that all have the same columns."""
    if not rows:
        return
    names = list(rows[0])
    statement = SQL("copy {} ({}) from stdin").format(Identifier(table), SQL(", ").join(map(Identifier, names)))
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row([_encode(value).decode() if isinstance(value, dict) else value for value in row.values()])


def _new_ids(connection: Connection, table: str, count: int) -> list[int]:
    return [id for (id,) in connection.execute(_IDS, (table, count))]
