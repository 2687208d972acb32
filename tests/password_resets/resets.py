"""Asking for links that set new passwords, and using them."""

import httpx

from tests.auth.logins import new_address
from tests.mail.links import mail_about, mails_about, token_in

SUBJECT = "Een nieuw wachtwoord"
NEW = "fietsen door de regen naar oma"


async def ask(client: httpx.AsyncClient, email: str, address: str | None = None, **headers: str) -> httpx.Response:
    return await client.post(
        "/api/reset-password", json={"email": email}, headers={"X-Forwarded-For": address or new_address(), **headers}
    )


async def reset(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post(
        f"/api/reset-password/{token}", json={"password": password}, headers={"X-Forwarded-For": new_address()}
    )


async def token_for(client: httpx.AsyncClient, email: str) -> str:
    """Token of a link that is mailed to the address of one account."""
    before = len(mails_about(email, SUBJECT))
    assert (await ask(client, email)).status_code == 200
    return token_in(await mail_about(email, SUBJECT, before + 1))
