"""`DELETE /api/users/me`: an account and everything of it are gone at once, for who knows its password."""

import asyncio
import hashlib
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import psycopg
import pytest

from api.auth.passwords import hash_password
from api.auth.tokens import new_token, token_digest
from api.checks.ownership.owned_tables import OWNED
from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import PASSWORD, fill, log_in, new_address, new_name, register
from tests.commands.running import wait_for_session
from tests.commands.test_erasure import Marked, marked_family, traces
from tests.mail.links import all_mailed, mail_about
from tests.second_factors.factors import code, grow_old, secured, wrong_code
from tests.statements import run, run_behind, taken_back, without_triggers

PATH = "/api/users/me"
EVENTS = "select array_agg(event order by id) from audit_events where user_id = $1"
SUBJECT = "Je account is verwijderd"


async def erase(client: httpx.AsyncClient, password: str = PASSWORD, **more: Any) -> httpx.Response:
    headers = {"X-Forwarded-For": new_address()}
    return await client.request("DELETE", PATH, json={"password": password} | more, headers=headers)


async def outcome(client: httpx.AsyncClient, password: str = PASSWORD, **more: Any) -> str:
    answer = await erase(client, password, **more)
    return "erased" if answer.status_code == 204 else str(answer.json()["code"])


@cache
def hashed() -> str:
    return hash_password(PASSWORD)


async def with_password(parent: Parent, database: Connection) -> Parent:
    await database.execute("update users set password = $2 where id = $1", parent.user_id, hashed())
    return parent


async def logged_in(client: httpx.AsyncClient, database: Connection, family: Marked) -> None:
    """Let a marked family log in, as which the client is from now on, with all of its rows as they are."""
    token = new_token()
    # A trigger removes what a new password ends.
    async with without_triggers(database):
        await database.execute("update users set password = $2 where id = $1", family.id, hashed())
    await database.execute(
        "insert into sessions (user_id, token_digest, expires_at) values ($1, $2, now() + interval '1 day')",
        family.id,
        token_digest(token),
    )
    await database.execute("update rate_limits set drained_at = now() where subject = $1", f"old-password:{family.id}")
    client.headers["Authorization"] = f"Bearer {token}"


