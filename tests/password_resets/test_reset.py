"""Setting a new password by the link of a mail."""

import asyncio

import httpx

from api.database.aliases import Connection
from tests.auth.logins import log_in, new_address, new_name, register
from tests.mail.links import links_in, token_in
from tests.mail.mailbox import mailbox

NEW = "een nieuwe lange zin"
ASKED = {
    "nl": "Als er een account met dit e-mailadres is, krijg je zo een mail met een link."
    " Kijk ook bij je ongewenste mail.",
    "en": "If there is an account with this e-mail address, you'll get a mail with a link soon."
    " Please look in your spam folder too.",
}


async def ask(client: httpx.AsyncClient, email: str, address: str | None = None, **headers: str) -> httpx.Response:
    return await client.post(
        "/api/reset-password", json={"email": email}, headers={"X-Forwarded-For": address or new_address(), **headers}
    )


async def reset(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post(
        f"/api/reset-password/{token}", json={"password": password}, headers={"X-Forwarded-For": new_address()}
    )


async def account(client: httpx.AsyncClient, **changes: str) -> tuple[str, str]:
    """A new account, by its name and address; the client is logged in."""
    name = new_name()
    answer = await register(client, name, **changes)
    assert answer.status_code == 201
    return name, answer.json()["user"]["email"]


async def token_for(client: httpx.AsyncClient, email: str) -> str:
    """Token of a link that is mailed to an address."""
    seen = len(reset_mails(email))
    assert (await ask(client, email)).status_code == 200
    async with asyncio.timeout(10):
        while len(reset_mails(email)) == seen:
            await asyncio.sleep(0.01)
    return token_in(reset_mails(email)[-1])


def reset_mails(email: str) -> list[object]:
    return [mail for mail in mailbox.to(email) if mail["Subject"] in {"Een nieuw wachtwoord", "A new password"}]


async def test_a_forgotten_password(client: httpx.AsyncClient, service: str, database: Connection) -> None:
    name, email = await account(client)
    token = (await log_in(client, name, path="/api/sessions")).json()["token"]
    answer = await ask(client, email.upper())
    assert (answer.status_code, answer.json()) == (200, {"message": ASKED["nl"]})
    [mail] = [mail for mail in await mailbox.wait_for(email.upper()) if mail["Subject"] == "Een nieuw wachtwoord"]
    [link] = links_in(mail)
    assert link.startswith(f"{service}/reset-password/nw_")
    answer = await reset(client, link.rpartition("/")[2])
    assert (answer.status_code, answer.json()) == (200, {"message": "Je wachtwoord is gewijzigd. Je kunt nu inloggen."})
    assert "set-cookie" not in answer.headers
    # Everybody is logged out, on every worker, and the cookie too.
    async with asyncio.timeout(1.5):
        while (await client.get("/api/user", headers={"Authorization": f"Bearer {token}"})).status_code != 401:
            await asyncio.sleep(0.01)
    assert (await client.get("/api/user")).status_code == 401
    assert not await database.fetchval("select count(*) from devices where user_id = $1", email)
    assert (await log_in(client, name)).status_code == 401
    assert (await log_in(client, name, NEW)).status_code == 200
    # The address is its reader's, and they are told of the new password.
    status = {"email": email, "isConfirmed": True, "pendingEmail": None}
    assert (await client.get("/api/users/me/email")).json() == status
    assert "Je wachtwoord is gewijzigd" in [mail["Subject"] for mail in await mailbox.wait_for(email, 2)]
