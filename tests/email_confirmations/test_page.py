"""The page that the link of a mail leads to."""

import re

import httpx
import pytest

from tests.accounts import Accounts
from tests.email_confirmations.confirmations import resent_token, status


async def test_a_button_confirms(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    token = await resent_token(parent, f"{parent.username}@example.org")
    page = await client.get(f"/confirm-email/{token}")
    assert page.status_code == 200
    assert re.search(r'<form method="post"><button>Ja, bevestigen</button></form>', page.text)
    # The form's address is the page's own.
    assert token not in page.text
    assert not (await status(parent))[1]
    # As browsers send it from a page without a referrer.
    headers = {"Origin": "null", "Content-Type": "application/x-www-form-urlencoded"}
    done = await client.post(f"/confirm-email/{token}", headers=headers)
    assert (done.status_code, "Bedankt! Je e-mailadres is bevestigd." in done.text) == (200, True)
    assert (await status(parent))[1]
    again = await client.post(f"/confirm-email/{token}", headers={"Accept-Language": "en"})
    assert (again.status_code, "This link doesn&#x27;t work any more." in again.text) == (400, True)
    assert "<form" not in done.text + again.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_it_gives_nothing_away(client: httpx.AsyncClient, method: str) -> None:
    page = await client.request(method, "/confirm-email/%3Cscript%3E")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in page.headers
    assert "script" not in page.text
