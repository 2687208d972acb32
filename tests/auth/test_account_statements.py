"""What statements on accounts do at the edges that no request comes to by itself, or not soon."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import timedelta
from secrets import token_bytes
from typing import Final

import asyncpg
import msgspec
import pytest

from api.database.aliases import Connection
from tests.auth.former_hashes import former_hash
from tests.statements import run, run_named, taken_back, without_triggers

ADDRESS: Final = "noor@example.org"
TOKEN: Final = bytes(32)
NETWORK: Final = "192.0.2.0/24"
FORMER: Final = former_hash("secret")


@pytest.fixture
async def user_id(database: Connection) -> AsyncIterator[int]:
    async with taken_back(database):
        yield await database.fetchval(
            "insert into users (username, email, password, created_at)"
            " values ('noor-edges', $1, '$argon2id$x', '2020-01-01') returning id",
            ADDRESS,
        )


@pytest.mark.parametrize(
    ("is_confirmed", "pending", "asked", "answer"),
    [
        (False, None, ADDRESS, [(False,)]),
        (True, None, ADDRESS, []),
        (False, None, "other@example.org", []),
        (False, ADDRESS, ADDRESS, [(False,)]),
        (True, ADDRESS, ADDRESS, []),
        (True, "other@example.org", "other@example.org", [(True,)]),
        (False, "other@example.org", "other@example.org", [(True,)]),
        (False, "other@example.org", ADDRESS, []),
    ],
)
async def test_a_link_confirms_the_account_s_or_the_new_address(  # noqa: PLR0917
    user_id: int, database: Connection, is_confirmed: bool, pending: str | None, asked: str, answer: list[tuple[bool]]
) -> None:
    if is_confirmed:
        await database.execute("update users set email_confirmed_at = now() where id = $1", user_id)
    if pending:
        await database.execute(
            "insert into email_confirmations (user_id, email, expires_at) values ($1, $2, now())", user_id, pending
        )
    issued = await run(database, "issue_confirmation", user_id=user_id, email=asked, token_digest=TOKEN)
    assert issued == answer
    kept = await database.fetch(
        "select email, token_digest = $2 as is_new, expires_at - now() as left"
        "  from email_confirmations where user_id = $1",
        user_id,
        TOKEN,
    )
    if answer:
        assert [tuple(row) for row in kept] == [(asked, True, timedelta(days=3))]
    else:
        assert not any(row["is_new"] for row in kept)
    told = await run(database, "get_email_notice", user_id=user_id, email=asked)
    assert told == [("noor-edges", is_confirmed and asked == ADDRESS)]


async def test_a_change_of_address_ends_the_link_of_the_one_before(user_id: int, database: Connection) -> None:
    await database.execute(
        "insert into email_confirmations (user_id, email, token_digest, expires_at) values ($1, $2, $3, now())",
        user_id,
        ADDRESS,
        TOKEN,
    )
    values = {"user_id": user_id, "password": "$argon2id$x", "email": "new@example.org", "network": NETWORK}
    assert await run(database, "begin_email_change", **values) == [(user_id,)]
    kept = "select email, token_digest, expires_at - now() from email_confirmations where user_id = $1"
    assert [tuple(row) for row in await database.fetch(kept, user_id)] == [("new@example.org", None, timedelta(days=3))]
    assert await run(database, "begin_email_change", **{**values, "password": "$argon2id$y"}) == []
    for cancelled in ([(user_id,)], []):
        values = {"user_id": user_id, "email": ADDRESS, "network": NETWORK}
        assert await run(database, "cancel_email_change", **values) == cancelled


@pytest.mark.parametrize(("age", "is_recent"), [("9 minutes 59 seconds", True), ("10 minutes 1 second", False)])
async def test_a_login_is_recent_for_ten_minutes(user_id: int, database: Connection, age: str, is_recent: bool) -> None:
    session_id = await database.fetchval(
        "insert into sessions (user_id, token_digest, created_at, expires_at)"
        " values ($1, $2, now() - $3::text::interval, now() + interval '1 day') returning id",
        user_id,
        TOKEN,
        age,
    )
    [locked] = await run(database, "lock_account", user_id=user_id, session_id=session_id)
    assert locked == ("noor-edges", ADDRESS, is_recent, False)


async def test_one_other_session_that_ends_is_an_event(user_id: int, database: Connection) -> None:
    ids = [
        await database.fetchval(
            "insert into sessions (user_id, token_digest, expires_at)"
            " values ($1, sha256($2::text::bytea), now() + interval '1 day') returning id",
            user_id,
            mark,
        )
        for mark in ("a", "b")
    ]
    events = "select array_agg(details) from audit_events where user_id = $1 and event = 'sessions_ended'"
    for _ in range(2):
        # The second time there is none to end.
        await run(database, "end_other_sessions", user_id=user_id, session_id=ids[0], network=NETWORK)
        assert await database.fetchval("select array_agg(id) from sessions where user_id = $1", user_id) == ids[:1]
        assert await database.fetchval(events, user_id) == ['{"sessions": 1}']


@pytest.mark.parametrize(
    ("before", "after", "is_attack"),
    [
        (None, 18, False),
        (-60, 18, False),
        (60, 78, False),
        (3581, 3599, False),
        (3583, 3601, True),
        (7195, 7200, True),
    ],
)
async def test_failures_of_all_drain_one_in_eighteen_seconds(
    user_id: int, database: Connection, before: int | None, after: int, is_attack: bool
) -> None:
    await database.execute("delete from rate_limits where subject = 'failures'")
    if before is not None:
        await database.execute(
            "insert into rate_limits values ('failures', now() + $1 * interval '1 second')", float(before)
        )
    values = {"user_id": user_id, "event": "login_failed", "network": NETWORK, "is_unknown_device": True}
    assert await run(database, "count_failure", **values) == [(is_attack,)]
    left = "select drained_at - now() from rate_limits where subject = 'failures'"
    assert await database.fetchval(left) == timedelta(seconds=after)
    assert await run(database, "count_failure", **{**values, "is_unknown_device": False}) == [(False,)]
    assert await database.fetchval(left) == timedelta(seconds=after)


@pytest.mark.parametrize(("change", "is_found"), [("banned_at = null", True), ("banned_at = now()", False)])
async def test_a_banned_account_has_no_link_for_a_password(
    user_id: int, database: Connection, change: str, is_found: bool
) -> None:
    reason = "ban_reason = case when $2 then null else 'abuse'::ban_reason end"
    await database.execute(f"update users set {change}, {reason} where id = $1", user_id, is_found)
    await database.execute(
        "insert into password_resets values ($1, $2, now() + interval '1 hour'), ($1, sha256('old'), now())",
        user_id,
        TOKEN,
    )
    found = await run(database, "get_password_reset", token_digest=TOKEN)
    assert found == ([(user_id, ADDRESS)] if is_found else [])
    old = await database.fetchval("select sha256('old')")
    assert await run(database, "get_password_reset", token_digest=old) == []


async def test_a_ban_ends_the_sessions_of_one_account(user_id: int, database: Connection) -> None:
    other = await database.fetchval(
        "insert into users (username, email, password) values ('bram-edges', $1, '$argon2id$x') returning id", ADDRESS
    )
    await database.execute(
        "insert into sessions (user_id, token_digest, expires_at)"
        " select id, sha256(id::text::bytea), now() + interval '1 day' from unnest($1::bigint[]) as id",
        [user_id, other],
    )
    await database.execute("update users set banned_at = now(), ban_reason = 'abuse' where id = $1", user_id)
    left = "select array_agg(user_id) from sessions where user_id = any($1)"
    assert await database.fetchval(left, [user_id, other]) == [other]


@pytest.mark.parametrize(
    ("password", "is_hash"),
    [("$argon2id$".ljust(255, "x"), True), ("$argon2id$".ljust(256, "x"), False), ("een lange zin", False)],
)
async def test_a_password_is_kept_as_a_hash_of_255_characters_at_most(
    user_id: int, database: Connection, *, password: str, is_hash: bool
) -> None:
    with nullcontext() if is_hash else pytest.raises(asyncpg.CheckViolationError, match="users_password_check"):
        await database.execute("update users set password = $2 where id = $1", user_id, password)


@pytest.fixture
def other(user_id: int) -> str:
    """A username that looks like that of the account."""
    return "noor\u200b-edges"


async def test_a_login_is_of_the_account_that_is_spelt_so_or_else_of_the_oldest(
    user_id: int, other: str, database: Connection
) -> None:
    second = await database.fetchval(
        "insert into users (username, email, password) values ($1, $2, '$argon2id$x') returning id", other, ADDRESS
    )
    for username, found in (("Noor-edges", user_id), (other, second), ("noor-\u200bedges", user_id)):
        [row] = await run(database, "get_login", username=username, device_digests=[])
        assert row[5] == found


async def test_a_login_shows_what_is_known_of_account_and_devices(user_id: int, database: Connection) -> None:
    picture = "https://example.org/noor.png"
    await database.execute(
        "update users set profile_picture = $2, second_factor_at = now() where id = $1", user_id, picture
    )
    digests = [bytes([number] * 32) for number in range(5)]
    # The first has expired, the last isn't the client's.
    await database.execute(
        "insert into devices (user_id, device_digest, expires_at)"
        " select $1, digest, now() + (place - 1) * interval '1 second'"
        "   from unnest($2::bytea[]) with ordinality as given (digest, place) order by place desc",
        user_id,
        digests,
    )
    await database.execute("delete from rate_limits where subject = 'failures'")
    known = {"username": "noor-edges", "device_digests": digests[:4]}
    account = (user_id, "noor-edges", ADDRESS, picture, True, "$argon2id$x")
    assert [row[1:] for row in await run(database, "get_login", **known)] == [
        (False, digests[1], False, True, *account)
    ]
    for drained_in, is_attack in (("1 hour", False), ("1 hour 1 second", True)):
        await database.execute("delete from rate_limits where subject = 'failures'")
        await database.execute("insert into rate_limits values ('failures', now() + $1::text::interval)", drained_in)
        [row] = await run(database, "get_login", **known)
        assert row[1] is is_attack


async def test_a_login_shows_a_ban(user_id: int, database: Connection) -> None:
    for is_banned in (True, False):
        await database.execute(
            "update users set banned_at = case when $2 then now() end,"
            " ban_reason = case when $2 then 'abuse'::ban_reason end where id = $1",
            user_id,
            is_banned,
        )
        [row] = await run_named(database, "get_login", username="noor-edges", device_digests=[])
        assert (row["id"], row["is_banned"], row["has_second_factor"]) == (user_id, is_banned, False)


async def test_who_answered_all_texts_is_asked_for_none(user_id: int, database: Connection) -> None:
    async def is_asked() -> set[object]:
        [logged_in] = await run(database, "get_login", username="noor-edges", device_digests=[])
        [got] = await run(database, "get_user", user_id=[user_id])
        [held] = await run(database, "hold_user", user_id=user_id, versions=None)
        [changed] = await run(database, "set_profile_picture", user_id=user_id, profile_picture=None, versions=None)
        return {logged_in[9], got[5], held[4], changed[4]}

    assert await is_asked() == {True}
    await database.execute(
        "insert into consents (user_id, purpose, version, agreed_at)"
        " select distinct $1::bigint, purpose, current_version(purpose), now() from consent_texts",
        user_id,
    )
    assert await is_asked() == {False}


@pytest.mark.parametrize(
    ("versions", "is_refused"),
    [(None, False), ('{{2020-01-01,"{}"}}', False), ("{{2020-01-01,2020-01-02}}", True), ("{{}}", True)],
)
async def test_one_of_several_versions_is_enough(
    user_id: int, database: Connection, versions: str | None, is_refused: bool
) -> None:
    version = await database.fetchval("select updated_at::text from users where id = $1", user_id)
    given = {"user_id": user_id, "versions": versions and versions.format(version)}
    [held] = await run(database, "hold_user", **given)
    assert held[-1] is is_refused
    picture = "https://example.org/noor.png"
    [changed] = await run(database, "set_profile_picture", profile_picture=picture, **given)
    assert (changed[3], changed[-1]) == (None if is_refused else picture, is_refused)


async def test_a_held_or_changed_account_comes_with_its_version(user_id: int, database: Connection) -> None:
    picture = "https://example.org/noor.png"
    # The trigger writes the transaction's moment, which is another one than this.
    async with without_triggers(database):
        await database.execute("update users set updated_at = '2020-01-01' where id = $1", user_id)
    before = await database.fetchval("select updated_at from users where id = $1", user_id)
    [held] = await run(database, "hold_user", user_id=user_id, versions=None)
    assert held == (user_id, "noor-edges", ADDRESS, None, True, before, False)
    [changed] = await run(database, "set_profile_picture", user_id=user_id, profile_picture=picture, versions=None)
    after = await database.fetchval("select updated_at from users where id = $1", user_id)
    assert changed == (user_id, "noor-edges", ADDRESS, picture, True, after, False)
    assert after > before


@pytest.mark.parametrize(
    ("old", "given", "found", "kept"),
    [
        (FORMER, FORMER, 1, FORMER),
        ("$argon2id$x", "$argon2id$x", 1, None),
        (FORMER, f"0{FORMER[1:]}", 0, None),
    ],
)
async def test_a_hash_of_the_system_before_is_kept_as_it_is_replaced(  # noqa: PLR0917
    user_id: int, database: Connection, old: str, given: str, found: int, kept: str | None
) -> None:
    await database.execute("update users set password = $2 where id = $1", user_id, old)
    await database.execute("insert into former_passwords (user_id) values ($1)", user_id)
    new = "$argon2id$new"
    renewed = await run(database, "rehash_password", user_id=user_id, password=new, old_password=given)
    assert renewed == [(user_id,)] * found
    assert await database.fetchval("select password from users where id = $1", user_id) == (new if found else old)
    assert await database.fetchval("select old_password from former_passwords where user_id = $1", user_id) == kept


@pytest.mark.parametrize(
    ("change", "is_added"),
    [
        ("email_confirmed_at = now()", True),
        ("banned_at = now(), ban_reason = 'abuse'", False),
        ("password = '$argon2id$y'", False),
        ("second_factor_at = now()", False),
    ],
)
async def test_a_session_is_of_an_account_as_the_password_was_checked(
    user_id: int, database: Connection, change: str, is_added: bool
) -> None:
    await database.execute(f"update users set {change} where id = $1", user_id)
    assert len(await run(database, "add_session", **login(user_id))) == is_added
    for table in ("sessions", "devices", "audit_events"):
        assert await database.fetchval(f"select count(*) from {table} where user_id = $1", user_id) == is_added


@pytest.mark.parametrize("own", [0, 25, 49])
async def test_a_known_device_makes_none_forgotten(user_id: int, database: Connection, own: int) -> None:
    digests = [bytes([number] * 32) for number in range(50)]
    # None is known as long as another, and the last of them ends first.
    await database.execute(
        "insert into devices (user_id, device_digest, expires_at)"
        " select $1, digest, now() + (100 - place) * interval '1 day'"
        "   from unnest($2::bytea[]) with ordinality as given (digest, place) order by place desc",
        user_id,
        digests,
    )
    known = "select device_digest from devices where user_id = $1 order by expires_at desc"
    assert len(await run(database, "add_session", **login(user_id, digests[own]))) == 1
    ordered = [digests[own], *digests[:own], *digests[own + 1 :]]
    assert [digest for (digest,) in await database.fetch(known, user_id)] == ordered
    new = bytes([50] * 32)
    assert len(await run(database, "add_session", **login(user_id, new))) == 1
    assert [digest for (digest,) in await database.fetch(known, user_id)] in (
        [new, *ordered[:49]],
        [ordered[0], new, *ordered[1:49]],
    )


def login(user_id: int, device_digest: bytes = TOKEN) -> dict[str, object]:
    return {
        "user_id": user_id,
        "password": "$argon2id$x",
        "means": "password",
        "device_digest": device_digest,
        "token_digest": token_bytes(32),
        "user_agent": None,
        "seconds": 60,
        "network": NETWORK,
    }


async def test_new_recovery_codes_stand_in_place_of_the_old(user_id: int, database: Connection) -> None:
    for codes in ([bytes([1] * 32), None, bytes([2] * 32)], [None], [bytes([2] * 32)]):
        await run(database, "replace_recovery_codes", user_id=user_id, code_digest=codes)
        kept = await database.fetch("select code_digest from recovery_codes where user_id = $1 order by 1", user_id)
        assert [code for (code,) in kept] == [code for code in codes if code]


async def test_a_failed_login_is_an_event_of_the_system(user_id: int, database: Connection) -> None:
    failure = {"user_id": user_id, "event": "login_failed", "network": NETWORK, "is_unknown_device": False}
    assert await run(database, "count_failure", **failure) == [(False,)]
    # Of a network once an hour.
    await run(database, "count_failure", **failure)
    query = "select actor_kind, event, network::text from audit_events where user_id = $1"
    assert [tuple(event) for event in await database.fetch(query, user_id)] == [("system", "login_failed", NETWORK)]


async def test_a_family_has_children_and_goals_in_the_order_of_their_ids(user_id: int, database: Connection) -> None:
    profile_id = await database.fetchval(
        "insert into parent_profiles (user_id, name) values ($1, 'Noor') returning id", user_id
    )
    # The last one stands first in the table.
    for number in (3, 1, 2):
        await database.execute(
            "insert into child_profiles (id, parent_profile_id, name, age) overriding system value"
            " values (1000000000 + $2, $1, $3, 4)",
            profile_id,
            number,
            f"child {number}",
        )
        await database.execute(
            "insert into parenting_goals (id, parent_profile_id, title) overriding system value"
            " values (1000000000 + $2, $1, $3)",
            profile_id,
            number,
            f"goal {number}",
        )
    [family] = await run_named(database, "get_family", user_id=[user_id], with_children=[True], with_goals=[True])
    children, goals = (msgspec.json.decode(family[part]) for part in ("child_profiles", "parenting_goals"))
    assert [child["name"] for child in children] == ["child 1", "child 2", "child 3"]
    assert [goal["title"] for goal in goals] == ["goal 1", "goal 2", "goal 3"]


async def test_all_names_of_a_family_are_own_words(user_id: int, database: Connection) -> None:
    profile_id = await database.fetchval(
        "insert into parent_profiles (user_id, name) values ($1, 'Noor') returning id", user_id
    )
    await database.execute(
        "insert into child_profiles (parent_profile_id, name, age) select $1, unnest(array['Zoë', 'Bram', 'Noor']), 4",
        profile_id,
    )
    assert await run(database, "get_own_words", user_id=user_id) == [
        ("noor-edges", ADDRESS, ["Bram", "Noor", "Noor", "Zoë"])
    ]


@pytest.mark.parametrize(
    ("created", "renewed", "expires", "is_due", "is_renewed"),
    [
        (-3600, None, 3600, False, False),
        (-3600, None, 3599, True, False),
        (-7200, -3600, 3600, False, False),
        (-7200, -60, 59, True, False),
        (-7200, -59, 59, False, True),
        (-7200, -3600, 0, None, None),
    ],
)
async def test_a_session_is_due_in_its_second_half_and_begins_its_life_again(  # noqa: PLR0917
    user_id: int,
    database: Connection,
    created: int,
    renewed: int | None,
    expires: int,
    is_due: bool | None,
    is_renewed: bool | None,
) -> None:
    session_id = await database.fetchval(
        "insert into sessions (user_id, token_digest, created_at, renewed_at, expires_at)"
        " values ($1, $2, now() + $3 * interval '1 second', now() + $4 * interval '1 second',"
        "         now() + $5 * interval '1 second') returning id",
        user_id,
        TOKEN,
        created,
        renewed,
        expires,
    )
    life = float(expires - (created if renewed is None else renewed))
    found = await run(database, "get_caller", token_digest=[TOKEN])
    if is_due is None:
        assert found == []
    else:
        assert found == [(1, user_id, session_id, -user_id, None, expires, is_due, is_renewed)]
    async with taken_back(database):
        assert await run(database, "renew_session", token_digest=[TOKEN]) == ([(1, life)] if is_due else [])
        again = await run(database, "get_caller", token_digest=[TOKEN])
        assert not is_due or again[0][5:] == (life, False, True)
    values = {"user_id": user_id, "session_id": session_id, "token_digest": bytes([1] * 32)}
    replaced = await run(database, "replace_token", **values)
    now = await database.fetchval("select now()")
    assert replaced == ([] if is_due is None else [(session_id, now + timedelta(seconds=life), life)])
    again = await run(database, "get_caller", token_digest=[bytes([1] * 32)])
    assert [row[5:] for row in again] == ([] if is_due is None else [(life, False, True)])


async def test_a_caller_with_a_profile_is_its_parent(user_id: int, database: Connection) -> None:
    profile_id = await database.fetchval(
        "insert into parent_profiles (user_id, preferred_language) values ($1, 'en') returning id", user_id
    )
    await database.execute(
        "insert into sessions (user_id, token_digest, expires_at) values ($1, $2, now() + interval '1 day')",
        user_id,
        TOKEN,
    )
    [caller] = await run(database, "get_caller", token_digest=[TOKEN])
    assert caller[3:5] == (profile_id, "en")


DEVICES: Final = "select array_agg(device_digest order by expires_at) from devices where user_id = $1"


async def test_a_login_forgets_the_devices_that_were_away_longest(user_id: int, database: Connection) -> None:
    other = await database.fetchval(
        "insert into users (username, email, password) values ('bram-edges', $1, '$argon2id$x') returning id", ADDRESS
    )
    digests = [bytes([number] * 32) for number in range(60)]
    await database.execute(
        "insert into devices (user_id, device_digest, expires_at)"
        " select owner, digest, now() + place * interval '1 day'"
        "   from unnest($1::bigint[]) as owner, unnest($2::bytea[]) with ordinality as given (digest, place)",
        [user_id, other],
        digests,
    )
    values = {"user_id": user_id, "password": "$argon2id$x", "means": "password", "device_digest": digests[0]}
    values |= {"network": NETWORK, "token_digest": TOKEN, "user_agent": "test", "seconds": 60}
    [(_, expires_at)] = await run(database, "add_session", **values)
    now = await database.fetchval("select now()")
    assert expires_at == now + timedelta(seconds=60)
    # The one that logs in is the newest now, and 49 others stay.
    assert await database.fetchval(DEVICES, user_id) == [*digests[11:], digests[0]]
    year = "select max(expires_at) = now() + interval '1 year' from devices where user_id = $1"
    assert await database.fetchval(year, user_id)
    assert await database.fetchval(DEVICES, other) == digests
    for renewed, kept in (([digests[5]], [digests[5]]), ([None], None)):
        await run(database, "renew_devices", user_id=user_id, device_digest=renewed)
        assert await database.fetchval(DEVICES, user_id) == kept
        assert await database.fetchval(year, user_id) is (True if kept else None)
    await run(database, "forget_other_devices", user_id=other, device_digests=digests[7:9])
    assert await database.fetchval(DEVICES, other) == digests[7:9]


@pytest.mark.parametrize(
    ("means", "is_enough", "event"),
    [
        ("password", False, "logged_in"),
        ("registration", False, "registered"),
        ("code", True, "logged_in"),
        ("recovery_code", True, "logged_in"),
        ("passkey", True, "logged_in"),
    ],
)
async def test_with_a_second_factor_a_session_needs_one(
    user_id: int, database: Connection, means: str, is_enough: bool, event: str
) -> None:
    values = {"user_id": user_id, "password": "$argon2id$x", "means": means, "device_digest": TOKEN}
    values |= {"network": NETWORK, "token_digest": TOKEN, "user_agent": "test", "seconds": 60}
    async with taken_back(database):
        assert len(await run(database, "add_session", **values)) == 1
        noted = await database.fetchrow(
            "select actor_kind::text, event, network, details from audit_events where user_id = $1", user_id
        )
        assert noted is not None
        assert tuple(noted) == ("user", event, NETWORK, f'{{"means": "{means}"}}')
    await database.execute("update users set second_factor_at = now() where id = $1", user_id)
    assert len(await run(database, "add_session", **values)) == is_enough
    assert await database.fetchval(DEVICES, user_id) == ([TOKEN] if is_enough else None)


async def test_an_app_is_set_up_within_an_hour_and_each_of_its_steps_counts_once(
    user_id: int, database: Connection
) -> None:
    first, second = bytes([1] * 40), bytes([2] * 40)
    times = "select created_at - now(), expires_at - now() from totp_factors where user_id = $1"
    shift = (
        "update totp_factors set created_at = created_at - $2::interval, expires_at = expires_at - $2::interval"
        " where user_id = $1"
    )
    for sealed in (first, second):
        assert await run(database, "set_up_totp", user_id=user_id, sealed_secret=sealed) == [(user_id,)]
        assert [tuple(row) for row in await database.fetch(times, user_id)] == [(timedelta(), timedelta(hours=1))]
        assert await run(database, "get_unconfirmed_totp", user_id=user_id) == [(sealed,)]
        await database.execute(shift, user_id, timedelta(hours=1))
        assert await run(database, "get_unconfirmed_totp", user_id=user_id) == []
    # Until it is confirmed none of its steps counts.
    assert await run(database, "use_totp_step", user_id=user_id, step=9) == []
    assert await run(database, "get_factors", user_id=user_id) == [(None, False, False)]
    for sealed, confirmed in ((first, []), (second, [(user_id,)]), (second, [])):
        assert await run(database, "confirm_totp", user_id=user_id, sealed_secret=sealed, step=7) == confirmed
    assert await run(database, "get_factors", user_id=user_id) == [(second, False, False)]
    now = await database.fetchval("select now()")
    assert await run(database, "get_second_factors", user_id=user_id) == [(now, now, 0, 0)]
    assert await run(database, "set_up_totp", user_id=user_id, sealed_secret=first) == []
    for step, used in ((7, []), (8, [(user_id,)]), (8, []), (6, []), (9, [(user_id,)])):
        assert await run(database, "use_totp_step", user_id=user_id, step=step) == used
    assert await run(database, "remove_totp", user_id=user_id) == [(user_id,)]
    assert await run(database, "remove_totp", user_id=user_id) == []


async def test_a_page_of_sessions_begins_behind_the_last_and_a_token_ends_its_own(
    user_id: int, database: Connection
) -> None:
    ids = [
        await database.fetchval(
            "insert into sessions (user_id, token_digest, created_at, expires_at)"
            " values ($1, $2, now() - interval '1 day', now() + $3) returning id",
            user_id,
            bytes([number] * 32),
            timedelta(seconds=number),
        )
        for number in range(5)
    ]
    page = {"user_id": user_id, "session_id": ids[2], "after": ids[1], "count": 2}
    listed = await run(database, "list_sessions", **page)
    # The first has expired.
    assert [(row[0], row[-1]) for row in listed] == [(ids[2], True), (ids[3], False)]
    assert [row[0] for row in await run(database, "list_sessions", **page | {"after": 0})] == ids[1:3]
    values = {"token_digest": bytes([2] * 32), "event": "logged_out", "network": NETWORK}
    for ended in ([(user_id,)], []):
        assert await run(database, "end_session_of_token", **values) == ended
    await run(database, "record_event", user_id=user_id, event="totp_added", network=NETWORK)
    events = "select actor_kind::text, event, network from audit_events where user_id = $1 order by id"
    assert [tuple(row) for row in await database.fetch(events, user_id)] == [
        ("user", "logged_out", NETWORK),
        ("user", "totp_added", NETWORK),
    ]
    left = "select array_agg(id order by id) from sessions where user_id = $1"
    assert await database.fetchval(left, user_id) == [*ids[:2], *ids[3:]]
