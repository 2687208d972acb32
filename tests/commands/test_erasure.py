"""`just user erase`: nothing of an account is left, whatever its family does meanwhile."""

import asyncio
import hashlib
import io
import sys
import threading
from secrets import randbelow, token_hex
from typing import Any, Final, NamedTuple

import psycopg
import pytest

from api.__main__ import main
from api.checks.ownership.owned_tables import OWNED
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.commands.running import Terminal, wait_for_session

# A family with rows in all tables that have rows of families: in each is an id that no other row has, or a mark.
FAMILY: Final = """
insert into users (id, username, email, password) values ({id}, '{mark}', '{mark}@b', '$argon2id${mark}');
insert into sessions (user_id, token_digest, expires_at) values ({id}, sha256('{mark}'), now() + interval '1 day');
insert into devices (user_id, device_digest, expires_at) values ({id}, sha256('{mark}'), '2100-01-01');
insert into parent_profiles (id, user_id, name, bio) values ({id}, {id}, '{mark}', '{mark}');
insert into child_profiles (parent_profile_id, name, age) values ({id}, '{mark}', 3);
insert into onboarding_merge_bases (parent_profile_id, reading, revision) values ({id}, md5('{mark}'), '{mark}');
insert into parenting_goals (parent_profile_id, title) values ({id}, '{mark}');
insert into email_confirmations (user_id, email, expires_at) values ({id}, '{mark}@b', '2100-01-01');
insert into password_resets (user_id, token_digest, expires_at) values ({id}, sha256('{mark}'), '2100-01-01');
insert into totp_factors (user_id, sealed_secret) values ({id}, sha256('{mark}'));
insert into recovery_codes (user_id, code_digest) values ({id}, sha256('{mark}'));
insert into passkeys (user_id, credential_id, public_key, sign_count, name)
  values ({id}, sha256('{mark}'), sha256('{mark}'), 0, '{mark}');
insert into passkey_registrations (user_id, challenge_digest, expires_at) values ({id}, sha256('{mark}'), '2100-01-01');
insert into mails (user_id, kind, recipient, language) values ({id}, 'notice', '{mark}@b', 'nl');
insert into mails (kind, recipient, language) values ('notice', '{mark}@B', 'nl');
insert into consents (user_id, purpose, version, agreed_at) values ({id}, 'terms', 1, now());
insert into former_passwords (user_id) values ({id});
insert into pictures (name, user_id) values (md5('{mark}') || '.webp', {id});
insert into idempotency_keys (key_digest, user_id, sealed_answer) values (sha256('{mark}'), {id}, sha256('{mark}'));
insert into suggestions (parent_profile_id, slug, relevance, expires_at)
select {id}, min(slug), 50, now() from library_suggestions;
insert into audit_events (actor_kind, event, user_id) values ('staff', 'account_read', {id});
insert into rate_limits (subject, drained_at) values
  ('device:{id}:ff', now() + interval '1 day'),
  ('email-links:{id}', now() + interval '1 day'),
  ('old-password:{id}', now() + interval '1 day'),
  ('code:{id}', now() + interval '1 day'),
  ('consents:{id}', now() + interval '1 day'),
  ('code:{id}:ff', now() + interval '1 day'),
  ('account:' || encode(sha256('{mark}'), 'hex'), now() + interval '1 day'),
  ('account:' || encode(sha256('{mark}'), 'hex') || '@192.0.2.1', now() + interval '1 day');
"""
TABLES: Final = """
select oid::regclass::text as name
  from pg_class
 where relnamespace = 'public'::regnamespace
   and relkind in ('r', 'p', 'm')
"""


@pytest.fixture(autouse=True)
def on_the_database(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)


class Marked(NamedTuple):
    id: int
    username: str


async def marked_family(database: Connection) -> Marked:
    family = Marked(10**15 + randbelow(10**15), f"merk{token_hex(6)}")
    await database.execute(FAMILY.format(id=family.id, mark=family.username))
    return family


def pattern_of(family: Marked) -> str:
    return f"{family.id}|{family.username}|{hashlib.sha256(family.username.encode()).hexdigest()}"


async def traces(database: Connection, family: Marked) -> dict[str, int]:
    """How many rows of each table have the family's id or mark in any column, or the digest of its name."""
    pattern = pattern_of(family)
    counts = {
        table: await database.fetchval(f"select count(*) from {table} as one where one::text ~ $1", pattern)
        for (table,) in await database.fetch(TABLES)
    }
    return {table: count for table, count in counts.items() if count}


