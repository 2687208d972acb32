"""A changed password is told by mail, through the queue."""

import asyncio

import pytest

from api.auth.passwords import hash_password
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.mail.mailbox import mailbox, text_of


@pytest.mark.parametrize(
    ("language", "subject", "says"),
    [
        ("nl", "Je wachtwoord is gewijzigd", "zojuist gewijzigd"),
        ("en", "Your password was changed", "has just been changed"),
    ],
)
async def test_a_changed_password_is_told(
    accounts: Accounts, database: Connection, language: str, subject: str, says: str
) -> None:
    parent = await accounts.parent()
    await database.execute(
        "update users set password = $2 where id = $1", parent.user_id, hash_password("welkom in ons huis")
    )
    answer = await parent.client.post(
        "/api/users/me/password",
        json={"oldPassword": "welkom in ons huis", "newPassword": "een lange zin onthoudt beter"},
        headers={"Accept-Language": language},
    )
    assert answer.status_code == 200
    [mail] = await mailbox.wait_for(f"{parent.username}@example.org")
    assert (mail["Subject"], mail["From"]) == (subject, "Nestwerk <noreply@[127.0.0.1]>")
    assert says in text_of(mail)
    assert says in text_of(mail, "html")
    async with asyncio.timeout(10):
        while await database.fetchval("select count(*) from mails where user_id = $1", parent.user_id):
            await asyncio.sleep(0.01)
