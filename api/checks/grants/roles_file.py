"""Whether sql/roles.sql lets the service run its statements and nothing else, and shows the reader nobody's secrets."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier

from api.checks.grants.privileges import explained
from api.checks.grants.roles import READER, SERVICE, check_attributes
from api.database.statements.files import Statement
from api.migrations.runner import HISTORY

_GRANTS: Final = """
select grantee::text, lower(privilege_type), table_name::text, column_name::text
  from (
         select grantee, privilege_type, table_schema, table_name, column_name
           from information_schema.column_privileges
          union all
         select grantee, privilege_type, table_schema, table_name, null
           from information_schema.table_privileges
       ) as privileges
 where table_schema = 'public'
   and grantee in (%(role)s, 'PUBLIC')
   and not exists (
         select
           from pg_depend as d
          where d.classid = 'pg_class'::regclass
            and d.objid = format('%%I.%%I', table_schema, table_name)::regclass
            and d.deptype = 'e'
       )
"""
# Of each column: its privacy class, and whether a role reads it. The tables of yoyo have none.
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
   and c.relname <> all(array['_yoyo_log', '_yoyo_version', 'yoyo_lock'])
   and not exists (
         select from pg_depend as d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
       )
 order by 1, a.attnum
"""
_READABLE: Final = {"personal", "operational"}


def check_roles_file(connection: psycopg.Connection[Any], statements: Collection[Statement]) -> list[str]:
    """What is wrong with the roles of a migrated database; it's the same afterwards.

    Grants are taken away one by one, to see whether a statement misses them: so it has to be a superuser's connection,
    in autocommit, to a database that nobody else works on.
    """
    run = needed_statements(statements)
    # What a role can do without a grant would make all of its grants seem idle.
    faults = check_attributes(connection) or [*_missing(connection, run), *_idle(connection, run), *_reader(connection)]
    return [f"sql/roles.sql: {fault}" for fault in faults]


def needed_statements(statements: Collection[Statement]) -> list[Statement]:
    """What the service runs: its statements, and the history of migrations that it looks at when it starts."""
    history = msgspec.structs.replace(next(iter(statements)), name="the history of migrations", text=HISTORY)
    return [*statements, history]


def read_privacy(connection: psycopg.Connection[Any], role: str) -> list[tuple[str, str, str, bool, bool]]:
    """Of each column its table, name and privacy class, and whether a role reads it or may change something of it."""
    return connection.execute(_COLUMNS, {"role": role}).fetchall()


def to_reader(columns: Iterable[tuple[str, str, str, bool, bool]]) -> dict[str, list[str]]:
    """Columns that the reader is to read, by table."""
    readable: dict[str, list[str]] = {}
    for table, column, privacy, *_ in columns:
        if privacy in _READABLE:
            readable.setdefault(table, []).append(column)
    return readable


def _missing(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[str]:
    refusals = [(statement.name, refusal(connection, [statement])) for statement in statements]
    return [f"{SERVICE} may not run {name}: {refusal}" for name, refusal in refusals if refusal]


def _idle(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[str]:
    idle: dict[tuple[str, str, str], list[str]] = {}
    for grantee, privilege, table, column in connection.execute(_GRANTS, {"role": SERVICE}).fetchall():
        revoke = SQL("revoke {} {} on {} from {}").format(
            SQL(privilege),
            SQL("({})").format(Identifier(column)) if column else SQL(""),
            Identifier(table),
            SQL("public") if grantee == "PUBLIC" else Identifier(grantee),
        )
        concerned = [statement for statement in statements if table in statement.text]
        with connection.transaction(force_rollback=True):
            connection.execute(revoke)
            if not refusal(connection, concerned):
                idle.setdefault((grantee, privilege, table), []).extend(filter(None, [column]))
    return [
        f"{grantee} may {privilege} {column_list(columns)}on {table}: no statement needs it"
        for (grantee, privilege, table), columns in idle.items()
    ]


def column_list(columns: Sequence[str]) -> str:
    """Columns as a grant names them; nothing for the whole table."""
    return f"({', '.join(columns)}) " if columns else ""


def refusal(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> str | None:
    """What PostgreSQL says to the service where it may not run one of the statements."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(SQL("set local role {}").format(Identifier(SERVICE)))
            connection.execute(explained(statements).encode())
    except psycopg.errors.InsufficientPrivilege as error:
        return error.diag.message_primary
    return None


def _reader(connection: psycopg.Connection[Any]) -> list[str]:
    found = []
    for table, column, privacy, reads, writes in read_privacy(connection, READER):
        if writes:
            found.append(f"{READER} may change {table}.{column}: it is to read only")
        if reads != (privacy in _READABLE):
            found.append(f"{READER} may {'' if reads else 'not '}read {table}.{column}, which is {privacy}")
    return found
