"""Setting a new password by the link of a mail."""

import asyncio
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from secrets import token_bytes, token_hex
from typing import Any

import httpx
import pytest

from api.auth.devices import COOKIE as DEVICE_COOKIE
from api.auth.throttling import reset_mail_charges
from api.auth.tokens import new_token
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, register, shut_out
from tests.email_confirmations.confirmations import parent_with_password
from tests.mail.links import all_mailed, links_in, mail_about, token_in
from tests.mail.mailbox import mailbox, text_of
from tests.password_resets.resets import NEW, SUBJECT, ask, reset, token_for
from tests.statements import run, run_behind, taken_back

ANSWER = (
    "Als er een account met dit e-mailadres is, krijg je zo een mail met een link. Kijk ook bij je ongewenste mail."
)


async def test_a_forgotten_password(client: httpx.AsyncClient, service: str, database: Connection) -> None:
    name = new_name()
    user = (await register(client, name)).json()["user"]
    token = (await log_in(client, name, path="/api/sessions")).json()["token"]
    answer = await ask(client, user["email"].upper(), "203.0.113.7")
    assert (answer.status_code, answer.json()) == (200, {"message": ANSWER})
    [link] = links_in(await mail_about(user["email"].upper(), SUBJECT))
    assert link.startswith(f"{service}/reset-password/nw_")
    answer = await reset(client, link.rpartition("/")[2])
    assert (answer.status_code, answer.json()) == (200, {"message": "Je wachtwoord is gewijzigd. Je kunt nu inloggen."})
    # No session begins, and of devices the one is known that has the link: nobody who guesses keeps it out.
    assert [line.partition("=")[0] for line in answer.headers.get_list("set-cookie")] == [DEVICE_COOKIE]
    # Everybody is logged out, on every worker.
    async with asyncio.timeout(1.5):
        while (await client.get("/api/user", headers={"Authorization": f"Bearer {token}"})).status_code != 401:
            await asyncio.sleep(0.01)
    assert (await client.get("/api/user")).status_code == 401
    assert await database.fetchval("select count(*) from devices where user_id = $1", user["id"]) == 1
    address = new_address()
    await shut_out(database, name, address)
    assert (await log_in(client, name, PASSWORD, address=address)).status_code == 401
    assert (await log_in(client, name, NEW, address=address)).status_code == 200
    # The address is its reader's, and they are told of the new password.
    status = {"email": user["email"], "isConfirmed": True, "pendingEmail": None}
    assert (await client.get("/api/users/me/email")).json() == status
    assert await mail_about(user["email"], "Je wachtwoord is gewijzigd")
    events = await database.fetch("select event from audit_events where user_id = $1 order by id", user["id"])
    assert [event for (event,) in events] == [
        *("registered", "logged_in", "password_reset_asked", "password_reset", "sessions_ended", "email_confirmed"),
        *("login_refused", "logged_in"),
    ]
    asked = "select network from audit_events where user_id = $1 and event = 'password_reset_asked'"
    assert await database.fetchval(asked, user["id"]) == "203.0.113.0/24"


