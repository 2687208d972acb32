"""The session of a request, and the sessions that it ends."""

import httpx

from tests.accounts import Accounts
from tests.auth.logins import log_in, new_name, register

ELSEWHERE = {"Origin": "https://evil.example"}


async def status(client: httpx.AsyncClient, cookies: dict[str, str]) -> int:
    client.cookies.clear()
    return (
        await client.get("/api/user", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
    ).status_code


async def test_the_cookie_is_ignored_beside_a_wrong_bearer_token(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    client.cookies.set("nestwerk_session", parent.token)
    answer = await client.delete("/api/sessions", headers=ELSEWHERE | {"Authorization": "Bearer x"})
    assert answer.status_code == 401
    assert (await client.delete("/api/sessions", headers=ELSEWHERE)).status_code == 403


async def test_public_calls_from_another_origin_are_refused(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    for path in ("/api/login", "/api/register", "/api/logout", "/api/sessions"):
        answer = await client.post(path, json={}, headers=ELSEWHERE)
        assert answer.json()["code"] == "forbidden_origin"
    assert (await client.get("/api/user")).status_code == 200


async def test_registering_ends_the_previous_session(client: httpx.AsyncClient) -> None:
    await register(client, new_name())
    before = dict(client.cookies)
    await register(client, new_name())
    after = dict(client.cookies)
    assert await status(client, before) == 401
    assert await status(client, after) == 200


async def test_a_failed_login_ends_no_session(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    assert (await log_in(client, name, "fout")).status_code == 401
    assert (await client.get("/api/user")).status_code == 200


async def test_logging_out_ends_all_sessions_of_the_request(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    await register(client, new_name())
    cookies = dict(client.cookies)
    bearer = {"Authorization": f"Bearer {parent.token}"}
    assert (await client.post("/api/logout", headers=bearer)).status_code == 200
    assert await status(client, cookies) == 401
    assert (await client.get("/api/user", headers=bearer)).status_code == 401


async def test_the_cookie_is_found_among_others(client: httpx.AsyncClient, accounts: Accounts) -> None:
    token = (await accounts.parent()).token
    assert await status(client, {"not_nestwerk_session": "x", "theme": "dark", "nestwerk_session": token}) == 200
    assert await status(client, {"not_nestwerk_session": token}) == 401


async def test_two_cookies_of_one_name_are_none(client: httpx.AsyncClient, accounts: Accounts) -> None:
    """One of them may have been planted, to have a parent write to another's account."""
    victim, attacker = [(await accounts.parent()).token for _ in range(2)]
    for first, second in ((attacker, victim), (victim, attacker), ("", victim), (victim, "x")):
        cookie = {"Cookie": f"nestwerk_session={first}; theme=dark; nestwerk_session={second}"}
        assert (await client.get("/api/user", headers=cookie)).status_code == 401
    same = {"Cookie": f"nestwerk_session={victim}; nestwerk_session={victim}"}
    assert (await client.get("/api/user", headers=same)).status_code == 200


async def test_over_https_only_a_cookie_that_no_other_host_can_set_counts(
    client: httpx.AsyncClient, accounts: Accounts
) -> None:
    victim, attacker = [(await accounts.parent()).token for _ in range(2)]
    own, planted = f"__Host-nestwerk_session={victim}", f"nestwerk_session={attacker}"
    https = {"X-Forwarded-Proto": "https"}
    for cookie in (own, f"{planted}; {own}", f"{own}; {planted}"):
        answer = await client.get("/api/user", headers=https | {"Cookie": cookie})
        assert answer.status_code == 200
        assert answer.json() == (await client.get("/api/user", headers={"Authorization": f"Bearer {victim}"})).json()
    assert (await client.get("/api/user", headers=https | {"Cookie": planted})).status_code == 401
    assert (await client.get("/api/user", headers={"Cookie": own})).status_code == 401
    assert (await client.post("/api/logout", headers=https | {"Cookie": f"{planted}; {own}"})).status_code == 200
    assert (await client.get("/api/user", headers=https | {"Cookie": own})).status_code == 401
    assert (await client.get("/api/user", headers={"Cookie": planted})).status_code == 200
