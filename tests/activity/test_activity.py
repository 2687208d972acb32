"""What was done to an account is an event of its trail, and its owner reads it in a sentence."""

import re
from typing import Any, Final, get_args

import httpx

from api.activity.texts import BY_MEANS, OTHER, TEXTS, Known, text_of
from api.auth.queries import throttles
from api.auth.schemas import Means
from api.database.aliases import Connection
from api.database.queries import STATEMENTS
from api.paths import API
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_name, register
from tests.second_factors.factors import code, secured
from tests.statements import without_triggers

STAFF: Final = (API / "commands" / "_user" / "accounts.py").read_text("utf-8")
PATH: Final = "/api/users/me/activity"
PLANT: Final = "insert into audit_events (user_id, actor_kind, actor, event, details) values ($1, $2, $3, $4, $5)"

COUNT: Final = "select count(*) from audit_events where user_id = $1"


async def activity(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_parent_reads_what_was_done_and_from_where(client: httpx.AsyncClient) -> None:
    name, address = new_name(), "2001:db8:77:{:x}::1"
    client.headers["X-Forwarded-For"] = address.format(0)
    await register(client, name, address.format(1))
    for place in (2, 3):
        assert (await log_in(client, name, "fout", address=address.format(place))).status_code == 401
    assert (await log_in(client, name, path="/api/sessions", address="203.0.113.9")).status_code == 201
    change = {"oldPassword": "fout", "newPassword": f"{PASSWORD} dan ooit"}
    assert (await client.post("/api/users/me/password", json=change)).status_code == 400
    assert (await client.post("/api/users/me/password", json=change | {"oldPassword": PASSWORD})).status_code == 204
    email = {"currentPassword": change["newPassword"]}
    for given in ("ander@example.org", f"{name}@example.org", f"{name}@example.org"):
        assert (await client.patch("/api/users/me", json=email | {"email": given})).status_code == 200
    health = {"purpose": "health_data", "version": 1}
    assert (await client.post("/api/users/me/consents", json=health)).status_code == 201
    assert (await client.delete("/api/users/me/consents/health_data")).status_code == 204
    assert (await client.get("/api/users/me/export")).status_code == 200
    assert (await client.delete("/api/sessions")).status_code == 204
    assert (await log_in(client, name, change["newPassword"], path="/api/sessions")).status_code == 201
    *_, last = (await client.get("/api/sessions")).json()["items"]
    assert (await client.delete(f"/api/sessions/{last['id']}")).status_code == 204
    assert (await client.post("/api/logout")).status_code == 200
    assert (await log_in(client, name, change["newPassword"], address=address.format(4))).status_code == 200
    items = await activity(client)
    network = "2001:db8:77::/48"
    assert [(item["event"], item["actor"], item["network"]) for item in items] == [
        ("logged_in", "user", network),
        ("logged_out", "user", network),
        ("session_ended", "user", network),
        ("logged_in", "user", items[3]["network"]),
        ("exported", "user", network),
        ("consent_withdrawn", "user", network),
        ("consent_given", "user", network),
        ("email_change_cancelled", "user", network),
        ("email_change_asked", "user", network),
        ("sessions_ended", "user", network),
        ("password_changed", "user", network),
        ("old_password_refused", "system", network),
        ("logged_in", "user", "203.0.113.0/24"),
        # Of both from one network within an hour.
        ("login_refused", "system", network),
        ("registered", "user", network),
    ]
    assert [item["id"] for item in items] == sorted((item["id"] for item in items), reverse=True)
    assert items[0]["text"] == "Er is ingelogd met je wachtwoord."
    assert items[0].keys() == {"id", "event", "text", "actor", "network", "happenedAt"}
    client.headers["Accept-Language"] = "en"
    assert (await activity(client, limit=1))[0]["text"] == "Somebody logged in with your password."
    # In pages, each event once.
    page = (await client.get(PATH, params={"limit": 8})).json()
    rest = (await client.get(PATH, params={"limit": 8, "cursor": page["nextCursor"]})).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == [item["id"] for item in items]
    assert rest["nextCursor"] is None


async def test_it_says_neither_who_of_the_staff_it_was_nor_why_nor_what_others_did(
    accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    other = await accounts.parent()
    await database.execute(
        PLANT, parent.user_id, "staff", "joris@desk as postgres", "account_banned", '{"reason": "fraud"}'
    )
    await database.execute(PLANT, other.user_id, "user", None, "exported", "{}")
    await database.execute(PLANT, parent.user_id, "user", None, "of_a_newer_release", '{"means": "by letter"}')
    answer = await parent.client.get(PATH)
    assert not any(word in answer.text for word in ("joris", "postgres", "fraud"))
    assert [(item["event"], item["actor"], item["text"]) for item in answer.json()["items"]] == [
        ("of_a_newer_release", "user", OTHER.nl),
        ("account_banned", "staff", "Je account is geblokkeerd."),
    ]
    assert [item["event"] for item in await activity(other.client)] == ["exported"]
    assert (await parent.client.get(PATH, headers={"Authorization": ""})).status_code == 401
    assert (await parent.client.get(PATH, params={"cursor": "x"})).json()["code"] == "invalid_cursor"


async def test_a_login_says_by_what(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    for _ in range(2):
        answer = await log_in(client, owner.name, address="203.0.113.9")
        assert answer.json()["code"] == "second_factor_required"
    for more in ({"code": code(owner.secret)}, {"recoveryCode": owner.recovery_codes[0]}):
        assert (await log_in(client, owner.name, more=more)).status_code == 200
    client.headers["Accept-Language"] = "en"
    told = {"logged_in", "recovery_code_used", "second_factor_asked"}
    texts = [item["text"] for item in await activity(client) if item["event"] in told]
    assert texts == [
        "Somebody logged in with your password and a recovery code.",
        "A recovery code was used.",
        "Somebody logged in with your password and a code of your authenticator app.",
        # Once an hour and network, as whoever goes no further may know a password that isn't theirs.
        "Somebody gave your password, and was asked for a second step.",
    ]


def test_whatever_is_recorded_has_a_sentence() -> None:
    recorded = set(re.findall(r'_(?:record|change)\(statements, (?:"\w+", )?"(\w+)", account', STAFF))
    assert {"account_read", "account_banned"} <= recorded
    for statement in STATEMENTS.values():
        if "insert into audit_events" in statement.text:
            recorded |= set(re.findall(r"(?:'user',|'system',|then|else) '(\w+)'", statement.text))
    assert {"password_changed", "email_confirmed", "registered"} <= recorded
    assert recorded <= TEXTS.keys()


def test_each_event_has_a_sentence() -> None:
    assert TEXTS.keys() == set(get_args(Known))
    assert {*BY_MEANS, "registration"} == set(get_args(Means))
    assert text_of("logged_in", "by letter") == TEXTS["logged_in"]


async def test_a_flood_of_failures_is_a_few_rows(pool: None, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()

    async def fail(network: str | None, event: Any = "login_refused", user_id: int | None = parent.user_id) -> None:
        await throttles.count_failure(user_id=user_id, event=event, network=network, is_unknown_device=False)

    for place in (1, 1, 1, 2, None, None, 3, 4, 5, 6, 1):
        await fail(f"192.0.{place}.0/24" if place else None)
    # Others aren't kept from being recorded, and nobody's leave nothing.
    await fail("192.0.1.0/24", "code_refused")
    await fail("192.0.1.0/24", user_id=None)
    await fail("192.0.1.0/24", user_id=2**62)
    networks = [item["network"] for item in reversed(await activity(parent.client))]
    assert networks == ["192.0.1.0/24", "192.0.2.0/24", None, "192.0.3.0/24", "192.0.4.0/24", "192.0.1.0/24"]
    assert not await database.fetchval(COUNT, 2**62)
    # An hour later they are news.
    async with without_triggers(database):
        await database.execute("update audit_events set happened_at = happened_at - interval '1 hour'")
    await fail("192.0.1.0/24")
    assert len(await activity(parent.client)) == 7


async def test_of_the_same_again_and_again_twenty_an_hour_are_kept(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    for user_id, actor, event in [
        *((parent.user_id, actor, "sessions_ended") for actor in ("staff", "user") for _ in range(21)),
        (other.user_id, "user", "sessions_ended"),
        (parent.user_id, "user", "password_changed"),
    ]:
        await database.execute(PLANT, user_id, actor, None, event, "{}")
    counts = "select actor_kind, event, count(*) from audit_events where user_id = $1 group by 1, 2 order by 1, 3 desc"
    # Of staff all, and beside them.
    assert [tuple(row) for row in await database.fetch(counts, parent.user_id)] == [
        ("staff", "sessions_ended", 21),
        ("user", "sessions_ended", 20),
        ("user", "password_changed", 1),
    ]
    assert len(await activity(other.client)) == 1
    # Of one network, so that nobody's flood hides what is done from another; and five times as many of all.
    flood = """
      insert into audit_events (user_id, actor_kind, event, network)
      select $1, 'user', $2, concat('127.0.', place / 25, '.0/24')
        from generate_series($3::integer, $4) as place
    """
    for first, last, kept in ((0, 24, 20), (25, 25, 21), (26, 400, 100)):
        await database.execute(flood, parent.user_id, "logged_out", first, last)
        assert await database.fetchval(f"{COUNT} and event = 'logged_out'", parent.user_id) == kept
    # What isn't recorded any more is done as ever.
    await database.execute(flood, other.user_id, "session_ended", 1, 20)
    [session] = (await other.client.get("/api/sessions")).json()["items"]
    assert (await other.client.delete(f"/api/sessions/{session['id']}")).status_code == 204
    assert await database.fetchval(COUNT, other.user_id) == 21
