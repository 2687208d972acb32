"""Reads what a database grants to the service, the reader and everybody; only reads, with any role."""

from typing import Any, Final, NamedTuple

import psycopg

from api.checks.grants.roles import READER, SERVICE

# Objects of extensions are left out, and what everybody may do in other schemas. Rights of PUBLIC on the schema public,
# and on functions that run with the rights of their caller, are up to the DBA; whether it can create tables is checked
# with the roles.
_GRANTS: Final = r"""
with granted as (
  select 'pg_class'::regclass as catalog, c.oid,
         case
           when c.relkind = 'S' then 'sequence'
           when c.relispartition or c.relnamespace <> 'public'::regnamespace then 'other'
           else 'table'
         end as kind,
         null::text as column_name, 0 as position, c.relnamespace as namespace, acl.*
    from pg_class as c
   cross join lateral aclexplode(c.relacl) as acl
   union all
  select 'pg_class'::regclass, c.oid,
         case when c.relispartition or c.relnamespace <> 'public'::regnamespace then 'other' else 'table' end,
         a.attname::text, a.attnum, c.relnamespace, acl.*
    from pg_class as c
    join pg_attribute as a
      on a.attrelid = c.oid
     and not a.attisdropped
   cross join lateral aclexplode(a.attacl) as acl
   union all
  select 'pg_proc'::regclass, p.oid, 'function', null, 0, p.pronamespace, acl.*
    from pg_proc as p
   cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
   where acl.grantee <> 0
      or p.prosecdef
   union all
  select 'pg_type'::regclass, t.oid, 'type', null, 0, t.typnamespace, acl.*
    from pg_type as t
   cross join lateral aclexplode(t.typacl) as acl
   where acl.grantee <> 0
   union all
  select 'pg_namespace'::regclass, n.oid, 'schema', null, 0, n.oid, acl.*
    from pg_namespace as n
   cross join lateral aclexplode(n.nspacl) as acl
   where acl.grantee <> 0
     and not (n.nspname = 'public' and acl.privilege_type = 'CREATE')
   union all
  select 'pg_default_acl'::regclass, d.oid, 'what is made later:', null, 0, 'public'::regnamespace, acl.*
    from pg_default_acl as d
   cross join lateral aclexplode(d.defaclacl) as acl
   where not (d.defaclobjtype in ('f', 'T') and acl.grantee = 0)
)
select grantees.grantee,
       privileges.privilege,
       granted.kind,
       regexp_replace(
         (pg_identify_object(granted.catalog, granted.oid, 0)).identity,
         '^public\.|(?<=[(,])(public|pg_catalog)\.', '', 'g'
       ),
       granted.column_name
  from granted
 cross join lateral (
         values (case when granted.grantee = 0 then 'PUBLIC' else pg_get_userbyid(granted.grantee)::text end)
       ) as grantees (grantee)
 cross join lateral (
         values (replace(lower(granted.privilege_type), 'usage', 'have usage'), true),
                ('grant ' || lower(granted.privilege_type), granted.is_grantable)
       ) as privileges (privilege, holds)
 where grantees.grantee = any(%(roles)s)
   and privileges.holds
   and (granted.grantee <> 0 or granted.namespace = 'public'::regnamespace)
   and not exists (
         select
           from pg_depend as d
          where d.classid = granted.catalog
            and d.objid = granted.oid
            and d.deptype = 'e'
       )
 order by grantees.grantee, 4, privileges.privilege, granted.position
"""


class Grant(NamedTuple):
    """A privilege of a role, or of PUBLIC, on an object of a kind, or on one of its columns.

    Tables that no statement names, partitions and those of other schemas, are of the kind `other`.
    """

    grantee: str
    privilege: str
    kind: str
    name: str
    column: str | None

    @property
    def on(self) -> str:
        """The object, as it's written behind `on` in a grant."""
        return self.name if self.kind in {"table", "other"} else f"{self.kind} {self.name}"


def read_grants(connection: psycopg.Connection[Any]) -> list[Grant]:
    """Grants of a database to the service, the reader and PUBLIC."""
    return [Grant(*row) for row in connection.execute(_GRANTS, {"roles": [SERVICE, READER, "PUBLIC"]})]
