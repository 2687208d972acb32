"""What clients send doesn't get into PostgreSQL's log, by whatever it is refused."""

import json
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import httpx
import psycopg
import pytest

from api.database.queries import STATEMENTS
from api.postgres.embedded import EmbeddedServer
from api.postgres.log_settings import LOG_SETTINGS
from api.postgres.preflight import preflight
from tests.accounts import Accounts, Parent
from tests.family_resources.resources import CHILDREN, JSON, add
from tests.server.marks import confirm_twice

# Rows with a mark in all texts that may hold one; the keys of their owners don't exist.
ROWS: dict[str, dict[str, Any]] = {
    "users": {"username": ":mark", "email": ":mark@b", "password": "$argon2id$:mark"},
    "sessions": {"user_id": 0, "user_agent": ":mark", "token_digest": b"-" * 32, "expires_at": "2100-01-01"},
    "parent_profiles": {"user_id": 0, "name": ":mark", "bio": ":mark"},
    "child_profiles": {"parent_profile_id": 0, "name": ":mark", "age": 1, "development_notes": ":mark"},
    "parenting_goals": {"parent_profile_id": 0, "title": ":mark", "description": ":mark"},
}
# Values that most check constraints refuse, by the type of the constraint's first column.
WRONG: dict[str, list[Any]] = {
    "text": [" :mark", ":mark" * 5000],
    "text[]": [[":mark", None]],
    "jsonb": ['":mark"', '{"a": "' + ":mark" * 50_000 + '"}'],
    "integer": [-100],
    "bytea": [b""],
    "timestamp with time zone": ["0044-03-15 BC"],
}
CHECKS = """
select t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
  from pg_constraint as c
  join pg_class as t
    on t.oid = c.conrelid
  join pg_attribute as a
    on a.attrelid = t.oid
   and a.attnum = c.conkey[1]
 where c.contype = 'c'
   and t.relname = any(%s)
"""


@pytest.fixture
def mark() -> str:
    return f"geheim{token_hex(6)}"


