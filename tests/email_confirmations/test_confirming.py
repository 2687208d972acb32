"""Confirming an address by the link of a mail."""

import asyncio
from hashlib import sha256
from secrets import token_bytes

import httpx
import pytest

from api.auth.tokens import new_token
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import new_name, register
from tests.email_confirmations.confirmations import (
    SUBJECT,
    TAKEN,
    confirm,
    parent_with_password,
    resend,
    resent_token,
    status,
)
from tests.mail.links import all_mailed, links_in, mail_about, token_in
from tests.mail.mailbox import text_of
from tests.password_resets.resets import token_for
from tests.statements import run_behind


async def test_a_registration_is_confirmed(client: httpx.AsyncClient, service: str, database: Connection) -> None:
    name = new_name()
    user = (await register(client, name)).json()["user"]
    mail = await mail_about(user["email"], SUBJECT)
    [link] = links_in(mail)
    assert link.startswith(f"{service}/confirm-email/nw_")
    # Whoever gave the address chose the name, and needn't be its reader.
    assert name not in text_of(mail)
    token = token_in(mail)
    assert (
        await database.fetchval("select token_digest from email_confirmations where user_id = $1", user["id"])
        == sha256(token.encode()).digest()
    )
    before = (await client.get("/api/users/me/email")).json()
    assert before == {"email": user["email"], "isConfirmed": False, "pendingEmail": None}
    async with httpx.AsyncClient(base_url=service) as anybody:
        answer = await confirm(anybody, token)
    assert (answer.status_code, answer.json()) == (200, {"message": "Bedankt! Je e-mailadres is bevestigd."})
    assert (await client.get("/api/users/me/email")).json() == before | {"isConfirmed": True}
    assert (await confirm(client, token)).json()["code"] == "invalid_link"
    events = await database.fetch("select event from audit_events where user_id = $1 order by id", user["id"])
    assert [event for (event,) in events] == ["registered", "email_confirmed"]


async def test_a_confirmed_address_can_neither_be_found_out_nor_occupied(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    owner = await accounts.parent()
    email = f"{owner.username}@example.org"
    await database.execute("update users set email_confirmed_at = now() where id = $1", owner.user_id)
    answer = await register(client, new_name(), email=email.upper())
    assert answer.status_code == 201
    mail = await mail_about(email.upper(), TAKEN)
    assert links_in(mail) == []
    assert f"Het hoort al bij jouw account {owner.username}" in text_of(mail)
    # Even with the link, which nobody was sent.
    token = new_token()
    await database.execute(
        "update email_confirmations set token_digest = $1 where user_id = $2",
        sha256(token.encode()).digest(),
        answer.json()["user"]["id"],
    )
    refused = await confirm(client, token)
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
    assert (await client.get("/api/users/me/email")).json()["isConfirmed"] is False
    # The link works once its owner has given the address up.
    await database.execute("update users set email = 'other-' || email where id = $1", owner.user_id)
    assert (await confirm(client, token)).status_code == 200


async def test_of_two_accounts_at_once_one_has_the_address(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    email = f"{new_name()}@example.org"
    parents = [await parent_with_password(accounts, database, email) for _ in range(2)]
    tokens = [await resent_token(parent, email) for parent in parents]
    answers = await asyncio.gather(*[confirm(client, token) for token in tokens * 2])
    codes = [answer.json().get("code") for answer in answers]
    assert codes.count(None) == 1
    assert set(codes) <= {None, "email_taken", "invalid_link"}
    assert sorted([(await status(parent))[1] for parent in parents]) == [False, True]


async def test_what_another_request_does_first_ends_a_link_or_has_the_next(
    accounts: Accounts, database: Connection, dsn: str
) -> None:
    parent = await accounts.parent()
    email, digest, network = f"{parent.username}@example.org", token_bytes(32), "192.0.2.0/24"
    lock = "select from users where id = $1 for update"
    async with database.transaction():
        await database.execute(lock, parent.user_id)
        begun = "insert into email_confirmations (user_id, email, expires_at) values ($1, $2, now() + interval '1 day')"
        await database.execute(begun, parent.user_id, f"new-{email}")
        values = {"user_id": parent.user_id, "email": email, "token_digest": digest}
        issuing = await run_behind(database, dsn, "issue_confirmation", **values)
    assert await issuing == []
    renewed = "update email_confirmations set token_digest = $2 where user_id = $1"
    await database.execute(renewed, parent.user_id, digest)
    async with database.transaction():
        await database.execute(lock, parent.user_id)
        await database.execute(renewed, parent.user_id, token_bytes(32))
        confirming = await run_behind(database, dsn, "confirm_email", token_digest=digest, network=network)
    assert await confirming == []
    assert await status(parent) == (email, False, f"new-{email}")


async def test_another_link_ends_the_one_before(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    email = f"{parent.username}@example.org"
    first, second = await resent_token(parent, email), await resent_token(parent, email)
    reset = await token_for(client, email)
    await database.execute(
        "update email_confirmations set expires_at = now() - interval '1 second' where user_id = $1", parent.user_id
    )
    third = await resent_token(parent, email)
    tampered = third[:-1] + ("A" if third[-1] != "A" else "B")
    for token in (first, second, tampered, reset, parent.token, new_token(), "x", "%00"):
        answer = await confirm(client, token)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_link")
    assert (await confirm(client, third)).status_code == 200
    # There is nothing to confirm any more.
    assert (await resend(parent)).status_code == 200
    assert (await all_mailed(database, email)).count(SUBJECT) == 3


async def test_a_link_ends_after_three_days(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    token = await resent_token(parent, f"{parent.username}@example.org")
    left = await database.fetchval(
        "select extract(epoch from expires_at - now())::integer from email_confirmations where user_id = $1",
        parent.user_id,
    )
    assert 3 * 86400 - 60 < left <= 3 * 86400
    await database.execute("update email_confirmations set expires_at = now() where user_id = $1", parent.user_id)
    assert (await confirm(client, token)).json()["code"] == "invalid_link"


async def test_links_are_not_mailed_without_end(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    email = f"{parent.username}@example.org"
    answers = [await resend(parent) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    # An address gets three an hour, of whichever accounts; who asks isn't told.
    await database.execute("update users set email = upper($1) where id = $2", email, other.user_id)
    assert (await resend(other)).status_code == 200
    mailed = [await all_mailed(database, each) for each in (email, email.upper())]
    assert [len(subjects) for subjects in mailed] == [3, 0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_only_a_post_uses_a_link(client: httpx.AsyncClient, accounts: Accounts, method: str) -> None:
    parent = await accounts.parent()
    token = await resent_token(parent, f"{parent.username}@example.org")
    for path in ("/api/confirm-email", "/confirm-email"):
        await client.request(method, f"{path}/{token}")
    assert not (await status(parent))[1]
    assert (await confirm(client, token)).status_code == 200


async def test_another_address_is_unconfirmed(accounts: Accounts, database: Connection) -> None:
    """As a DBA sets it, or the release before."""
    parent = await accounts.parent()
    await database.execute("update users set email_confirmed_at = now() where id = $1", parent.user_id)
    await database.execute("update users set email = upper(email) where id = $1", parent.user_id)
    assert await status(parent) == (f"{parent.username}@example.org".upper(), False, None)
