"""The session of a request, and the sessions that it ends."""

import httpx
import pytest

from api.http.planted_cookies import removals
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


async def test_two_different_cookies_of_one_name_are_none(client: httpx.AsyncClient, accounts: Accounts) -> None:
    """One of them may have been planted, to have a parent write to another's account."""
    victim, attacker = [(await accounts.parent()).token for _ in range(2)]
    for first, second in ((attacker, victim), (victim, attacker), ("", victim), (victim, "x")):
        pairs = f"nestwerk_session={first}", f"nestwerk_session={second}"
        for lines in ([("Cookie", "; theme=dark; ".join(pairs))], [("Cookie", pair) for pair in pairs]):
            assert (await client.get("/api/user", headers=lines)).status_code == 401
    # Over https nobody can plant one of that name, so there is nothing to remove.
    pairs = f"__Host-nestwerk_session={victim}", f"__Host-nestwerk_session={attacker}"
    answer = await client.get("/api/user", headers={"X-Forwarded-Proto": "https", "Cookie": "; ".join(pairs)})
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    same = {"Cookie": f"nestwerk_session={victim}; nestwerk_session={victim}"}
    assert (await client.get("/api/user", headers=same)).status_code == 200


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/users/me"])
async def test_a_planted_cookie_is_removed_and_ones_own_stays(
    client: httpx.AsyncClient, accounts: Accounts, path: str
) -> None:
    """Else a parent could log in, and not get in, until somebody tells them what a cookie is."""
    victim, attacker = [await accounts.parent() for _ in range(2)]
    client.cookies.set("nestwerk_session", victim.token, domain="127.0.0.1", path="/")
    client.cookies.set("nestwerk_session", attacker.token, domain="127.0.0.1", path=path)
    assert (await client.get("/api/users/me")).status_code == 401
    assert (await client.get("/api/users/me")).json()["id"] == victim.user_id


def test_wherever_it_was_planted() -> None:
    headers = {b"host": b"app.example.org:8000", b"cookie": b"a=1; theme=a; a=2"}
    lines = removals(headers, b"a", "/api/user")
    paths = ["/", "/api", "/api/", "/api/user"]
    domains = ["; Domain=app.example.org", "; Domain=example.org"]
    assert lines == [f"a=; Path={path}; Max-Age=0" for path in paths[1:]] + [
        f"a=; Path={path}{domain}; Max-Age=0" for domain in domains for path in paths
    ]
    forwarded = {**headers, b"host": b"a b", b"x-forwarded-host": b"x.nl, y.nl"}
    assert removals(forwarded, b"a", "/")[-1] == "a=; Path=/; Domain=x.nl; Max-Age=0"
    for host in (b"", b"localhost", b"[::1]:80", b"a\r\nb.nl"):
        assert "Domain" not in "".join(removals({**headers, b"host": host}, b"a", "/api"))
    assert removals({b"cookie": b"a=1; ba=2"}, b"a", "/api") == removals({}, b"a", "/api") == []
    assert removals({b"cookie": b"a=1; a=1"}, b"a", "/api") == []


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