@pytest.fixture
def superuser(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def logged(cluster: EmbeddedServer) -> str:
    return (cluster.cluster / "server.log").read_text("utf-8", errors="replace")


def marked(value: Any, mark: str) -> Any:
    match value:
        case str():
            return value.replace(":mark", mark)
        case dict():
            return {name: marked(each, mark) for name, each in value.items()}
        case list():
            return [marked(each, mark) for each in value]
    return value


def refuse_rows(connection: psycopg.Connection[Any], mark: str) -> list[type[psycopg.Error]]:
    """Insert rows that hold a mark and break a constraint; returns the errors, sent as values and as literals."""
    errors: list[type[psycopg.Error]] = []
    for table, column, kind in connection.execute(CHECKS, [[*ROWS]]).fetchall():
        for value in WRONG.get(kind, []):
            row = marked(ROWS[table] | {column: value}, mark)
            insert = f"insert into {table} ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})"
            for cursor in (connection.cursor(), psycopg.ClientCursor(connection)):
                try:
                    with connection.transaction(force_rollback=True):
                        cursor.execute(insert.encode(), [*row.values()])
                except psycopg.Error as error:
                    errors.append(type(error))
    return errors


def test_rows_that_constraints_refuse(cluster: EmbeddedServer, superuser: psycopg.Connection[Any], mark: str) -> None:
    errors = refuse_rows(superuser, mark)
    assert errors.count(psycopg.errors.CheckViolation) > 40
    for statement in (
        f"select '{mark}' nonsense from",
        f"insert into users (username, email, password) values ('{mark}', '{mark}@b', null)",
        f"do $$ begin raise exception 'no' using detail = '{mark}'; end $$",
        f"alter role nestwerk_reader password '{mark}' valid until 'never'",
    ):
        with pytest.raises(psycopg.Error):
            superuser.execute(statement.encode())
    with (
        pytest.raises(psycopg.Error),
        superuser.cursor().copy("copy parenting_goals (parent_profile_id, title) from stdin") as copy,
    ):
        copy.write(f"0\t{mark}\n0\t{mark}\t{mark}\n")
    assert mark not in logged(cluster)
    # As PostgreSQL ships, it's all there.
    superuser.execute("set log_error_verbosity = 'default'")
    refuse_rows(superuser, mark)
    assert mark in logged(cluster)


async def requests(parent: Parent, other: Parent, mark: str) -> list[tuple[httpx.Response, int, str]]:
    """What a client's requests run into constraints with, and the status and code of each answer."""
    child = await add(parent, CHILDREN, developmentNotes=mark)
    path = f"{CHILDREN.path}/{child['id']}"
    assert (await parent.client.patch(path, json={"routines": {"a": "x" * 20_000}})).status_code == 200
    large = json.dumps(CHILDREN.minimum | {"name": mark})[:-1] + f', "routines": {{"n": [{"1e300," * 900}1]}}}}'
    user = {"username": f"p{mark}", "email": f"{mark}@example.org", "password": f"een lange zin met {mark}"}
    confirmed, taken = await confirm_twice(other.client, mark)
    return [
        (await parent.client.patch(path, json={"routines": {mark: "x" * 20_000}}), 409, "routines_too_large"),
        (await parent.client.post(CHILDREN.path, content=large, headers=JSON), 409, "routines_too_large"),
        (await parent.client.post(f"{CHILDREN.path}/batch", content=f"[{large}]", headers=JSON), 409, ""),
        (confirmed, 200, ""),
        (taken, 409, "email_taken"),
        (await parent.client.post("/api/register", json=user), 201, ""),
        (await parent.client.post("/api/register", json=user), 409, "username_taken"),
    ]


async def test_requests_that_the_database_refuses(cluster: EmbeddedServer, accounts: Accounts, mark: str) -> None:
    for answer, status, code in await requests(await accounts.parent(), await accounts.parent(), mark):
        assert answer.status_code == status, answer.text
        assert code in answer.text
    assert mark not in logged(cluster)


@pytest.mark.parametrize("name", ["update_child_profile", "add_child_profile", "add_child_profiles"])
async def test_a_payload_that_is_too_large_is_refused_without_its_row(
    name: str, accounts: Accounts, superuser: psycopg.Connection[Any], mark: str
) -> None:
    """Also on a server of others, whose log may not be terse."""
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, developmentNotes=mark)
    document = {"name": mark, "age": 1, "special_needs": [], "routines": {"a": "x" * 131_072}}
    given: dict[str, object] = {"parent_profile_id": parent.parent_profile_id, "id": child["id"], "versions": None}
    given |= dict.fromkeys(("child", "patch"), json.dumps(document)) | {"children": json.dumps([document])}
    statement = STATEMENTS[name]
    arguments = [[given[each]] if statement.batch else given[each] for each in statement.parameters]
    text = statement.text
    for number in range(len(arguments), 0, -1):
        text = text.replace(f"${number}", "%s")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        superuser.execute(text.encode(), arguments)
    said = refused.value.diag
    assert said.constraint_name == "child_profiles_routines_check"
    assert said.message_detail is None
    assert mark not in str(refused.value)


def test_the_role_keeps_its_log_terse_on_any_server(
    cluster: EmbeddedServer, superuser: psycopg.Connection[Any]
) -> None:
    """As on a server of others, which isn't started with our settings."""
    found = superuser.execute("select unnest(rolconfig) from pg_roles where rolname = 'nestwerk_service'").fetchall()
    assert {f"{name}={value}" for name, value in LOG_SETTINGS.items()} <= {setting for (setting,) in found}
    with psycopg.connect(cluster.service_dsn) as connection:
        query = "select name from pg_settings where name = any(%s) and source <> 'user'"
        assert connection.execute(query, [[*LOG_SETTINGS]]).fetchall() == []


def test_a_role_whose_log_is_not_terse_is_said(cluster: EmbeddedServer, superuser: psycopg.Connection[Any]) -> None:
    superuser.execute(
        "create role talkative login;"
        "alter role talkative set log_error_verbosity = 'default';"
        "alter role talkative set pgaudit.log_parameter = 'on';"
        # These give no values (tests/server/test_service_log.py).
        "alter role talkative set log_statement = 'all';"
        "alter role talkative set log_min_duration_statement = 0"
    )
    try:
        [remark] = preflight(cluster.dsn.replace("postgres@", "talkative@"))
    finally:
        superuser.execute("drop role talkative")
    assert remark == (
        "PostgreSQL may log what clients send, by the settings of this role: log_error_verbosity = default, "
        "pgaudit.log_parameter = on; "
        "connect as nestwerk_service, after sql/roles.sql was run on the database"
    )
