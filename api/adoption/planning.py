"""Decides what is done with each row, by what changed there and here since the last run."""

from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from api.adoption.constraints import TABLES
from api.adoption.staging import digest, run_file

_ACTION: Final = """
insert into plan (of_table, id, user_id, parent_profile_id, digest, action)
select {name}, coalesce(new.id, adopted.id), {user}, {family}, new.digest,
       case
         when adopted.id is null then case when ours.id is null then 'insert' else 'taken' end
         when ours.id is null and new.id is null then 'forget'
         when ours.id is null then case new.digest when adopted.digest then 'gone here' else 'removed here' end
         when new.digest = adopted.digest then 'same'
         when new.id is null then 'delete'
         else 'update'
       end
  from (select new.*, {digest} as digest from {staged} as new) as new
  full join (select * from adopted_rows where of_table = {name}) as adopted on adopted.id = new.id
  left join {table} as ours on ours.id = coalesce(new.id, adopted.id)
  {profile}
"""
_PROFILE: Final = """
  left join new_parent_profiles as profile on profile.id = new.parent_profile_id
  left join parent_profiles as old_profile on old_profile.id = ours.parent_profile_id
"""


def make_plan(connection: psycopg.Connection[Any]) -> None:
    """Decide for each row what is done with it (plan.sql)."""
    connection.execute(
        "create temp table plan"
        " (of_table text, id bigint, user_id bigint, parent_profile_id bigint, digest uuid, action text)"
    )
    for table in TABLES:
        owner, family, profile = {
            "users": ("coalesce(new.id, adopted.id)", "null", ""),
            "parent_profiles": ("coalesce(new.user_id, ours.user_id)", "coalesce(new.id, adopted.id)", ""),
        }.get(
            table,
            (
                "coalesce(profile.user_id, old_profile.user_id)",
                "coalesce(new.parent_profile_id, ours.parent_profile_id)",
                _PROFILE,
            ),
        )
        connection.execute(
            SQL(_ACTION).format(
                name=Literal(table), table=Identifier(table), staged=Identifier(f"new_{table}"),
                digest=digest(connection, table, "new"),
                user=SQL(owner), family=SQL(family), profile=SQL(profile),
            )
        )  # fmt: skip
    connection.execute("create index on plan (of_table, id)")
    connection.execute("analyze plan")
    run_file(connection, "kept.sql")
    run_file(connection, "plan.sql")
