"""Reads what a database has besides the schema public: what pg_dump leaves out there, by name or in a line each.

sql/beside.txt lists what may be there all the same.
"""

from typing import Final

import psycopg

from api.command_error import CommandError
from api.paths import BESIDE
from api.postgres.log_settings import LOG_SETTINGS

# Names only, as the role may have no right to read the rest, and options may hold passwords. Extensions say their
# version where it isn't the newest that the server has; what an extension made is left out.
_BESIDE: Final = r"""
with ours as (
  select 'pg_cast'::regclass as catalog, oid, concat_ws(' ', castcontext, castmethod) as details
    from pg_cast
   union all
  select 'pg_event_trigger'::regclass, oid, concat_ws(' ', evtevent, evtenabled, evttags::text, evtfoid::regprocedure)
    from pg_event_trigger
   union all
  select 'pg_foreign_data_wrapper'::regclass, oid, null
    from pg_foreign_data_wrapper
   union all
  select 'pg_foreign_server'::regclass, oid, null
    from pg_foreign_server
   union all
  select 'pg_language'::regclass, oid, null
    from pg_language
   union all
  select 'pg_transform'::regclass, oid, null
    from pg_transform
   union all
  select 'pg_am'::regclass, oid, null
    from pg_am
   union all
  select 'pg_publication'::regclass, oid,
         concat_ws(
           ' ',
           case when puballtables then 'all tables' end, case when pubinsert then 'insert' end,
           case when pubupdate then 'update' end, case when pubdelete then 'delete' end,
           case when pubtruncate then 'truncate' end
         )
    from pg_publication
   union all
  select 'pg_publication_rel'::regclass, oid, concat_ws(' ', pg_get_expr(prqual, prrelid), prattrs::text)
    from pg_publication_rel
   union all
  select 'pg_publication_namespace'::regclass, oid, null
    from pg_publication_namespace
   union all
  select 'pg_default_acl'::regclass, oid, defaclacl::text
    from pg_default_acl
   union all
  select 'pg_namespace'::regclass, oid, null
    from pg_namespace
   where nspname !~ '^pg_'
     and nspname not in ('public', 'information_schema')
)
select concat_ws(' ', 'CREATE', upper(what.type), what.identity, nullif(ours.details, '')) || ';'
  from ours
 cross join lateral pg_identify_object(ours.catalog, ours.oid, 0) as what
 -- Those of PostgreSQL itself have lower numbers.
 where ours.oid >= 16384
   and not exists (
         select
           from pg_depend as d
          where d.classid = ours.catalog
            and d.objid = ours.oid
            and d.deptype in ('e', 'i')
       )
 union all
select concat_ws(
         ' ', 'CREATE EXTENSION', quote_ident(extname), 'VERSION ' || quote_literal(nullif(extversion, default_version))
       ) || ';'
  from pg_extension
  left join pg_available_extensions as newest
    on newest.name = extname
 where extname <> 'plpgsql'
 union all
select format('CREATE SUBSCRIPTION %%I;', subname)
  from pg_subscription
  join pg_database as d
    on d.oid = subdbid
   and d.datname = current_database()
 union all
select format('CREATE USER MAPPING FOR %%I SERVER %%I;', usename, srvname)
  from pg_user_mappings
 union all
select concat_ws(
         ' ',
         'ALTER',
         case when setrole = 0 then 'DATABASE' else 'ROLE ' || setrole::regrole end,
         case when setrole <> 0 and setdatabase <> 0 then 'IN DATABASE' end,
         'SET',
         setting
       ) || ';'
  from pg_db_role_setting
 cross join unnest(setconfig) as setting
 where setdatabase in (0, (select oid from pg_database where datname = current_database()))
   and (setdatabase <> 0 or pg_get_userbyid(setrole) in ('nestwerk_owner', 'nestwerk_service', 'nestwerk_reader'))
   and (setrole = 0 or setting <> all(%(log_settings)s))
 union all
select concat_ws(
         ' ', 'ALTER TABLE', c.oid::regclass, 'SET TABLESPACE ' || spcname, 'SET ACCESS METHOD ' || amname
       ) || ';'
  from pg_class as c
  left join pg_tablespace as t
    on t.oid = c.reltablespace
  left join pg_am as a
    on a.oid = c.relam
   and a.amname <> 'heap'
 where c.relnamespace = 'public'::regnamespace
   and c.relkind in ('r', 'p', 'm')
   and (spcname is not null or amname is not null)
"""


class BesideError(CommandError):
    """sql/beside.txt can't be used; the message says why."""


def read_beside(dsn: str) -> list[str]:
    """What a database has besides the schema public and isn't listed in sql/beside.txt, one line each, in order.

    Raises:
        BesideError: a line of sql/beside.txt has no reason.
        psycopg.Error: the database can't be reached or read.

    """
    settings = [f"{name}={value}" for name, value in LOG_SETTINGS.items()]
    with psycopg.connect(dsn) as connection:
        connection.execute("set search_path = public")
        found = {line for (line,) in connection.execute(_BESIDE, {"log_settings": settings})}
    return sorted(found - exemptions(BESIDE.read_text("utf-8")))


def exemptions(text: str) -> set[str]:
    """Lines of sql/beside.txt that aren't comments.

    Raises:
        BesideError: there's no comment right above one.

    """
    lines = [line.strip() for line in text.splitlines()]
    for before, line in zip(["", *lines], lines, strict=False):
        if line and not line.startswith("--") and not before.startswith("--"):
            raise BesideError(f"sql/beside.txt: {line} has no reason: write one above it, behind --")
    return {line for line in lines if line and not line.startswith("--")}
