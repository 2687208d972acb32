"""Checks that sql/roles.sql grants the service exactly what its statements need, and the reader no secrets."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier

from api.checks.faults import Message
from api.checks.grants.granted import Grant, read_grants
from api.checks.grants.needs import Need, read_needs
from api.checks.grants.privileges import explain_script
from api.checks.grants.release_grants import Privilege
from api.checks.grants.roles import READER, SERVICE, check_role_attributes
from api.database.statements.files import Statement
from api.migrations.states import HISTORY

# Each column with its privacy class and whether a role may read and write it. yoyo's tables have no comments. Who reads
# partitions does so by their tables.
_COLUMNS: Final = r"""
select c.relname::text,
       a.attname::text,
       case
         when c.relname ~ '^_yoyo_' then 'operational'
         else coalesce(substring(col_description(c.oid, a.attnum) from '^\[(.*?)\]'), 'of no privacy class')
       end,
       has_column_privilege(%(role)s, c.oid, a.attnum, 'select'),
       has_column_privilege(%(role)s, c.oid, a.attnum, 'insert, update, references')
         or has_table_privilege(%(role)s, c.oid, 'delete, truncate, trigger')
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace
   and c.relkind in ('r', 'p', 'v', 'm')
   and not c.relispartition
   and c.relname <> all(array['_yoyo_log', '_yoyo_version', 'yoyo_lock'])
   and not exists (
         select from pg_depend as d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
       )
 order by 1, a.attnum
"""
_READABLE: Final = {"personal", "operational"}
# What a statement can need.
_OF_STATEMENTS: Final = {"select", "insert", "update", "delete"}
_MEND: Final = "`just generate` writes the grants"


def check_roles_file(
    connection: psycopg.Connection[Any],
    statements: Collection[Statement],
    kept: Collection[Privilege] = (),
) -> list[str]:
    """Faults of the roles of a migrated database, which is the same afterwards.

    `kept` are privileges of the service that no statement has to need. The connection has to be a superuser's, in
    autocommit.
    """
    run = service_statements(statements)
    # If a role has powers beyond its grants, all of its grants would seem unneeded.
    faults = check_role_attributes(connection) or [
        *_missing(connection, run),
        *_unneeded(connection, run, kept),
        *_reader_faults(connection),
    ]
    return [f"sql/roles.sql: {fault}" for fault in faults]


def service_statements(statements: Collection[Statement]) -> list[Statement]:
    """All that the service runs: its statements, and the query for applied migrations that it starts with."""
    history = msgspec.structs.replace(next(iter(statements)), name="the history of migrations", text=HISTORY)
    return [*statements, history]


def read_column_privacy(connection: psycopg.Connection[Any], role: str) -> list[tuple[str, str, str, bool, bool]]:
    """Table, name and privacy class of each column, and whether a role may read it, and change it or its table."""
    return connection.execute(_COLUMNS, {"role": role}).fetchall()


def readable_columns(columns: Iterable[tuple[str, str, str, bool, bool]]) -> dict[str, list[str]]:
    """Columns that the reader is meant to read, by table."""
    readable: dict[str, list[str]] = {}
    for table, column, privacy, *_ in columns:
        if privacy in _READABLE:
            readable.setdefault(table, []).append(column)
    return readable


def _missing(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[Message]:
    refusals = [(each.name, refusal(connection, [each])) for each in doubtful(connection, statements)]
    return [f"{SERVICE} may not run {name}: {refusal}; {_MEND}" for name, refusal in refusals if refusal]


def _unneeded(
    connection: psycopg.Connection[Any], statements: Sequence[Statement], kept: Collection[Privilege]
) -> list[Message]:
    idle: dict[tuple[str, str, str], list[str]] = {}
    grants = read_grants(connection)
    needs = read_needs(connection, statements)
    for grant in grants:
        if not _is_given(grant, kept) and not _is_needed(grant, grants, needs):
            idle.setdefault((grant.grantee, grant.privilege, grant.on), []).extend(filter(None, [grant.column]))
    return [
        f"{grantee} may {privilege} {column_list(columns)}on {name}: no statement needs it; {_MEND}"
        for (grantee, privilege, name), columns in idle.items()
    ]


def _is_given(grant: Grant, kept: Collection[Privilege]) -> bool:
    """Whether sql/roles.sql gives it on purpose, or another check looks at it."""
    if grant.kind == "schema":
        return grant.name == "public" and grant.privilege == "have usage"
    if grant.kind == "function":
        return grant.privilege == "execute" and grant.grantee != "PUBLIC" and "." not in grant.name.partition("(")[0]
    if grant.kind != "table" or grant.privilege.startswith("grant "):
        return False
    if grant.grantee == READER:
        return grant.privilege != "maintain"
    return (
        grant.grantee == SERVICE
        and grant.privilege in _OF_STATEMENTS
        and (grant.privilege, grant.name, grant.column) in kept
    )


def _is_needed(grant: Grant, grants: Collection[Grant], needs: Collection[Need]) -> bool:
    """Whether a statement would be refused without it."""
    if grant.kind != "table" or grant.grantee == READER or grant.privilege.startswith("grant "):
        return False
    # What is revoked of a table is revoked of its columns.
    left = {
        (each.privilege, each.name, each.column)
        for each in grants
        if each.kind == "table"
        and each.grantee != READER
        and each != grant
        and not (
            grant.column is None
            and (each.grantee, each.privilege, each.name) == (grant.grantee, grant.privilege, grant.name)
        )
    }
    return any(not need.is_met(left) for need in needs if (need.privilege, need.table) == (grant.privilege, grant.name))


def column_list(columns: Sequence[str]) -> str:
    """Columns in parentheses, as in a grant; empty for the whole object."""
    return f"({', '.join(columns)}) " if columns else ""


def refusal(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> str | None:
    """PostgreSQL's message if the service may not run one of the statements, else None."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(SQL("set local role {}").format(Identifier(SERVICE)))
            connection.execute(explain_script(statements).encode())
    except psycopg.errors.InsufficientPrivilege as error:
        return error.diag.message_primary
    return None


def doubtful(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> Sequence[Statement]:
    """All statements if PostgreSQL refuses one: asked at once, as one by one they take a round trip each."""
    try:
        return statements if refusal(connection, statements) else []
    except psycopg.Error:
        return statements


def _reader_faults(connection: psycopg.Connection[Any]) -> list[Message]:
    found: list[Message] = []
    for table, column, privacy, reads, writes in read_column_privacy(connection, READER):
        if writes:
            found.append(f"{READER} may change {table}.{column}: it is to read only; {_MEND}")
        if reads != (privacy in _READABLE):
            found.append(f"{READER} may {'' if reads else 'not '}read {table}.{column}, which is {privacy}; {_MEND}")
    return found
