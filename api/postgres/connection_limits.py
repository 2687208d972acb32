"""How many connections PostgreSQL has for the service."""

from typing import Final

from api.postgres.server_checks import PreflightError, connected

# Each limit that holds for this role, what it's called, and how many connections of it others use. Without privileges a
# role sees of others' sessions whose they are and in which database.
_LIMITS: Final = """
with used as (
  select datid, usesysid
    from pg_stat_activity
   where datid is not null
     and usesysid is not null
     and pid <> pg_backend_pid()
),
own as (
  select oid, rolname, rolsuper, rolconnlimit
    from pg_roles
   where rolname = session_user
)
select 'the server', (
         select sum(case name when 'max_connections' then setting::int else -setting::int end)
           from pg_settings
          where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
       ), (select count(*) from used)
union all
select 'the role ' || rolname, rolconnlimit, (select count(*) from used where usesysid = own.oid)
  from own
 where rolconnlimit >= 0
   and not rolsuper
union all
select 'the database ' || datname, datconnlimit, (select count(*) from used where datid = pg_database.oid)
  from pg_database
 where datname = current_database()
   and datconnlimit >= 0
   and not (select rolsuper from own)
"""


def free_connections(dsn: str, needed: int) -> int:
    """How many connections are free of those that this role may have.

    Raises:
        PreflightError: it may never have as many as are needed; the message says both numbers.

    """
    with connected(dsn) as connection:
        limits = connection.execute(_LIMITS).fetchall()
    for whose, most, _ in limits:
        if most < needed:
            raise PreflightError(
                f"the workers take {needed} connections to PostgreSQL, and {whose} allows {most}: "
                "set WORKERS lower, or the limit higher"
            )
    return max(0, int(min(most - used for _, most, used in limits)))
