"""Sessions that are used in the second half of their life begin it again."""

import asyncio
import re

import httpx
import pytest

from api.auth import renewals as module
from api.auth.queries import sql
from api.auth.renewals import Renewals
from api.auth.tokens import token_digest
from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import log_in
from tests.auth.test_bans import BAN
from tests.auth.test_sessions import until

COOKIE = "nestwerk_session"
DAY = 24 * 60 * 60
HOUR = 60 * 60


async def age(database: Connection, token: str, seconds: float) -> None:
    """Have a session be so much older."""
    await database.execute(
        "update sessions set created_at = created_at - $2 * interval '1 second',"
        " renewed_at = renewed_at - $2 * interval '1 second', expires_at = expires_at - $2 * interval '1 second'"
        " where token_digest = $1",
        token_digest(token),
        float(seconds),
    )


async def seconds_left(database: Connection, token: str) -> float | None:
    left: float | None = await database.fetchval(
        "select extract(epoch from expires_at - now())::float from sessions where token_digest = $1",
        token_digest(token),
    )
    return left


def renewed(answer: httpx.Response, token: str) -> int | None:
    """Seconds for which an answer has the browser keep its cookie, or None if it says nothing."""
    lines = answer.headers.get_list("set-cookie")
    if not lines:
        return None
    [line] = lines
    [seconds] = re.findall(rf"^{COOKIE}={token}; Path=/; Max-Age=(\d+); HttpOnly; SameSite=Lax$", line)
    return int(seconds)


@pytest.mark.parametrize(("remember", "length"), [(False, DAY), (True, 30 * DAY)])
async def test_a_cookie_used_in_its_second_half_is_kept_for_longer(
    client: httpx.AsyncClient, database: Connection, name: str, *, remember: bool, length: int
) -> None:
    await log_in(client, name, more={"rememberMe": remember})
    token = client.cookies[COOKIE]
    await age(database, token, length / 2 - HOUR)
    assert renewed(await client.get("/api/user"), token) is None
    assert await seconds_left(database, token) == pytest.approx(length / 2 + HOUR, abs=60)
    await age(database, token, 2 * HOUR)
    # Until the worker has heard of it; it would forget the caller after five seconds in any case.
    async with asyncio.timeout(4):
        while (seconds := renewed(await client.get("/api/user"), token)) is None:
            pass
    assert seconds in {length - 1, length}
    assert await seconds_left(database, token) == pytest.approx(length, abs=60)
    items = (await client.get("/api/sessions")).json()["items"]
    ends = await database.fetchval("select expires_at from sessions where token_digest = $1", token_digest(token))
    assert [entry["expiresAt"] for entry in items if entry["current"]] == [f"{ends:%Y-%m-%dT%H:%M:%S.%fZ}"]
    # The answer may have been lost, so for a minute others say it too, on whichever worker.
    await until(client, 200)
    assert renewed(await client.get("/api/sessions"), token) in {length - 1, length}
    await age(database, token, 120)
    async with asyncio.timeout(4):
        while renewed(await client.get("/api/user"), token) is not None:
            pass
    # It goes on so.
    await age(database, token, length - HOUR)
    async with asyncio.timeout(4):
        while renewed(await client.get("/api/user"), token) is None:
            pass
    assert await seconds_left(database, token) == pytest.approx(length, abs=60)


async def test_over_https_it_is_the_same_cookie(client: httpx.AsyncClient, database: Connection, name: str) -> None:
    await log_in(client, name)
    token = client.cookies[COOKIE]
    await age(database, token, DAY - HOUR)
    headers = {"X-Forwarded-Proto": "https", "Cookie": f"__Host-{COOKIE}={token}"}
    [line] = (await client.get("/api/user", headers=headers)).headers.get_list("set-cookie")
    assert re.fullmatch(
        rf"__Host-{COOKIE}={token}; Path=/; Max-Age=(86400|86399); HttpOnly; SameSite=Lax; Secure", line
    )


async def test_a_bearer_session_is_prolonged_without_a_cookie(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await age(database, parent.token, DAY - HOUR)
    answer = await parent.client.get("/api/user", headers={"Cookie": f"{COOKIE}={parent.token}"})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
    assert await seconds_left(database, parent.token) == pytest.approx(DAY, abs=60)


async def test_a_session_that_has_ended_stays_so(accounts: Accounts, database: Connection) -> None:
    expired, banned = [await accounts.parent() for _ in range(2)]
    await age(database, expired.token, DAY + 1)
    await age(database, banned.token, DAY - HOUR)
    await database.execute(BAN, banned.username)
    for parent in (expired, banned):
        assert (await parent.client.get("/api/user")).status_code == 401
    assert await seconds_left(database, banned.token) is None
    left = await seconds_left(database, expired.token)
    assert left is None or left < 0


async def test_a_read_is_answered_though_its_session_cannot_be_renewed(
    client: httpx.AsyncClient, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    await age(database, parent.token, DAY - HOUR)
    async with database.transaction():
        await database.execute("select from sessions where user_id = $1 for update", parent.user_id)
        answer = await client.get("/api/user", headers={"Cookie": f"{COOKIE}={parent.token}"})
        assert (answer.status_code, renewed(answer, parent.token)) == (200, None)
    # It had only to wait.
    async with asyncio.timeout(30):
        while (await seconds_left(database, parent.token) or 0) < DAY - HOUR:
            await asyncio.sleep(0.01)


async def due(accounts: Accounts, database: Connection) -> tuple[Parent, bytes]:
    parent = await accounts.parent()
    await age(database, parent.token, DAY - HOUR)
    digest = token_digest(parent.token)
    assert digest is not None
    return parent, digest


async def test_of_renewals_at_the_same_time_one_is_done(pool: None, accounts: Accounts, database: Connection) -> None:
    _, digest = await due(accounts, database)
    _, other = await due(accounts, database)
    done = await asyncio.gather(*[sql.renew_session(token_digest=each) for each in [digest, other] * 10])
    assert sorted(seconds for seconds in done if seconds) == [pytest.approx(DAY)] * 2
    assert await sql.renew_session(token_digest=digest) is None


async def test_a_worker_renews_a_session_once_at_a_time() -> None:
    calls: list[bytes] = []

    async def renew(digest: bytes) -> float | None:
        calls.append(digest)
        await asyncio.sleep(0.01)
        return 60.0

    renewals = Renewals(renew)
    found = await asyncio.gather(*[renewals.renew(digest) for digest in (b"1", b"1", b"2", b"1")])
    assert (found, calls) == ([60.0] * 4, [b"1", b"2"])
    assert await renewals.renew(b"1") == 60.0
    assert calls == [b"1", b"2", b"1"]


async def test_a_renewal_that_fails_or_takes_long_is_left_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now, may_end, calls = 0.0, asyncio.Event(), 0
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    monkeypatch.setattr(module, "monotonic", lambda: now)

    async def renew(_: bytes) -> float | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError
        await may_end.wait()
        return 60.0

    renewals = Renewals(renew)
    assert await renewals.renew(b"1") is None
    now += module.PAUSE - 0.1
    assert await renewals.renew(b"1") is None
    assert calls == 1
    now += 0.2
    # It takes longer than a request waits, and is done nevertheless.
    assert await renewals.renew(b"1") is None
    may_end.set()
    assert await asyncio.wait_for(renewals._tasks[b"1"], 10) == 60.0
    assert await renewals.renew(b"1") is None
    assert calls == 2
