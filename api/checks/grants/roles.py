"""The roles of sql/roles.sql: service and reader, which can do only what is granted to them, and owner."""

from typing import Any, Final

import psycopg

from api.checks.faults import Message

SERVICE: Final = "nestwerk_service"
READER: Final = "nestwerk_reader"
OWNER: Final = "nestwerk_owner"
# Powers of a role beyond grants on tables.
_ATTRIBUTES: Final = """
select rolname::text, what
  from pg_roles
 cross join lateral (
         values ('is a superuser', rolsuper),
                ('can make databases', rolcreatedb),
                ('can make roles', rolcreaterole),
                ('can replicate', rolreplication),
                ('is above row security', rolbypassrls),
                ('can make tables', not rolsuper and has_schema_privilege(pg_roles.oid, 'public', 'create')),
                ('is a member of another role', exists (select from pg_auth_members where member = pg_roles.oid)),
                (
                  'may take all connections',
                  rolname = 'nestwerk_service'
                  and rolconnlimit not between 0 and current_setting('max_connections')::integer
                  - current_setting('superuser_reserved_connections')::integer
                  - current_setting('reserved_connections')::integer - 1
                ),
                ('owns tables', exists (select from pg_class where relowner = pg_roles.oid))
       ) as attributes (what, holds)
 where rolname = any(%s)
   and holds
"""
# Objects of extensions are left out.
_OWNED_BY_OTHERS: Final = """
select name, pg_get_userbyid(owner)::text
  from (
         select oid::regclass::text as name, oid, relowner as owner, 'pg_class'::regclass as catalog
           from pg_class
          where relnamespace = 'public'::regnamespace
            and relkind in ('r', 'p', 'v', 'm')
          union all
         select oid::regprocedure::text, oid, proowner, 'pg_proc'
           from pg_proc
          where pronamespace = 'public'::regnamespace
          union all
         select oid::regtype::text, oid, typowner, 'pg_type'
           from pg_type
          where typnamespace = 'public'::regnamespace
            and typtype in ('e', 'd')
       ) as objects
 where pg_get_userbyid(owner) <> %s
   and not exists (
         select from pg_depend as d where d.classid = catalog and d.objid = objects.oid and d.deptype = 'e'
       )
 order by 1
"""


def check_role_attributes(connection: psycopg.Connection[Any]) -> list[Message]:
    """Powers of the roles beyond their grants: attributes, memberships, ownership."""
    held = connection.execute(_ATTRIBUTES, [[SERVICE, READER]])
    foreign = connection.execute(_OWNED_BY_OTHERS, [OWNER])
    return [
        *(f"{role} {what}: take that from it, it is to do what its grants say" for role, what in held),
        *(f"{name} is owned by {owner}: give it to {OWNER}, which is to own everything" for name, owner in foreign),
    ]
