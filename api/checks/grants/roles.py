"""The roles of sql/roles.sql: service and reader, which can do only what is granted to them, and owner."""

from typing import Any, Final

import psycopg

from api.checks.faults import Message
from api.postgres.log_settings import LOG_SETTINGS

SERVICE: Final = "nestwerk_service"
READER: Final = "nestwerk_reader"
OWNER: Final = "nestwerk_owner"
# Powers of a role beyond grants on tables, and whether only a superuser can take them away. A superuser has them all.
_ATTRIBUTES: Final = """
with here as (
  select oid as database
    from pg_database
   where datname = current_database()
)
select rolname::text, what, what = 'can run code with `do`'
  from pg_roles as role
 cross join here
 cross join lateral (
         values ('is a superuser', rolsuper),
                ('can make databases', rolcreatedb),
                ('can make roles', rolcreaterole),
                ('can replicate', rolreplication),
                ('is above row security', rolbypassrls),
                ('can make tables', not rolsuper and has_schema_privilege(role.oid, 'public', 'create')),
                ('can make schemas', not rolsuper and has_database_privilege(role.oid, database, 'create')),
                ('can make temporary tables', not rolsuper and has_database_privilege(role.oid, database, 'temporary')),
                ('can run code with `do`', not rolsuper and has_language_privilege(role.oid, 'plpgsql', 'usage')),
                ('can change settings of superusers', exists (
                  select
                    from pg_parameter_acl
                   cross join aclexplode(paracl) as acl
                   where acl.grantee in (0, role.oid)
                )),
                ('is a member of another role', exists (
                  select
                    from pg_auth_members
                   where member = role.oid
                     -- So that it sees whom a standby follows.
                     and (rolname, roleid::regrole::text) <> ('nestwerk_service', 'pg_read_all_stats')
                )),
                ('may take all connections',
                  rolname = 'nestwerk_service'
                  and rolconnlimit not between 0 and current_setting('max_connections')::integer
                  - current_setting('superuser_reserved_connections')::integer
                  - current_setting('reserved_connections')::integer - 1
                ),
                ('owns tables', exists (select from pg_class where relowner = role.oid))
       ) as attributes (what, holds)
 where rolname = any(%(roles)s)
   and holds
 union all
select distinct rolname::text, what, true
  from pg_roles as role
 cross join (
         values ('can make large objects', '^(lo_.*|loread|lowrite)$'),
                ('can hold advisory locks', '^pg_(try_)?advisory_(xact_)?lock'),
                ('can write messages for replication', '^pg_logical_emit_message$')
       ) as powers (what, functions)
  join pg_proc as p
    on p.pronamespace = 'pg_catalog'::regnamespace
   and p.proname ~ functions
 where rolname = any(%(roles)s)
   and not rolsuper
   and has_function_privilege(role.oid, p.oid, 'execute')
 union all
select distinct rolname::text,
       format('can run %%s with the rights of %%s', p.oid::regprocedure, pg_get_userbyid(p.proowner)),
       false
  from pg_roles as role
  join pg_proc as p
    on p.prosecdef
   and p.prorettype <> 'trigger'::regtype
   -- So that events are append-only by grants.
   and not (rolname = 'nestwerk_service' and p.oid = to_regprocedure('public.remove_year_old_events()'))
 where rolname = any(%(roles)s)
   and not rolsuper
   and has_function_privilege(role.oid, p.oid, 'execute')
   and not exists (
         select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
       )
"""
# Settings that a role should log in with, and doesn't, and whether only a superuser can set them.
_UNSET: Final = """
select rolname::text,
       name,
       value,
       not exists (select from pg_settings where pg_settings.name = wanted.name and context = 'user')
  from pg_roles
 cross join unnest(%(names)s::text[], %(values)s::text[]) as wanted (name, value)
 where rolname = any(%(roles)s)
   and not coalesce(rolconfig, '{}') @> array[name || '=' || value]
"""
# What sql/roles.sql gives to the owner, by the same query.
_OWNED_BY_OTHERS: Final = r"""
select regexp_replace((pg_identify_object(d.classid, d.objid, 0)).identity, '\m(public|pg_catalog)\.', '', 'g'),
       pg_get_userbyid(owner)::text
  from pg_depend as d
  left join pg_shdepend as s
    on s.dbid = (select oid from pg_database where datname = current_database())
   and s.classid = d.classid
   and s.objid = d.objid
   and s.deptype = 'o'
 cross join lateral (values (coalesce(s.refobjid, 10))) as owners (owner)
 where d.refclassid = 'pg_namespace'::regclass
   and d.refobjid = 'public'::regnamespace
   and d.classid::regclass::text = any(
         '{pg_class,pg_proc,pg_type,pg_statistic_ext,pg_collation,pg_conversion,pg_operator,pg_opclass,pg_opfamily,pg_ts_config,'
         'pg_ts_dict}'
       )
   and pg_get_userbyid(owner) <> %(owner)s
   and (pg_get_userbyid(owner) = any(%(roles)s) or pg_has_role(owner, %(owner)s, 'set'))
   and not exists (
         select
           from pg_depend as of_another
          where of_another.classid = d.classid
            and of_another.objid = d.objid
            and of_another.objsubid = 0
            and (
              of_another.deptype in ('e', 'i')
              or (of_another.deptype = 'a' and d.objid in (select oid from pg_class where relkind = 'S'))
            )
       )
 order by 1
"""


# Whether the database's owner is no superuser, as on a server that others manage.
_IS_MANAGED: Final = """
select not rolsuper
  from pg_database
  join pg_roles
    on pg_roles.oid = datdba
 where datname = current_database()
"""


def check_role_attributes(connection: psycopg.Connection[Any]) -> list[Message]:
    """Powers of the roles beyond their grants: attributes, memberships, ownership; and settings that they lack.

    Where the database's owner is no superuser, what only a superuser can change is left out: see `left_to_superusers`.
    """
    return [
        *(fault for fault, is_superusers in _role_faults(connection) if not is_superusers),
        *(
            f"{name} is owned by {owner}: give it to {OWNER}, which is to own everything"
            for name, owner in read_foreign(connection)
        ),
    ]


def read_foreign(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """What sql/roles.sql gives to the owner and is another's, and whose."""
    return connection.execute(_OWNED_BY_OTHERS, {"owner": OWNER, "roles": [SERVICE, READER]}).fetchall()


def left_to_superusers(connection: psycopg.Connection[Any]) -> list[str]:
    """Powers and settings of the roles that the database's owner can't change, and no superuser has changed."""
    return [fault for fault, is_superusers in _role_faults(connection) if is_superusers]


def _role_faults(connection: psycopg.Connection[Any]) -> list[tuple[Message, bool]]:
    """Faults, and whether they are left to superusers."""
    roles = [SERVICE, READER]
    is_managed = connection.execute(_IS_MANAGED).fetchone() == (True,)
    held = connection.execute(_ATTRIBUTES, {"roles": roles})
    unset = connection.execute(_UNSET, {"roles": roles, "names": [*LOG_SETTINGS], "values": [*LOG_SETTINGS.values()]})
    return [
        *(
            (f"{role} {what}: take that from it, it is to do what its grants say", is_managed and is_superusers)
            for role, what, is_superusers in held
        ),
        *((_lack(role, f"{name} = {value}"), is_managed and only) for role, name, value, only in unset),
    ]


def _lack(role: str, setting: str) -> Message:
    return f"{role} lacks the setting {setting}, so PostgreSQL may log what a client sent: run the file again"