def left_in(folder: Path, *marks: str) -> list[Path]:
    """Files that have a mark in their name or content."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(mark in path.name or mark.encode() in path.read_bytes() for mark in marks)]


async def test_nothing_is_left_but_events_of_an_id(
    client: httpx.AsyncClient, database: Connection, data_dir: Path, uploads: Path
) -> None:
    family, other = await marked_family(database), await marked_family(database)
    name = hashlib.md5(family.username.encode(), usedforsecurity=False).hexdigest()
    await database.execute("update users set profile_picture = $2 where id = $1", family.id, f"/uploads/{name}.webp")
    uploads.joinpath(f"{name}.webp").write_text("large")
    uploads.joinpath(f"{name}-128.webp").write_text("little")
    assert len(left_in(data_dir, family.username, name)) == 2
    await logged_in(client, database, family)
    # After the answers to these, both workers know the caller.
    assert {(await client.get("/api/user")).status_code for _ in range(8)} == {200}
    before, others = await traces(database, family), await traces(database, other)
    assert before.keys() == {*OWNED, "rate_limits"}
    assert await outcome(client) == "erased"
    assert await traces(database, family) == {"audit_events": 2}
    assert await traces(database, other) == others
    rows = await database.fetch("select event, actor_kind, details from audit_events where user_id = $1", family.id)
    assert sorted(tuple(row) for row in rows) == [("account_read", "staff", "{}"), ("erased", "user", "{}")]
    assert left_in(data_dir, family.username, name) == []
    async with asyncio.timeout(5):
        while {(await client.get("/api/user")).status_code for _ in range(8)} != {401}:
            pass


async def test_a_browser_forgets_its_session(client: httpx.AsyncClient) -> None:
    name = new_name()
    assert (await register(client, name)).status_code == 201
    answer = await erase(client)
    assert answer.status_code == 204
    assert answer.headers["set-cookie"] == "nestwerk_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    assert (await client.get("/api/user")).status_code == 401
    assert (await log_in(client, name)).json()["code"] == "wrong_credentials"
    # The name is free.
    assert (await register(client, name)).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/password"), ({"password": None}, "/password"), ({"password": "x", "code": "12"}, "/code"), ([], "")],
)
async def test_takes_a_password(accounts: Accounts, body: Any, pointer: str) -> None:
    parent = await accounts.parent()
    answer = await parent.client.request("DELETE", PATH, json=body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await parent.client.delete(PATH)).status_code in {400, 415}
    assert (await parent.client.get("/api/user")).status_code == 200


async def test_wrong_passwords_erase_nothing_and_are_few(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    assert await outcome(parent.client, "fout") == "wrong_old_password"
    await fill(database, f"old-password:{parent.user_id}")
    assert await outcome(parent.client, "fout") == "too_many_attempts"
    assert (await parent.client.get("/api/user")).status_code == 200
    assert await database.fetchval(EVENTS, parent.user_id) == ["old_password_refused"]


async def test_asks_for_the_second_factor_unless_the_login_is_recent(
    client: httpx.AsyncClient, database: Connection
) -> None:
    account = await secured(client, database)
    # Whoever gives a code, gives a right one.
    assert await outcome(client, code=wrong_code(account.secret)) == "wrong_code"
    await grow_old(database, account.user_id)
    answer = await erase(client)
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")
    assert answer.json()["ways"] == ["totp", "recovery_code"]
    assert await outcome(client, "fout", code=code(account.secret)) == "wrong_old_password"
    assert await outcome(client, code=wrong_code(account.secret)) == "wrong_code"
    assert await outcome(client, recoveryCode="h7kp-3xqd-m2ya-w9cf") == "wrong_code"
    assert await outcome(client, code=code(account.secret)) == "erased"
    assert (await database.fetchval(EVENTS, account.user_id))[-1] == "erased"


@pytest.mark.long
@pytest.mark.parametrize("recovery_code", [True, False])
async def test_a_recovery_code_or_a_recent_login(
    client: httpx.AsyncClient, database: Connection, recovery_code: bool
) -> None:
    account = await secured(client, database)
    if recovery_code:
        await grow_old(database, account.user_id)
        client.headers["If-Match"] = '"other"'
        assert await outcome(client, recoveryCode=account.recovery_codes[0]) == "precondition_failed"
        client.headers["If-Match"] = "*"
        assert await outcome(client, recoveryCode=account.recovery_codes[0]) == "erased"
    else:
        assert await outcome(client) == "erased"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("second_factor_at = now()", "wrong_old_password"),
        ("password = password || 'x'", "wrong_old_password"),
        ("profile_picture = 'https://example.org/a.png'", "precondition_failed"),
    ],
)
async def test_what_changes_meanwhile_counts(
    accounts: Accounts, database: Connection, dsn: str, change: str, code: str
) -> None:
    parent = await with_password(await accounts.parent(), database)
    parent.client.headers["If-Match"] = (await parent.client.get(PATH)).headers["etag"]
    with psycopg.connect(dsn) as changing, psycopg.connect(dsn, autocommit=True) as watching:
        changing.execute("select from users where id = %s for key share", [parent.user_id])
        erasing = asyncio.create_task(outcome(parent.client))
        waiting = "query like '%/* lock_for_erasure */%' and wait_event_type = 'Lock'"
        await asyncio.to_thread(wait_for_session, watching, waiting)
        changing.execute(f"update users set {change} where id = %s".encode(), [parent.user_id])
        changing.commit()
        assert await erasing == code


async def test_twice_at_once(accounts: Accounts, database: Connection) -> None:
    parent = await with_password(await accounts.parent(), database)
    picture = f"{token_hex(16)}.webp"
    await database.execute("insert into pictures (name, user_id) values ($1, $2)", picture, parent.user_id)
    outcomes = await asyncio.gather(*[outcome(parent.client) for _ in range(4)])
    assert sorted(outcomes) == ["erased", *["not_authenticated"] * 3]
    assert await database.fetchval(EVENTS, parent.user_id) == ["erased"]
    # It was being made: nobody waits an hour for its end.
    soon = "select removable_at < now() + interval '2 minutes' from pictures where name = $1"
    assert await database.fetchval(soon, picture) is True


async def test_only_a_confirmed_address_gets_a_last_mail(client: httpx.AsyncClient, database: Connection) -> None:
    confirmed, unconfirmed = new_name(), new_name()
    for name in (unconfirmed, confirmed):
        await register(client, name)
        if name == confirmed:
            await database.execute("update users set email_confirmed_at = now() where username = $1", name)
        assert await outcome(client) == "erased"
    mail = await mail_about(f"{confirmed}@example.org", SUBJECT)
    assert confirmed not in mail.as_string().replace(mail["To"], "")
    assert SUBJECT not in await all_mailed(database, f"{unconfirmed}@example.org")


@pytest.mark.parametrize(("preferred", "language"), [("en-GB", "en"), ("nl", "nl"), ("fr", "nl")])
async def test_whom_support_erases_is_told_in_the_language_of_their_profile(
    accounts: Accounts, database: Connection, preferred: str, language: str
) -> None:
    parent = await accounts.parent()
    async with taken_back(database):
        await database.execute("update users set email_confirmed_at = now() where id = $1", parent.user_id)
        await database.execute(
            "update parent_profiles set preferred_language = $2 where user_id = $1", parent.user_id, preferred
        )
        await run(database, "erase_account", user_id=parent.user_id, language=None)
        told = "select language::text from mails where kind = 'account_erased' and recipient = $1"
        assert await database.fetchval(told, f"{parent.username}@example.org") == language


async def test_whom_support_erases_is_told_at_the_address_of_that_moment(
    accounts: Accounts, database: Connection, dsn: str
) -> None:
    parent = await accounts.parent()
    new = f"new-{parent.username}@example.org"
    async with database.transaction():
        change = "update users set email = $2, email_confirmed_at = now() where id = $1"
        await database.execute(change, parent.user_id, new)
        erasing = await run_behind(database, dsn, "erase_account", user_id=parent.user_id, language=None)
    assert await erasing == [(parent.username,)]
    assert await mail_about(new, SUBJECT)


async def test_limits_mails_and_pictures_of_others_stay(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    email, file = f"{parent.username}@example.org", f"{token_hex(15)}{{:02}}.webp"
    account = "concat('account:', encode(sha256(convert_to(username_key(username), 'UTF8')), 'hex'))"
    names = [
        *await database.fetchval(f"select array_agg({account}) from users where id = $1", parent.user_id),
        *(f"{kind}:{parent.user_id}" for kind in ("code", "consents", "device", "email-links", "exports")),
        f"old-password:{parent.user_id}",
    ]
    own = [f"{name}{more}" for name in names for more in ("", ":ff", "@192.0.2.1")]
    others = [f"code:{other.user_id}", *(f"{name}{more}" for name in names for more in ("y", "y:ff", "y@192.0.2.1"))]
    async with taken_back(database):
        await database.execute("insert into rate_limits select unnest($1::text[]), now()", own + others)
        await database.executemany(
            "insert into mails (user_id, kind, recipient, language) values ($1, $2, $3, 'nl')",
            [(None, "account_erased", email), (None, "notice", email), (other.user_id, "notice", email)],
        )
        await database.executemany(
            "insert into pictures (name, user_id, removable_at) values ($1, $2, now() + $3::text::interval)",
            [
                (file.format(number), user_id, until)
                for number, (user_id, until) in enumerate(
                    [
                        (parent.user_id, None),
                        (parent.user_id, "1 minute"),
                        (parent.user_id, "1 hour"),
                        (other.user_id, "1 hour"),
                    ]
                )
            ],
        )
        assert await run(database, "erase_account", user_id=parent.user_id, language="nl") == [(parent.username,)]
        limits = "select array_agg(subject) from rate_limits where subject = any($1)"
        assert sorted(await database.fetchval(limits, own + others)) == sorted(others)
        mails = await database.fetch("select user_id, kind from mails where recipient = $1 order by id", email)
        assert [tuple(row) for row in mails] == [(None, "account_erased"), (other.user_id, "notice")]
        left = "select (removable_at - now())::text from pictures where starts_with(name, $1) order by name"
        pictures = await database.fetch(left, file.partition("{")[0])
        assert [until for (until,) in pictures] == ["00:00:00", "00:01:00", "00:02:00", "01:00:00"]


async def test_an_erasure_takes_the_session_that_asks_and_one_of_the_versions(
    accounts: Accounts, database: Connection
) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    session = "select max(id) from sessions where user_id = $1"
    session_id, others = [await database.fetchval(session, each.user_id) for each in (parent, other)]
    account = "from users where id = $1"
    password = await database.fetchval(f"select password {account}", parent.user_id)
    version = await database.fetchval(f"select updated_at::text {account}", parent.user_id)
    values = {"user_id": parent.user_id, "password": password, "second_factor": False}

    async def locked(session_id: int, versions: str | None = None) -> list[bool]:
        rows = await run(database, "lock_for_erasure", session_id=session_id, versions=versions, **values)
        return [is_refused for _, _, is_refused in rows]

    assert await locked(session_id) == [False]
    assert await locked(session_id, f'{{2020-01-01,"{version}"}}') == [False]
    assert await locked(session_id, "{2020-01-01}") == [True]
    assert await locked(others) == []


async def test_mails_to_an_address_of_others_too_stay(accounts: Accounts, database: Connection) -> None:
    parent, other = [await with_password(await accounts.parent(), database) for _ in range(2)]
    email = f"{parent.username}@example.org"
    queue = "insert into mails (kind, recipient, language) values ('notice', $1, 'nl')"
    left = "select count(*) from mails where recipient = $1 and kind = 'notice'"
    await database.execute(queue, email)
    await database.execute("update users set email = upper($2) where id = $1", other.user_id, email)
    # Folded it's the same, and no mailbox of the parent's.
    similar = email.replace("p", "\N{FULLWIDTH LATIN SMALL LETTER P}", 1)
    await database.execute(queue, similar)
    assert await outcome(other.client) == "erased"
    assert await database.fetchval(left, email) == 1
    assert await outcome(parent.client) == "erased"
    assert await database.fetchval(left, email) == 0
    assert await database.fetchval(left, similar) == 1


async def test_an_erasure_that_is_cut_off_did_nothing(
    client: httpx.AsyncClient, database: Connection, dsn: str
) -> None:
    family = await marked_family(database)
    await logged_in(client, database, family)
    before = await traces(database, family)
    with psycopg.connect(dsn) as holding, psycopg.connect(dsn, autocommit=True) as watching:
        holding.execute("select from child_profiles where parent_profile_id = %s for update", [family.id])
        erasing = asyncio.create_task(erase(client))
        waiting = "query like '%/* erase_account */%' and wait_event_type = 'Lock'"
        await asyncio.to_thread(wait_for_session, watching, waiting)
        watching.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {waiting}".encode())
        answer = await erasing
    assert answer.status_code == 503, answer.text
    assert await traces(database, family) == before


@pytest.mark.long
async def test_logins_and_saves_meanwhile_leave_nothing(
    accounts: Accounts, client: httpx.AsyncClient, database: Connection
) -> None:
    families = [await with_password(await accounts.parent(), database) for _ in range(4)]
    stop = asyncio.Event()
    statuses: set[int] = set()

    async def write(number: int) -> None:
        family = families[number % len(families)]
        while not stop.is_set():
            if number < len(families):
                answer = await log_in(client, family.username, path="/api/sessions")
            elif number < 2 * len(families):
                body = {"step": 1, "data": {"basicInfo": {"name": "Noor"}}}
                answer = await family.client.post("/api/onboarding/progress", json=body)
            else:
                answer = await family.client.post("/api/child-profiles", json={"name": "Noor", "age": 1})
            statuses.add(answer.status_code)

    writing = [asyncio.create_task(write(number)) for number in range(3 * len(families))]
    await asyncio.sleep(0.05)

    async def erase_at_last(family: Parent) -> str:
        # What its own saves took may have the family refused for a moment.
        async with asyncio.timeout(60):
            while (found := await outcome(family.client)) == "too_many_requests":
                await asyncio.sleep(0.05)
        return found

    outcomes = await asyncio.gather(*[erase_at_last(family) for family in families])
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.gather(*writing)
    assert outcomes == ["erased"] * len(families)
    assert statuses <= {200, 201, 401, 404, 409, 429, 503}, statuses
    for table, owned in OWNED.items():
        for column, owner in owned.owners.items():
            ids = [family.user_id if owner == "user" else family.parent_profile_id for family in families]
            left = await database.fetchval(f"select count(*) from {table} where {column} = any($1)", ids)
            assert (table, column, left) == (table, column, 0) or table == "audit_events"
    for family in families:
        events = await database.fetchval(EVENTS, family.user_id)
        assert events[-1] == "erased", events
