"""Using the links of mails that confirm an address."""

from typing import Any

import httpx

from api.auth.passwords import hash_password
from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import PASSWORD, new_address
from tests.mail.links import mail_about, mails_about, token_in

SUBJECT = "Bevestig je e-mailadres"
TOLD = "Je e-mailadres wordt gewijzigd"
TAKEN = "Je hebt al een account"
_HASH = hash_password(PASSWORD)


async def parent_with_password(accounts: Accounts, database: Connection, email: str | None = None) -> Parent:
    """A parent whose password is PASSWORD."""
    parent = await accounts.parent()
    await database.execute(
        "update users set password = $1, email = coalesce($2, email) where id = $3", _HASH, email, parent.user_id
    )
    return parent


async def change(parent: Parent, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await parent.client.patch(
        "/api/users/me",
        json={"email": email, "currentPassword": password, **more},
        headers={"X-Forwarded-For": new_address()},
    )


async def resend(parent: Parent) -> httpx.Response:
    return await parent.client.post("/api/users/me/email/confirmation")


async def resent_token(parent: Parent, email: str) -> str:
    """Token of a link that is mailed anew."""
    before = len(mails_about(email, SUBJECT))
    assert (await resend(parent)).status_code == 200
    return token_in(await mail_about(email, SUBJECT, before + 1))


async def confirm(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(f"/api/confirm-email/{token}")


async def status(parent: Parent) -> tuple[str, bool, str | None]:
    """Address, whether it's confirmed, and the one that is to take its place."""
    document = (await parent.client.get("/api/users/me/email")).json()
    return document["email"], document["isConfirmed"], document["pendingEmail"]