async def test_one_mail_lists_each_account(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parents = [await accounts.parent() for _ in range(3)]
    email = f"{new_name()}@example.org"
    ids = [parent.user_id for parent in parents]
    await database.execute("update users set email = $1 where id = any($2)", email, ids)
    await database.execute("update users set email = upper(email), email_confirmed_at = now() where id = $1", ids[1])
    await database.execute("update users set banned_at = now(), ban_reason = 'other' where id = $1", ids[2])
    await ask(client, email, **{"Accept-Language": "en"})
    mail = await mail_about(email, "A new password")
    first, second = links_in(mail)
    # The one that has confirmed the address comes first, and the banned one doesn't.
    order = [f"New password for {parents[place].username}:\n{link}" for place, link in ((1, first), (0, second))]
    assert "\n\n".join(order) in text_of(mail)
    assert parents[2].username not in text_of(mail)
    hashes = "select password from users where id = any($1) order by array_position($1, id)"
    assert (await reset(client, second.rpartition("/")[2])).status_code == 200
    changed, *others = [hash for (hash,) in await database.fetch(hashes, ids)]
    assert (changed.startswith("$argon2id$v=19"), others) == (True, ["$argon2id$unusable"] * 2)
    assert (await reset(client, first.rpartition("/")[2])).status_code == 200
    # The address stays the one's that had confirmed it.
    confirmed = await database.fetch("select id from users where id = any($1) and email_confirmed_at is not null", ids)
    assert [id for (id,) in confirmed] == [ids[1]]


async def test_links_that_do_nothing(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    email = f"{parent.username}@example.org"
    token = await token_for(client, email)
    assert (
        await database.fetchval("select token_digest from password_resets where user_id = $1", parent.user_id)
        == sha256(token.encode()).digest()
    )
    old, banned = await token_for(client, email), await token_for(client, email)
    await database.execute(
        "update password_resets set expires_at = now() where token_digest = $1", sha256(old.encode()).digest()
    )
    tampered = token[:-1] + ("A" if token[-1] != "A" else "B")
    foreign = new_token()
    await database.execute(
        "insert into email_confirmations (user_id, email, token_digest, expires_at)"
        " values ($1, 'a@b', $2, now() + interval '1 day')",
        parent.user_id,
        sha256(foreign.encode()).digest(),
    )
    answers = [
        await reset(client, each)
        for each in (old, tampered, new_token(), foreign, parent.token, "x", "%00", "nw_%0d%0a", "é", token + "a")
    ]
    await database.execute("update users set banned_at = now(), ban_reason = 'other' where id = $1", parent.user_id)
    answers.append(await reset(client, banned))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, "invalid_link")}
    assert {answer.json()["message"] for answer in answers} == {"Deze link werkt niet meer. Vraag een nieuwe aan."}
    await database.execute("update users set banned_at = null, ban_reason = null where id = $1", parent.user_id)
    assert (await reset(client, token)).status_code == 200
    assert (await reset(client, token)).json()["code"] == "invalid_link"


async def test_each_account_of_an_address_takes_a_link(accounts: Accounts, database: Connection, dsn: str) -> None:
    ids = sorted([(await accounts.parent()).user_id for _ in range(3)])
    email = f"{new_name()}@example.org"
    await database.execute("update users set email = $1 where id = any($2)", email, ids)
    await database.execute("update users set email_confirmed_at = now() where id = $1", ids[1])

    def asked(count: int) -> dict[str, Any]:
        tokens = [token_bytes(32) if number < count else None for number in range(10)]
        return {"email": email, "most": 1, "network": None, "token_digest": tokens}

    # The one that has confirmed the address comes first; and none has more than :most links.
    for count, expected in ((1, [ids[1]]), (10, [ids[0], ids[2]]), (10, [])):
        values = asked(count)
        found = await run(database, "issue_password_resets", **values)
        assert [(row[0], row[2]) for row in found] == [
            (id, values["token_digest"][place]) for place, id in enumerate(expected)
        ]
    await database.execute("delete from password_resets where user_id = any($1)", ids)
    async with database.transaction():
        await database.execute("select from users where id = $1 for update", ids[0])
        running = await run_behind(database, dsn, "issue_password_resets", **asked(10))
        # It waits for the first account, so it hasn't locked later ones.
        await database.execute("select from users where id = any($1) for update nowait", ids)
    assert len(await running) == 3


