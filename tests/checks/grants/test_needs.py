"""What statements need is what PostgreSQL refuses them without: each privilege is taken away, one by one."""

from pathlib import Path
from typing import Final

import psycopg
import pytest

from api.checks.grants.needs import Need, read_needs
from api.checks.grants.roles_file import refusal
from api.database.statements.files import read_statements
from api.postgres.roles import make_roles
from tests.checks.grants.test_derivation import write_statements

TABLES: Final = """
create table toys (id bigint primary key, "end" text, maker text);
create table makers (id bigint primary key, name text);
create view toys_seen with (security_invoker) as select id, maker from toys;
create view toys_shown as select id, maker from toys;
create function made(wanted bigint) returns setof text language sql stable as $$
  select name from makers where id = wanted
$$;
"""
COLUMNS: Final = {"toys": ["id", "end", "maker"], "makers": ["id", "name"], "toys_seen": ["id", "maker"]}
ALL_TOYS: Final = [f"toys.{column}" for column in COLUMNS["toys"]]
# What each needs, `any` where one column of the table will do.
NEEDS: Final = {
    'select "end" from toys where id = :id': ["select toys.id", "select toys.end"],
    "select count(*)::integer from toys": ["select toys.any"],
    "select exists (select from toys where :id = 1)": ["select toys.any"],
    "select to_jsonb(toys) from toys where id = :id": [f"select {each}" for each in ALL_TOYS],
    "select id from toys where id = :id for key share": ["select toys.id", "update toys.any"],
    "select id from toys where id = :id for update": ["select toys.id", "update toys.any"],
    "insert into makers default values": ["insert makers.any"],
    "insert into makers (id) values (:id) returning name": ["insert makers.id", "select makers.name"],
    "insert into makers (id, name) values (:id, '') on conflict (id) do update set name = excluded.name": [
        "insert makers.id", "insert makers.name", "select makers.id", "select makers.name", "update makers.name",
    ],
    "insert into makers (id) values (:id) on conflict do nothing": ["insert makers.id"],
    "update toys set maker = '' where id = :id": ["select toys.id", "update toys.maker"],
    "update toys set maker = '' from makers where makers.id = :id": ["select makers.id", "update toys.maker"],
    "delete from toys": ["delete toys"],
    "delete from toys using makers where makers.id = toys.id": ["delete toys", "select makers.id", "select toys.id"],
    "merge into toys using makers on makers.id = toys.id when matched then delete when not matched then"
    " insert (id, maker) values (:id, name)": [
        "delete toys", "insert toys.id", "insert toys.maker", "select makers.id", "select makers.name",
        "select toys.id",
    ],
    "select maker from toys_seen where id = :id": [
        "select toys_seen.id", "select toys_seen.maker", "select toys.id", "select toys.maker",
    ],
    "with gone as (delete from toys where id = :id returning maker) select maker from gone": [
        "delete toys", "select toys.id", "select toys.maker",
    ],
    "select toys.id from toys left join makers on makers.id = toys.id": ["select makers.id", "select toys.id"],
    "select * from made(:id)": ["select makers.id", "select makers.name"],
    "select id from toys where false": ["select toys.id"],
}  # fmt: skip


@pytest.mark.long
def test_needs_are_what_is_refused_otherwise(migrated: str, tmp_path: Path) -> None:
    write_statements(tmp_path, {f"s{number}": text for number, text in enumerate(NEEDS)})
    statements = list(read_statements(tmp_path).values())
    make_roles(migrated)
    with psycopg.connect(migrated, autocommit=True, prepare_threshold=None) as connection:
        connection.execute(TABLES)
        connection.execute("grant select on toys_shown to nestwerk_service")
        for statement, wanted in zip(statements, NEEDS.values(), strict=True):
            found = read_needs(connection, [statement])
            of_columns = [
                (f"{need.privilege} {need.table}", column)
                for need in found
                for column in need.columns or (["any"] if need.privilege != "delete" else [""])
            ]
            assert sorted(f"{of}.{column}".rstrip(".") for of, column in of_columns) == sorted(wanted), statement.text
            with connection.transaction(force_rollback=True):
                privileges = [_privilege(of, column) for of, column in of_columns]
                for privilege in privileges:
                    connection.execute(f"grant {privilege} to nestwerk_service".encode())
                assert refusal(connection, [statement]) is None, statement.text
                for privilege in privileges:
                    with connection.transaction(force_rollback=True):
                        connection.execute(f"revoke {privilege} from nestwerk_service".encode())
                        assert refusal(connection, [statement]), f"{privilege} isn't needed: {statement.text}"


def _privilege(of: str, column: str) -> str:
    """As a grant has it; in place of any column the last one."""
    privilege, table = of.split()
    column = COLUMNS[table][-1] if column == "any" else column
    return f'{privilege} ("{column}") on {table}' if column else f"{privilege} on {table}"


@pytest.mark.long
def test_a_view_with_its_owners_rights_needs_the_view_only(migrated: str, tmp_path: Path) -> None:
    write_statements(tmp_path, {"see": "select maker from toys_shown where id = :id"})
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute(TABLES)
        [need] = read_needs(connection, read_statements(tmp_path).values())
    assert need == Need("select", "toys_shown", frozenset({"id", "maker"}))
