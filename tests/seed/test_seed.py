"""`just seed`: plausible and reproducible families, added all or none."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from api.migrations import rollback
from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from tests.conftest import NewDatabase

TABLES = ("users", "sessions", "parent_profiles", "child_profiles", "parenting_goals")


@pytest.fixture
def empty(migrated: str) -> str:
    """Address of a migrated database for one test."""
    return migrated


@pytest.fixture
def another(migrated_copy: NewDatabase) -> str:
    return migrated_copy("seeded_alike")


def dsn_of(cluster: EmbeddedServer, name: str) -> str:
    return cluster.dsn.replace("/nestwerk?", f"/{name}?")


def start(dsn: str, data_dir: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "api", "seed", "--yes", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": dsn, "DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(dsn: str, data_dir: Path, *arguments: object, status: int = 0) -> str:
    """Messages of a seeding."""
    with start(dsn, data_dir, *arguments) as process:
        output, errors = process.communicate(timeout=60)
    assert process.returncode == status, errors
    assert output == ""
    assert "Traceback" not in errors
    return errors


def query(dsn: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement.encode(), parameters).fetchall()


def counts(dsn: str) -> dict[str, int]:
    return {table: query(dsn, f"select count(*) from {table}")[0][0] for table in TABLES}


def content(dsn: str) -> list[tuple[Any, ...]]:
    """All data of families, except ids and passwords."""
    return query(
        dsn,
        """
        select to_jsonb(account) - '{id,password}'::text[],
               to_jsonb(profile) - '{id,user_id}'::text[],
               array(
                 select to_jsonb(child) - '{id,parent_profile_id}'::text[]
                   from child_profiles as child
                  where child.parent_profile_id = profile.id
                  order by child.id
               ),
               array(
                 select to_jsonb(goal) - '{id,parent_profile_id}'::text[]
                   from parenting_goals as goal
                  where goal.parent_profile_id = profile.id
                  order by goal.id
               )
          from users as account
          join parent_profiles as profile
            on profile.user_id = account.id
         order by account.id
        """,
    )


def lines(data_dir: Path) -> list[list[str]]:
    return [line.split("\t") for line in (data_dir / "sessions.tsv").read_text().splitlines()]


def add_user(dsn: str, username: str, email: str, id: int | None = None) -> None:
    columns, values = ("id, ", f"{id}, ") if id else ("", "")
    with psycopg.connect(dsn) as connection:
        connection.execute(
            f"insert into users ({columns}username, email, password) values ({values}%s, %s, '$argon2id$')".encode(),
            (username, email),
        )


def test_families_are_whole(empty: str, tmp_path: Path) -> None:
    said = run(empty, tmp_path, 200, "--sessions", 20)
    assert "200/200" in said
    assert said.splitlines()[-2:] == [
        "family-1 to family-200 can log in with the password nestwerk-demo",
        f"{tmp_path / 'sessions.tsv'} has 20 tokens, good for 30 days",
    ]
    families = content(empty)
    assert len(families) == 200
    assert {len(children) for _, _, children, _ in families} == {0, 1, 2, 3, 4}
    assert {len(goals) for *_, goals in families} == {0, 1, 2, 3, 4, 5}
    assert [account["username"] for account, *_ in families] == [f"family-{number}" for number in range(1, 201)]
    for _, profile, children, goals in families:
        assert (profile["completed_onboarding"], profile["current_onboarding_step"]) == (True, 4)
        assert len({child["name"] for child in children}) == len(children)
        assert len({goal["title"] for goal in goals}) == len(goals)
    assert query(empty, "select count(distinct password) from users") == [(1,)]
    assert counts(empty)["sessions"] == 20


@pytest.mark.long
def test_the_tables_are_analyzed(empty: str, tmp_path: Path) -> None:
    run(empty, tmp_path, 200)
    statistics = query(
        empty, "select relname, reltuples::integer from pg_class where relname = any(%s)", list(counts(empty))
    )
    assert dict(statistics) == counts(empty)


@pytest.mark.long
def test_the_same_numbers_give_the_same_families(empty: str, another: str, tmp_path: Path) -> None:
    run(empty, tmp_path, 50)
    first = content(empty)
    run(empty, tmp_path, 30)
    run(another, tmp_path, 80)
    assert content(empty)[:50] == first
    assert content(another) == content(empty)


@pytest.mark.long
def test_numbers_continue_after_those_in_use(empty: str, tmp_path: Path) -> None:
    add_user(empty, "FAMILY-7", "someone@example.org")
    add_user(empty, "family-nine", "Sanne.Bakker.12@EXAMPLE.org")
    add_user(empty, "family-1000000000000000", "other.99@example.com")
    said = run(empty, tmp_path, 3, "--sessions", 0)
    assert "family-13 to family-15 " in said


@pytest.mark.long
def test_explicit_ids_ahead_of_the_sequence(empty: str, tmp_path: Path) -> None:
    for id in (1, 2, 9):
        add_user(empty, f"moved-{id}", f"moved-{id}@example.org", id)
    run(empty, tmp_path, 20, "--sessions", 5)
    add_user(empty, "next", "next@example.org")
    ids = [id for (id,) in query(empty, "select id from users order by id")]
    assert ids == [1, 2, *range(9, 31)]


@pytest.mark.long
def test_rows_inserted_later_get_unused_ids(empty: str, tmp_path: Path) -> None:
    run(empty, tmp_path, 20, "--sessions", 5)
    with psycopg.connect(empty) as connection:
        connection.execute("insert into users (username, email, password) values ('next', 'a@b', '$argon2id$')")
        connection.execute("insert into parent_profiles (user_id) select max(id) from users")
        connection.execute(
            "insert into child_profiles (parent_profile_id, name, age) select max(id), 'Bo', 1 from parent_profiles"
        )
        connection.execute(
            "insert into parenting_goals (parent_profile_id, title) select max(id), 'Rust' from parent_profiles"
        )
    for table in ("users", "parent_profiles", "child_profiles", "parenting_goals"):
        assert query(empty, f"select count(distinct id) = count(*) from {table}") == [(True,)]


def test_the_token_file(empty: str, tmp_path: Path) -> None:
    path = tmp_path / "sessions.tsv"
    run(empty, tmp_path, 40, "--sessions", 10)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["sessions.tsv"]
    assert path.read_text().endswith("\n")
    first = lines(tmp_path)
    found = query(
        empty,
        """
        select encode(session.token_digest, 'hex'), account.id::text, profile.id::text,
               coalesce((select min(id) from child_profiles where parent_profile_id = profile.id)::text, '')
          from sessions as session
          join users as account on account.id = session.user_id
          join parent_profiles as profile on profile.user_id = account.id
         where session.expires_at between now() + interval '29 days 23 hours' and now() + interval '30 days'
         order by account.id
        """,
    )
    digests = [query(empty, "select encode(sha256(%s::bytea), 'hex')", token)[0][0] for token, *_ in first]
    assert [(digest, *line[1:]) for digest, line in zip(digests, first, strict=True)] == found
    assert len(set(digests)) == 10
    # Evenly spread over the families.
    usernames = query(empty, "select username from users join sessions on user_id = users.id order by users.id")
    assert usernames == [(f"family-{number}",) for number in range(4, 41, 4)]
    said = run(empty, tmp_path, 5, "--sessions", 3)
    assert f"{path} has 3 tokens, good for 30 days: this replaces the tokens that it had\n" in said
    assert len(lines(tmp_path)) == 3
    assert {token for token, *_ in lines(tmp_path)}.isdisjoint(token for token, *_ in first)


@pytest.mark.long
def test_more_sessions_than_families(empty: str, tmp_path: Path) -> None:
    said = run(empty, tmp_path / "not" / "yet", 3, "--sessions", 4)
    assert said.startswith("--sessions 4: there are tokens for 3 families only")
    assert len(lines(tmp_path / "not" / "yet")) == 3


@pytest.mark.long
def test_no_family_at_all(empty: str, tmp_path: Path) -> None:
    run(empty, tmp_path, 3, "--sessions", 3)
    assert "families: 0 adds nothing: give 1 or more" in run(empty, tmp_path, 0, status=2)
    # Existing tokens stay.
    assert len(lines(tmp_path)) == 3


@pytest.mark.parametrize("number", ["-1", "1.5", "ten", "", "1e3", "٣"])
def test_no_number(number: str, tmp_path: Path) -> None:
    assert "not a whole number" in run("postgresql://nowhere", tmp_path, f" {number}", status=2)


@pytest.mark.long
def test_two_seedings_at_once(empty: str, tmp_path: Path) -> None:
    with start(empty, tmp_path / "a", 300) as first, start(empty, tmp_path / "b", 300) as second:
        assert [process.wait(60) for process in (first, second)] == [0, 0]
    assert counts(empty)["users"] == 600
    assert query(empty, "select count(distinct username) from users") == [(600,)]


@pytest.mark.long
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_nothing(ending: signal.Signals, empty: str, tmp_path: Path) -> None:
    run(empty, tmp_path, 10, "--sessions", 2)
    before, tokens = content(empty), lines(tmp_path)
    with start(empty, tmp_path, 50_000) as process:
        assert process.stderr is not None
        read = ""
        while "| 1000/50000" not in read:
            character = process.stderr.read(1)
            assert character, read
            read += character
        process.send_signal(ending)
        _, errors = process.communicate(timeout=60)
    if ending is signal.SIGINT:
        assert process.returncode == 130
        assert errors.splitlines()[-1] == "interrupted: nothing was added"
        assert [entry.name for entry in tmp_path.iterdir()] == ["sessions.tsv"]
    assert content(empty) == before
    assert lines(tmp_path) == tokens
    run(empty, tmp_path, 5)
    assert counts(empty)["users"] == 15


@pytest.mark.long
def test_a_failure_leaves_nothing(empty: str, tmp_path: Path) -> None:
    run(empty, tmp_path, 10, "--sessions", 2)
    before, tokens = content(empty), lines(tmp_path)
    with psycopg.connect(empty) as connection:
        connection.execute("alter table parenting_goals add constraint few check (id < 1000)")
    said = run(empty, tmp_path, 2000, status=1).splitlines()
    assert said[-1].startswith('nothing was added: new row for relation "parenting_goals" violates check constraint')
    assert content(empty) == before
    assert lines(tmp_path) == tokens
    assert [entry.name for entry in tmp_path.iterdir()] == ["sessions.tsv"]


def test_a_database_without_the_schema(cluster: EmbeddedServer, tmp_path: Path) -> None:
    [line] = run(dsn_of(cluster, "template1"), tmp_path, 3, "--sessions", 1, status=1).splitlines()
    assert "just migrate" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_database_that_is_behind(empty: str, tmp_path: Path) -> None:
    rollback(empty)
    [line] = run(empty, tmp_path, 3, "--sessions", 1, status=1).splitlines()
    assert "just migrate" in line
    assert counts(empty)["users"] == 0


def test_an_unreachable_database(cluster: EmbeddedServer, tmp_path: Path) -> None:
    [line] = run(dsn_of(cluster, "nowhere"), tmp_path, 3, "--sessions", 1, status=1).splitlines()
    assert 'database "nowhere" does not exist' in line


async def test_families_can_use_the_service(service: str, dsn: str, tmp_path: Path) -> None:
    run(dsn, tmp_path, 30, "--sessions", 30)
    for token, user_id, profile_id, child_id in lines(tmp_path):
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=service, headers=headers, timeout=30, verify=False) as client:
            me = (await client.get("/api/users/me", params={"include": "parentProfile,childProfiles"})).json()
            assert (str(me["id"]), str(me["parentProfile"]["id"])) == (user_id, profile_id)
            children = me["parentProfile"]["childProfiles"]
            assert [str(child["id"]) for child in children[:1]] == ([child_id] if child_id else [])
            if child_id:
                assert (await client.get(f"/api/child-profiles/{child_id}")).json() == children[0]
            # Answers without a column are in the document, which can be saved again.
            document = (await client.get("/api/onboarding/progress")).json()["onboardingData"]
            assert document["basicInfo"]["parentType"]
            assert document["goals"]["supportAreas"]
            completed = await client.post("/api/onboarding/progress", json={"step": 4, "data": document})
            assert completed.status_code == 200, completed.text
            saved = completed.json()["profile"]["onboardingData"]
            assert saved | {"revision": None} == me["parentProfile"]["onboardingData"] | {"revision": None}


async def test_families_can_log_in(dsn: str, client: httpx.AsyncClient, tmp_path: Path) -> None:
    run(dsn, tmp_path, 2, "--sessions", 2)
    for _, user_id, *_ in lines(tmp_path):
        [(username,)] = query(dsn, "select username from users where id = %s", int(user_id))
        answer = await client.post("/api/login", json={"username": username, "password": "nestwerk-demo"})
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.text)["user"]["id"] == int(user_id)