async def test_a_link_that_expires_or_whose_account_is_banned_meanwhile_does_nothing(
    accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    values: dict[str, Any] = {"token_digest": token_bytes(32), "password": "$argon2id$other", "network": None}
    for hours, is_banned in ((0, False), (1, True), (1, False)):
        await database.execute(
            "insert into password_resets (user_id, token_digest, expires_at)"
            " values ($1, $2, now() + $3 * interval '1 hour')"
            " on conflict (token_digest) do update set expires_at = excluded.expires_at",
            parent.user_id,
            values["token_digest"],
            hours,
        )
        await database.execute(
            "update users set banned_at = case when $2 then now() end,"
            " ban_reason = case when $2 then 'other'::ban_reason end where id = $1",
            parent.user_id,
            is_banned,
        )
        is_used = hours and not is_banned
        assert await run(database, "reset_password", **values) == ([(parent.user_id,)] if is_used else [])


async def test_an_address_is_confirmed_by_a_link_if_it_is_the_accounts_and_nobody_elses(
    accounts: Accounts, database: Connection
) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    email, pending = f"{parent.username}@example.org", f"new-{parent.username}@example.org"
    await database.execute(
        "insert into email_confirmations (user_id, email, token_digest, expires_at)"
        " values ($1, $2, $3, now() + interval '1 day')",
        parent.user_id,
        pending,
        token_bytes(32),
    )
    asked = "select email from email_confirmations where user_id = $1"

    async def confirmed(address: str) -> bool:
        values = {"user_id": parent.user_id, "email": address, "network": None}
        return bool(await run(database, "confirm_email_of_reset", **values))

    await database.execute(
        "update users set email = upper($2), email_confirmed_at = now(), second_factor_at = null where id = $1",
        other.user_id,
        email,
    )
    assert not await confirmed(email)
    await database.execute("update users set email_confirmed_at = null where id = $1", other.user_id)
    assert not await confirmed(pending)
    assert await confirmed(email)
    assert not await confirmed(email)
    assert await database.fetchval(asked, parent.user_id) == pending
    # What asks for the same address is settled with it.
    await database.execute("update users set email_confirmed_at = null where id = $1", parent.user_id)
    await database.execute("update email_confirmations set email = $2 where user_id = $1", parent.user_id, email)
    assert await confirmed(email)
    assert await database.fetchval(asked, parent.user_id) is None


async def test_an_address_that_is_confirmed_meanwhile_is_not_confirmed_again(
    accounts: Accounts, database: Connection, dsn: str
) -> None:
    parent = await accounts.parent()
    address = await database.fetchval("select email from users where id = $1", parent.user_id)
    await database.execute("update users set email_confirmed_at = null where id = $1", parent.user_id)
    values = {"user_id": parent.user_id, "email": address, "network": None}
    async with database.transaction():
        await database.execute("update users set email_confirmed_at = now() where id = $1", parent.user_id)
        running = await run_behind(database, dsn, "confirm_email_of_reset", **values)
    assert await running == []


async def test_accounts_of_an_address_get_links_in_the_order_of_their_ids_confirmed_ones_first(
    database: Connection,
) -> None:
    address = f"{token_hex(8)}@example.org"
    async with taken_back(database):
        made = [
            await database.fetchval(
                "insert into users (username, email, password, email_confirmed_at)"
                " values ($1, $2, '$argon2id$x', case when $3 then now() end) returning id",
                f"{number}-{address}",
                f"{address[:4].swapcase()}{address[4:]}" if number == 3 else address,
                number == 3,
            )
            for number in range(8)
        ]
        tokens = [bytes([number] * 32) for number in range(10)]
        links = await run(database, "issue_password_resets", email=address, most=3, token_digest=tokens, network=None)
    ids = [made[3], *made[:3], *made[4:]]
    names = {user_id: f"{number}-{address}" for number, user_id in enumerate(made)}
    assert links == [(user_id, names[user_id], token) for user_id, token in zip(ids, tokens, strict=False)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
async def test_only_a_post_uses_a_link(client: httpx.AsyncClient, accounts: Accounts, method: str) -> None:
    parent = await accounts.parent()
    token = await token_for(client, f"{parent.username}@example.org")
    answer = await client.request(method, f"/api/reset-password/{token}")
    assert answer.status_code == (204 if method == "OPTIONS" else 405)
    assert (await reset(client, token)).status_code == 200


async def test_a_refused_password_leaves_the_link(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    token = await token_for(client, f"{parent.username}@example.org")
    for password in ("kort", "password1", parent.username, f"{parent.username}@EXAMPLE.org", "x" * 257):
        answer = await reset(client, token, password)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/password"]
    assert (await reset(client, token)).status_code == 200


async def test_of_several_uses_at_once_one_succeeds(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    email = f"{parent.username}@example.org"
    tokens = [await token_for(client, email), await token_for(client, email)]
    answers = await asyncio.gather(*[reset(client, token) for token in tokens * 2])
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert not await database.fetchval("select count(*) from password_resets where user_id = $1", parent.user_id)


async def test_of_two_accounts_at_once_one_has_the_address(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    email = f"{new_name()}@example.org"
    ids = [(await accounts.parent()).user_id for _ in range(2)]
    await database.execute("update users set email = $1 where id = any($2)", email, ids)
    await ask(client, email)
    links = links_in(await mail_about(email, SUBJECT))
    answers = await asyncio.gather(*[reset(client, link.rpartition("/")[2]) for link in links])
    assert [answer.status_code for answer in answers] == [200, 200]
    count = "select count(*) from users where id = any($1) and email_confirmed_at is not null"
    assert await database.fetchval(count, ids) == 1


@pytest.mark.parametrize(
    "change", ["password = '$argon2id$other'", "email = 'new-' || email, email_confirmed_at = now()"]
)
async def test_links_end_with_what_they_are_for(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection, change: str
) -> None:
    parent = await accounts.parent()
    token = await token_for(client, f"{parent.username}@example.org")
    await database.execute(f"update users set {change} where id = $1", parent.user_id)
    assert (await reset(client, token)).json()["code"] == "invalid_link"


async def test_an_account_has_three_links_at_a_time(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    email = f"{parent.username}@example.org"
    for _ in range(3):
        token = await token_for(client, email)
    answer = await ask(client, email)
    assert (answer.status_code, answer.json()) == (200, {"message": ANSWER})
    assert await all_mailed(database, email) == [SUBJECT] * 3
    await database.execute("update password_resets set expires_at = now() where user_id = $1", parent.user_id)
    await database.execute("delete from rate_limits where subject = $1", reset_mail_charges(email)[0].subject)
    assert await token_for(client, email) != token


async def test_an_address_is_not_flooded_by_accounts_that_anybody_makes(
    accounts: Accounts, database: Connection
) -> None:
    """Neither links that end with a new password nor words about an account are mailed without end."""
    parent = await parent_with_password(accounts, database)
    email = f"{parent.username}@example.org"
    # The domain is the same one.
    spellings = [email, email.upper(), *(email.replace("ex", each) for each in ("\uff45x", "e\u00adx"))]
    passwords = [PASSWORD, NEW] * 4
    for place, (old, new) in enumerate(pairwise(passwords)):
        spelling = spellings[place % 4]
        await database.execute("update users set email = $1 where id = $2", spelling, parent.user_id)
        await ask(parent.client, spelling)
        answer = await parent.client.post("/api/users/me/password", json={"oldPassword": old, "newPassword": new})
        assert answer.status_code == 200
        parent.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        await all_mailed(database, spelling)
    mailed = [mail["Subject"] for to, mail in mailbox.received if parent.username in to.lower()]
    assert Counter(mailed) == {SUBJECT: 3, "Je wachtwoord is gewijzigd": 5}


async def test_a_name_is_no_web_address(client: httpx.AsyncClient, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    name = f"https://evil.example/{parent.user_id}"
    await database.execute("update users set username = $1 where id = $2", name, parent.user_id)
    await ask(client, f"{parent.username}@example.org")
    mail = await mail_about(f"{parent.username}@example.org", SUBJECT)
    assert "evil.example" not in text_of(mail)
    assert "https://evil" not in text_of(mail, "html")
    assert "https:\u2060/\u2060/\u2060evil.\u2060example" in text_of(mail)
    # The reader may paste it.
    shown = name.replace(":", ":\u2060").replace("/", "/\u2060").replace(".", ".\u2060")
    assert (await reset(client, token_in(mail))).status_code == 200
    assert (await log_in(client, shown, NEW)).status_code == 200
