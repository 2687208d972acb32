"""Writes what changed since the last run to our tables, family by family, and notes it with the same commit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal
from tqdm import tqdm

from api.adoption.constraints import TABLES
from api.adoption.staging import columns_of, digest, note_kept_rows, run_file

# Accounts of one transaction, with their families.
RANGE: Final = 5000
# A renewed hash stays where the password there is the one that was renewed.
_PASSWORDS: Final = """
update new_users as new
   set password = ours.password
  from former_passwords as former, users as ours
 where former.user_id = new.id
   and ours.id = new.id
   and former.old_password = new.password
"""
# Triggers would have done it.
_KEEP_CONSENT: Final = """
select keep_health_consent(user_id)
  from consents
 where purpose = 'health_data'
   and user_id between {first} and {last}
 group by user_id
"""


def copy(connection: psycopg.Connection[Any]) -> None:
    """Carry out the plan: first what frees names and addresses, then range by range of accounts."""
    run_file(connection, "notes.sql")
    for table in TABLES:
        connection.execute(SQL("create index on {} (id)").format(Identifier(f"new_{table}")))
    connection.execute("create index on plan (user_id)")
    connection.execute(
        "insert into adoption.made_rows select * from made_rows on conflict on constraint made_rows_pkey do nothing"
    )
    for table in TABLES:
        _advance_sequence(connection, table)
    with _without_triggers(connection):
        # The service may have written since the plan was made; while the tables are locked nobody does.
        note_kept_rows(connection)
        run_file(connection, "kept.sql")
        for table in reversed(TABLES):
            _delete(connection, table)
        _update_users(connection)
    wanted = connection.execute(
        "select distinct user_id from plan where action in ('insert', 'update') order by user_id"
    ).fetchall()
    with tqdm(total=len(wanted), unit=" families", desc="copying") as progress:
        for start in range(0, len(wanted), RANGE):
            ids = [id for (id,) in wanted[start : start + RANGE]]
            _copy_range(connection, ids[0], ids[-1])
            progress.update(len(ids))


def _copy_range(connection: psycopg.Connection[Any], first: int, last: int) -> None:
    limits = {"first": Literal(first), "last": Literal(last)}
    with _without_triggers(connection):
        for table in TABLES:
            parts = _parts(connection, table) | limits
            connection.execute(
                SQL(
                    "insert into {table} ({columns}) select {values} from plan join {staged} as new using (id)"
                    " where of_table = {name} and action = 'insert' and plan.user_id between {first} and {last}"
                    " order by id"
                ).format(**parts)
            )
            if table != "users":
                connection.execute(
                    SQL(
                        "update plan set action = 'changed here' from adopted_rows as adopted left join {table} as ours"
                        " on ours.id = adopted.id where plan.of_table = {name} and plan.action = 'update'"
                        " and plan.user_id between {first} and {last} and adopted.of_table = plan.of_table"
                        " and adopted.id = plan.id and {digest} <> adopted.digest"
                    ).format(digest=digest(connection, table, "ours"), **parts)
                )
                _update(connection, parts)
            connection.execute(
                SQL(
                    "insert into adoption.adopted_rows (of_table, id, digest) select of_table, id, digest from plan"
                    " where of_table = {name} and action in ('insert', 'update')"
                    " and user_id between {first} and {last}"
                    " on conflict on constraint adopted_rows_pkey do update set digest = excluded.digest"
                ).format(**parts)
            )
        connection.execute(
            SQL(
                "insert into former_passwords (user_id) select users.id from plan join users using (id)"
                " where of_table = 'users' and action = 'insert' and plan.user_id between {first} and {last}"
                " and password not like '$argon2id$%' on conflict on constraint former_passwords_pkey do nothing"
            ).format(**limits)
        )
        # They are counted anew when they are next needed.
        connection.execute(
            SQL(
                "delete from family_sizes where parent_profile_id in"
                " (select parent_profile_id from plan where user_id between {first} and {last})"
            ).format(**limits)
        )
        connection.execute(SQL(_KEEP_CONSENT).format(**limits))


def _parts(connection: psycopg.Connection[Any], table: str) -> dict[str, Composable]:
    """Parts of statements that write the staged rows of a table."""
    names = columns_of(connection, table)
    return {
        "table": Identifier(table), "staged": Identifier(f"new_{table}"), "name": Literal(table),
        "columns": SQL(", ").join(map(Identifier, names)),
        "values": SQL(", ").join(Identifier("new", name) for name in names),
    }  # fmt: skip


def _update(connection: psycopg.Connection[Any], parts: Mapping[str, Composable]) -> None:
    connection.execute(
        SQL(
            "update {table} as ours set ({columns}) = row({values}) from plan join {staged} as new using (id)"
            " where of_table = {name} and action = 'update' and plan.user_id between {first} and {last}"
            " and ours.id = new.id"
        ).format(**parts)
    )


def _update_users(connection: psycopg.Connection[Any]) -> None:
    """Update accounts all at once, as they may have swapped names."""
    changed = SQL("select id from plan where of_table = 'users' and action = 'update'")
    connection.execute(_PASSWORDS)
    connection.execute(
        SQL(
            "update users set username = 'adopting ' || id, email = format('account-%s@adopting.invalid', id)"
            " where id in ({})"
        ).format(changed)
    )
    connection.execute(
        SQL(
            "update former_passwords as former set old_password = null from new_users as new"
            " where new.id = former.user_id and new.password not like '$argon2id$%' and new.id in ({})"
        ).format(changed)
    )
    everybody = {"first": Literal(-(2**63)), "last": Literal(2**63 - 1)}
    _update(connection, _parts(connection, "users") | everybody)
    connection.execute(
        "update adoption.adopted_rows as adopted set digest = plan.digest from plan"
        " where plan.of_table = 'users' and plan.action = 'update'"
        " and adopted.of_table = plan.of_table and adopted.id = plan.id"
    )


def _delete(connection: psycopg.Connection[Any], table: str) -> None:
    if table in {"child_profiles", "parenting_goals"}:
        # Families that lose a row, to another one too.
        connection.execute(
            SQL(
                "delete from family_sizes where parent_profile_id in (select ours.parent_profile_id from {} as ours"
                " join plan using (id) where of_table = {} and action in ('update', 'delete'))"
            ).format(Identifier(table), Literal(table))
        )
    connection.execute(
        SQL("delete from {} where id in (select id from plan where of_table = {} and action = 'delete')").format(
            Identifier(table), Literal(table)
        )
    )
    connection.execute(
        "delete from adoption.adopted_rows where of_table = %s"
        " and id in (select id from plan where of_table = %s and action in ('delete', 'forget'))",
        [table, table],
    )


def _advance_sequence(connection: psycopg.Connection[Any], table: str) -> None:
    connection.execute(
        SQL(
            "select setval(sequence, highest) from (select pg_get_serial_sequence({name}, 'id')::regclass as sequence,"
            " (select max(id) from {staged}) as highest) as wanted"
            " where highest > coalesce(pg_sequence_last_value(sequence), 0)"
        ).format(name=Literal(table), staged=Identifier(f"new_{table}"))
    )


@contextmanager
def _without_triggers(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A transaction that writes rows as they are: moments too, and families beyond the limits."""
    with connection.transaction():
        connection.execute("set local lock_timeout = '10s'")
        for table in TABLES:
            connection.execute(SQL("alter table {} disable trigger user").format(Identifier(table)))
        yield
        for table in TABLES:
            connection.execute(SQL("alter table {} enable trigger user").format(Identifier(table)))