async def test_nothing_is_left_but_events_of_an_id(database: Connection) -> None:
    family, other = await marked_family(database), await marked_family(database)
    before = await traces(database, family)
    assert before.keys() == {*OWNED, "rate_limits"}
    assert before["rate_limits"] == 8
    assert main(["user", "erase", family.username, "--yes"]) == 0
    assert await traces(database, family) == {"audit_events": 2}
    assert await traces(database, other) == before
    rows = await database.fetch("select event, details from audit_events where user_id = $1 order by id", family.id)
    assert [tuple(row) for row in rows] == [("account_read", "{}"), ("account_erased", "{}")]
    assert main(["user", "erase", family.username, "--yes"]) == 1


@pytest.mark.parametrize(("typed", "status"), [("{}\n", 0), ("", 1), ("\n", 1), ("yes\n", 1), ("{}x\n", 1), (None, 1)])
async def test_who_erases_types_the_name(
    accounts: Accounts, database: Connection, monkeypatch: pytest.MonkeyPatch, typed: str | None, status: int
) -> None:
    parent = await accounts.parent()
    stdin = io.StringIO() if typed is None else Terminal(typed.format(parent.username))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["user", "erase", "--id", str(parent.user_id)]) == status
    there = await database.fetchval("select exists (select from users where id = $1)", parent.user_id)
    assert there == bool(status)


@pytest.mark.long
async def test_a_family_that_writes_meanwhile_gets_no_error_of_the_service(
    accounts: Accounts, database: Connection
) -> None:
    families = [await accounts.parent() for _ in range(6)]
    stop = asyncio.Event()
    statuses: set[int] = set()

    async def write(number: int) -> None:
        client = families[number % len(families)].client
        kinds: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", "/api/child-profiles", {"name": "Noor", "age": 1}),
            ("POST", "/api/parenting-goals", {"title": "Noor"}),
            ("PATCH", "/api/parent-profiles/me", {"bio": "Noor"}),
            ("PATCH", "/api/users/me", {"profilePicture": f"https://b.nl/{token_hex(8)}"}),
            ("POST", "/api/onboarding/progress", {"step": 1, "data": {"basicInfo": {"name": "Noor"}}}),
        ]
        method, path, body = kinds[number % len(kinds)]
        while not stop.is_set():
            answer = await client.request(method, path, json=body)
            statuses.add(answer.status_code)
            if answer.status_code == 401:
                return

    writing = [asyncio.create_task(write(number)) for number in range(30)]
    await asyncio.sleep(0.1)
    for family in families:
        assert await asyncio.to_thread(main, ["user", "erase", family.username, "--yes"]) == 0
    stop.set()
    await asyncio.gather(*writing)
    assert statuses <= {200, 201, 401, 404, 409, 429, 503}, statuses
    assert 401 in statuses
    for table, owned in OWNED.items():
        for column, owner in owned.owners.items():
            ids = [family.user_id if owner == "user" else family.parent_profile_id for family in families]
            left = await database.fetchval(f"select count(*) from {table} where {column} = any($1)", ids)
            assert (table, column, left) == (table, column, len(families) if table == "audit_events" else 0)


async def test_an_erasure_that_is_cut_off_did_nothing(database: Connection, dsn: str) -> None:
    family = await marked_family(database)
    before = await traces(database, family)
    statuses: list[int] = []
    with psycopg.connect(dsn) as holding, psycopg.connect(dsn, autocommit=True) as watching:
        # The erasure waits for the last table that it comes to.
        holding.execute("select from child_profiles where parent_profile_id = %s for update", [family.id])
        erasing = threading.Thread(target=lambda: statuses.append(main(["user", "erase", family.username, "--yes"])))
        erasing.start()
        wait_for_session(watching, "query like '%/* erase_account */%' and wait_event_type = 'Lock'")
        watching.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like '%/* erase_account */%'"
            " and wait_event_type = 'Lock'"
        )
        erasing.join()
    assert statuses == [1]
    assert await traces(database, family) == before


async def test_of_two_erasures_at_once_one_is_recorded(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    erase = ["user", "erase", parent.username, "--yes"]
    assert sorted(await asyncio.gather(*[asyncio.to_thread(main, erase) for _ in range(3)])) == [0, 1, 1]
    recorded = "select count(*) from audit_events where user_id = $1"
    assert await database.fetchval(recorded, parent.user_id) == 1
