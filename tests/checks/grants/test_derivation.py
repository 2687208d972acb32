"""Grants are derived from what statements need, however they come by a table; what can't be granted is refused."""

from pathlib import Path
from typing import Final

import psycopg
import pytest

from api.checks.grants.derivation import GrantsError, roles_file
from api.checks.grants.roles_file import check_roles_file
from api.checks.kept_files import MarkersError
from api.database.statements.files import read_statements
from api.migrations.scripts import run_script
from api.paths import ROLES

TABLES: Final = """
create table toys (id bigint primary key, "end" text, maker text);
create table toys_kept (id bigint primary key, note text);
create table toys_locked (id bigint primary key, note text);
create view toys_seen with (security_invoker) as select id, maker from toys;
create function kept(wanted bigint) returns setof text language sql stable as $$
  select note from toys_kept where id = wanted
$$;
create schema other;
create table other.toys (id bigint primary key);
"""
STATEMENTS: Final = {
    "end_toy": 'select "end" from TOYS where id = :id',
    "see_toy": "select maker from toys_seen where id = :id",
    "keep_toy": "select kept from kept(:id)",
    "lock_toy": "select id from toys_locked where id = :id for key share",
}
GRANTS: Final = """
grant select (id, "end", maker) on toys to nestwerk_service;

grant select (id, note) on toys_kept to nestwerk_service;

grant select (id),
      update (note)
   on toys_locked to nestwerk_service;

grant select (id, maker) on toys_seen to nestwerk_service;
"""


def write_statements(folder: Path, statements: dict[str, str]) -> None:
    blocks = [f"-- name: {name} :maybe\n{text};\n" for name, text in statements.items()]
    (folder / "toys.sql").write_text("\n".join(["-- Toys.\n", *blocks]))


@pytest.mark.long
def test_what_hides_a_table_needs_its_grants_too(migrated: str, tmp_path: Path) -> None:
    write_statements(tmp_path, STATEMENTS)
    statements = read_statements(tmp_path)
    with psycopg.connect(migrated, autocommit=True, prepare_threshold=None) as connection:
        connection.execute(TABLES)
        made = roles_file(migrated, statements)
        assert GRANTS in made
        run_script(connection, ROLES, made)
        assert check_roles_file(connection, statements.values()) == []


def test_what_no_grant_on_a_table_allows_is_refused(migrated: str, tmp_path: Path) -> None:
    write_statements(
        tmp_path,
        {
            "add_toy": "insert into toys (id) values (:id) returning id, xmax",
            "get_toy": "select id from other.toys where id = :id",
            "find_toy": "select nowhere from toys where id = :id",
            "end_toy": STATEMENTS["end_toy"],
        },
    )
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute(TABLES)
    with pytest.raises(GrantsError) as raised:
        roles_file(migrated, read_statements(tmp_path))
    assert str(raised.value).splitlines() == [
        f"{tmp_path}/toys.sql:3: add_toy: PostgreSQL says: permission denied for table toys",
        f"{tmp_path}/toys.sql:6: get_toy: PostgreSQL says: permission denied for schema other",
        f'{tmp_path}/toys.sql:9: find_toy: PostgreSQL says: column "nowhere" does not exist',
    ]


@pytest.mark.parametrize("missing", ["-- <grants>\n", "-- </grants>\n"])
def test_a_file_that_lacks_a_marker_is_left_alone(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "roles.sql"
    path.write_text(ROLES.read_text("utf-8").replace(missing, ""))
    monkeypatch.setattr("api.checks.grants.derivation.ROLES", path)
    with pytest.raises(MarkersError, match="-- <grants> and -- </grants>"):
        roles_file("postgresql://nowhere", {})
