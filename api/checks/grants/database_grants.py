"""Compares the grants of a database with those of sql/roles.sql; only reads, with any role."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

import psycopg

from api.checks.faults import Message
from api.checks.grants.roles import READER, SERVICE, check_role_attributes
from api.checks.grants.roles_file import column_list

# Objects of extensions are left out.
_GRANTS: Final = """
with granted as (
  select c.oid, c.relname::text as name, null::text as column_name, 0 as position, acl.*
    from pg_class as c
   cross join lateral aclexplode(c.relacl) as acl
   where c.relnamespace = 'public'::regnamespace
   union all
  select c.oid, c.relname::text, a.attname::text, a.attnum, acl.*
    from pg_class as c
    join pg_attribute as a
      on a.attrelid = c.oid
     and not a.attisdropped
   cross join lateral aclexplode(a.attacl) as acl
   where c.relnamespace = 'public'::regnamespace
   union all
  select n.oid, 'schema public', null, 0, acl.grantor, acl.grantee, 'have usage', false
    from pg_namespace as n
   cross join lateral aclexplode(n.nspacl) as acl
   where n.nspname = 'public'
     -- Rights of PUBLIC on the schema are up to the DBA; whether it can create tables is checked with the roles.
     and acl.grantee <> 0
     and acl.privilege_type = 'USAGE'
)
select grantees.grantee, privileges.privilege, granted.name, granted.column_name
  from granted
 cross join lateral (
         values (case when granted.grantee = 0 then 'PUBLIC' else pg_get_userbyid(granted.grantee)::text end)
       ) as grantees (grantee)
 cross join lateral (
         values (lower(granted.privilege_type), true),
                ('grant ' || lower(granted.privilege_type), granted.is_grantable)
       ) as privileges (privilege, holds)
 where grantees.grantee = any(%s)
   and privileges.holds
   and not exists (select from pg_depend as d where d.objid = granted.oid and d.deptype = 'e')
 order by grantees.grantee, granted.name, privileges.privilege, granted.position
"""
_NEVER_RUN: Final[Message] = (
    f"nothing is granted to {SERVICE} or {READER} here: "
    "run it as a superuser, or as the owner of the database, "
    'with psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f sql/roles.sql'
)


class Grant(NamedTuple):
    """A privilege of a role, or of PUBLIC, on a column, or on a whole table."""

    grantee: str
    privilege: str
    table: str
    column: str | None


def read_grants(connection: psycopg.Connection[Any]) -> list[Grant]:
    """Grants of a database to the service, the reader and PUBLIC."""
    return [Grant(*row) for row in connection.execute(_GRANTS, [[SERVICE, READER, "PUBLIC"]])]


def check_database_grants(connection: psycopg.Connection[Any], wanted: Collection[Grant]) -> list[str]:
    """How a database's roles differ from `wanted`, the grants of a database that sql/roles.sql was run on."""
    here = read_grants(connection)
    never_run = all(grant.grantee == "PUBLIC" for grant in here)
    faults = [_NEVER_RUN] if never_run else [*check_role_attributes(connection), *_differences(wanted, here)]
    return [f"sql/roles.sql: {fault}" for fault in faults]


def _differences(wanted: Collection[Grant], here: Sequence[Grant]) -> list[Message]:
    lacking, idle = _phrases(_not_covered([*wanted], here)), _phrases(_not_covered(here, wanted))
    return [
        *(f"{role} may not {rest} here: run the file again" for role, rest in lacking),
        *(f"{role} may {rest} here, and not by sql/roles.sql: run the file again" for role, rest in idle),
    ]


def _not_covered(grants: Collection[Grant], others: Collection[Grant]) -> list[Grant]:
    """Grants that `others` don't cover; a grant on a table covers its columns."""
    covered = set(others)
    return [grant for grant in grants if covered.isdisjoint({grant, grant._replace(column=None)})]


def _phrases(grants: Sequence[Grant]) -> list[tuple[str, str]]:
    """Grants in words, as role and rest, one for each role, privilege and table."""
    columns: dict[Grant, list[str]] = {}
    for grant in grants:
        table = grant._replace(column=None)
        if grant.column is None or table not in grants:
            columns.setdefault(table, []).extend(filter(None, [grant.column]))
    return [
        (table.grantee, f"{table.privilege} {column_list(names)}on {table.table}") for table, names in columns.items()
    ]
