"""Changing an address, which takes the password and the link of a mail."""

import asyncio

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import fill, new_name
from tests.email_confirmations.confirmations import (
    SUBJECT,
    TAKEN,
    TOLD,
    change,
    confirm,
    parent_with_password,
    resend,
    resent_token,
    status,
)
from tests.mail.links import all_mailed, mail_about, mails_about, token_in
from tests.mail.mailbox import text_of
from tests.password_resets.resets import SUBJECT as RESET
from tests.password_resets.resets import ask, reset, token_for


async def test_a_change(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    old, new = f"{parent.username}@example.org", f"{new_name()}@example.com"
    answer = await change(parent, new, profilePicture="https://example.org/a.png")
    assert (answer.status_code, answer.json()["email"]) == (200, old)
    assert answer.json()["profilePicture"] == "https://example.org/a.png"
    told = await mail_about(old, TOLD)
    assert new not in told.as_string()
    assert f"je account {parent.username}" in text_of(told)
    token = token_in(await mail_about(new, SUBJECT))
    assert await status(parent) == (old, False, new)
    reset_token = await token_for(client, old)
    assert (await confirm(client, token)).status_code == 200
    assert await status(parent) == (new, True, None)
    assert (await parent.client.get("/api/user")).json()["email"] == new
    # The links that the old address got are of no use any more.
    assert (await reset(client, reset_token)).json()["code"] == "invalid_link"
    events = await database.fetch("select event from audit_events where user_id = $1 order by id", parent.user_id)
    assert [event for (event,) in events] == ["email_change_asked", "password_reset_asked", "email_changed"]


async def test_it_takes_the_password(accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    new = f"{new_name()}@example.com"
    answer = await change(parent, new, "fout", profilePicture="https://example.org/a.png")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_old_password")
    assert (await parent.client.get("/api/user")).json()["profilePicture"] is None
    await fill(database, f"old-password:{parent.user_id}")
    assert (await change(parent, new)).status_code == 429
    assert await status(parent) == (f"{parent.username}@example.org", False, None)
    assert await all_mailed(database, new) == []


@pytest.mark.long
async def test_an_account_changes_it_five_times_an_hour(accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    answers = [await change(parent, f"{number}-{new_name()}@example.com") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    # An address that anybody may have named is told of no more than five.
    assert await all_mailed(database, f"{parent.username}@example.org") == [TOLD] * 5


@pytest.mark.long
async def test_a_confirmed_address_is_told_of_each_change(accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    await database.execute("update users set email_confirmed_at = now() where id = $1", parent.user_id)
    old = f"{parent.username}@example.org"
    for number in range(1, 6):
        await change(parent, f"{number}-{new_name()}@example.com")
        await mail_about(old, TOLD, number)


async def test_the_address_of_another_account(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent, owner = await parent_with_password(accounts, database), await accounts.parent()
    await database.execute("update users set email_confirmed_at = now() where id = $1", owner.user_id)
    taken, free = f"{owner.username}@example.org", f"{new_name()}@example.org"
    first = await change(parent, free)
    # One that another change replaces isn't sent any more.
    token = token_in(await mail_about(free, SUBJECT))
    second = await change(parent, taken)
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert await mail_about(taken, TAKEN)
    assert (await confirm(client, token)).json()["code"] == "invalid_link"


@pytest.mark.long
async def test_it_is_taken_back(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parent = await parent_with_password(accounts, database)
    old, new = f"{parent.username}@example.org", f"{new_name()}@example.com"
    own = await resent_token(parent, old)
    await change(parent, new)
    token = token_in(await mail_about(new, SUBJECT))
    assert (await change(parent, old)).status_code == 200
    assert await status(parent) == (old, False, None)
    for ended in (own, token):
        assert (await confirm(client, ended)).json()["code"] == "invalid_link"
    # A new password takes it back too, whoever asked for the change.
    await change(parent, new)
    token = token_in(await mail_about(new, SUBJECT, 2))
    assert (await reset(client, await token_for(client, old))).status_code == 200
    assert (await confirm(client, token)).json()["code"] == "invalid_link"


async def test_a_change_and_a_new_password_at_once(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    """Whoever has the old password can't begin a change after the new one."""
    parent = await parent_with_password(accounts, database)
    new, token = f"{new_name()}@example.com", await token_for(client, f"{parent.username}@example.org")
    changed, done = await asyncio.gather(change(parent, new), reset(client, token))
    assert done.status_code == 200
    assert changed.status_code in {200, 400, 401}
    pending = "select count(*) from email_confirmations where user_id = $1 and email = $2"
    assert not await database.fetchval(pending, parent.user_id, new)


async def test_a_link_that_is_mailed_while_a_new_password_is_set_leads_nowhere(
    accounts: Accounts, database: Connection
) -> None:
    """Neither is the change begun again that the new password takes back, nor is a former address mailed a link."""
    parent = await parent_with_password(accounts, database)
    old, new = f"{parent.username}@example.org", f"{new_name()}@example.com"
    await change(parent, new)
    await mail_about(new, SUBJECT)
    waiting = "select exists(select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
    for do, email in (("password = '$argon2id$other'", new), ("email = 'new-' || email", old)):
        async with database.transaction():
            await database.execute(f"update users set {do} where id = $1", parent.user_id)
            await (resend(parent) if email == new else ask(parent.client, email))
            async with asyncio.timeout(1.8):
                while not await database.fetchval(waiting):
                    await asyncio.sleep(0.01)
        await all_mailed(database, email)
    assert len(mails_about(new, SUBJECT)) == 1
    assert not mails_about(old, RESET)
    for table in ("email_confirmations", "password_resets"):
        assert not await database.fetchval(f"select count(*) from {table} where user_id = $1", parent.user_id)
