"""Every POST route answers a repetition as the first time; those of a resource that isn't named here, too."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.app import unserved_app
from api.database.aliases import Connection
from api.http.endpoint import Endpoint
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_address
from tests.email_confirmations.confirmations import SUBJECT as CONFIRM
from tests.idempotency_keys.twice import POSTS, Twice
from tests.mail.links import mail_about, token_in
from tests.passkeys.authenticator import Authenticator
from tests.password_resets.resets import reset, token_for
from tests.pictures.images import PNG
from tests.second_factors.factors import code, confirm, forget_codes, registered, set_up
from tests.test_access import CHILD, DOCUMENT, GOAL, MADE, SUGGESTED

# What has no result to tell, or that the repetition may not see.
ENDED = {"/api/users/me/password"}
SESSIONS = "select count(*) from sessions where user_id = $1"


@pytest.fixture
async def twice(service: str) -> AsyncIterator[Twice]:
    async with Twice(base_url=service, timeout=30, verify=False) as client:
        yield client


@pytest.mark.long
async def test_every_route(twice: Twice, database: Connection) -> None:
    await log_in_and_out(twice, database)
    await use(twice, database)
    assert twice.repeated | twice.ended == POSTS
    assert twice.ended == ENDED


async def log_in_and_out(twice: Twice, database: Connection) -> None:
    """Register, log in in all ways, and set new passwords."""
    owner = await registered(twice)
    email = f"{owner.name}@example.org"
    assert await database.fetchval(SESSIONS, owner.user_id) == 1
    assert (await twice.post(f"/api/confirm-email/{token_in(await mail_about(email, CONFIRM))}")).status_code == 200
    assert (await twice.post("/api/users/me/email/confirmation")).status_code == 200
    assert (await reset(twice, await token_for(twice, email), PASSWORD)).status_code == 200
    assert await database.fetchval(SESSIONS, owner.user_id) == 0
    twice.cookies.clear()
    assert (await log_in(twice, owner.name)).status_code == 200
    assert (await log_in(twice, owner.name, path="/api/sessions")).status_code == 201
    assert await database.fetchval(SESSIONS, owner.user_id) == 2
    change = {"oldPassword": PASSWORD, "newPassword": "fietsen door de regen naar oma"}
    answer = await twice.post("/api/users/me/password", json=change, headers={"X-Forwarded-For": new_address()})
    assert answer.status_code == 204
    secret = await set_up(twice)
    assert (await confirm(twice, code(secret))).status_code == 200
    assert (await twice.post("/api/second-factors/recovery-codes")).status_code == 200
    authenticator = Authenticator(twice)
    assert (await authenticator.add()).status_code == 201
    assert (await twice.post("/api/logout")).status_code == 200
    assert await database.fetchval(SESSIONS, owner.user_id) == 0
    assert (await authenticator.log_in()).status_code == 200
    await forget_codes(database, owner.user_id)
    more = {"code": code(secret)}
    assert (await log_in(twice, owner.name, change["newPassword"], more=more)).status_code == 200
    assert await database.fetchval(SESSIONS, owner.user_id) == 1


async def use(twice: Twice, database: Connection) -> None:
    """Do everything else, with the session that the client has."""
    assert (await twice.post("/api/onboarding/progress", json={"step": 1, "data": DOCUMENT})).status_code == 200
    assert (await twice.post("/api/onboarding/complete", json=DOCUMENT)).status_code == 200
    profile_id = (await twice.get("/api/parent-profile")).json()["id"]
    for path, row in {"child-profiles": CHILD, "parenting-goals": GOAL}.items():
        assert (await twice.post(f"/api/{path}", json=row)).status_code == 201
        assert (await twice.post(f"/api/{path}/batch", json=[row, row])).status_code == 201
        assert len((await twice.get(f"/api/{path}")).json()["items"]) == 3
    suggestion = f"/api/suggestions/{await database.fetchval(SUGGESTED, profile_id, None)}"
    assert (await twice.post(f"{suggestion}/feedback", json={"rating": 4, "feedback": None})).status_code == 200
    assert (await twice.post(f"{suggestion}/use")).status_code == 200
    assert (await twice.post(f"{suggestion}/dismiss")).status_code == 200
    assert (await twice.post("/api/profile/picture", files={"profilePicture": ("x.png", PNG)})).status_code == 200
    consent = {"purpose": "health_data", "version": 1}
    assert (await twice.post("/api/users/me/consents", json=consent)).status_code == 201
    for route in MADE.values():
        assert (await twice.post(route.path, json=route.body)).status_code == 201


async def test_a_picture_is_known_whatever_its_form(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    key = {"Idempotency-Key": "picture"}

    async def send(content: bytes) -> httpx.Response:
        # Each form has a boundary of its own.
        return await parent.client.post("/api/profile/picture", files={"profilePicture": ("x", content)}, headers=key)

    first, again = await send(PNG), await send(PNG)
    assert first.content == again.content
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert (await send(PNG + b"x")).json()["code"] == "idempotency_key_reused"
    assert await database.fetchval("select count(*) from pictures where user_id = $1", parent.user_id) == 1


def test_no_route_is_left_out() -> None:
    """Only the page that a mail's link opens isn't an endpoint: a browser sends its form, without a key."""
    others = {
        route.path
        for route in unserved_app().routes
        for handler in getattr(route, "route_handlers", ())
        if "POST" in handler.http_methods and not (isinstance(handler, Endpoint) and handler.takes_key)
    }
    assert others == {"/confirm-email/{token:str}"}
