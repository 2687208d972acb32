"""What statements on accounts do at the edges that no request comes to by itself, or not soon."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.auth.logins import new_name
from tests.statements import run, run_behind, taken_back

ADDRESS: Final = "noor@example.org"
TOKEN: Final = bytes(32)
NETWORK: Final = "192.0.2.0/24"


@pytest.fixture
async def user_id(database: Connection) -> AsyncIterator[int]:
    async with taken_back(database):
        yield await database.fetchval(
            "insert into users (username, email, password) values ('noor-edges', $1, '$argon2id$x') returning id",
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


FILL: Final = "insert into rate_limits values ($1, now() + $2 * interval '1 second')"


def subjects() -> list[str]:
    """Three limits of a test's own, in the order of their names."""
    name = new_name()
    return [f"{name}:{number}" for number in range(3)]


async def fill(database: Connection, *limits: tuple[str, int, int]) -> int | None:
    """Seconds to wait that fill_limits gives, of limits with their costs and capacities."""
    [(seconds,)] = await run(database, "fill_limits", **filled(*limits))
    found: int | None = seconds
    return found


def filled(*limits: tuple[str, int, int]) -> dict[str, list[Any]]:
    subject, cost, capacity = (list(each) for each in zip(*limits, strict=True))
    return {"subject": subject, "cost": cost, "capacity": capacity}


async def test_limits_are_filled_all_or_none(database: Connection) -> None:
    async with taken_back(database):
        first, second, third = subjects()
        assert await fill(database, (first, 10, 10), (second, 10, 30)) is None
        # The fullest one says how long.
        await database.execute(FILL, third, 20)
        assert await fill(database, (first, 10, 10), (second, 10, 30), (third, 15, 10)) == 25
        assert await fill(database, (third, 15, 10), (first, 10, 10)) == 25
        levels = "select subject, drained_at - now() from rate_limits where subject = any($1)"
        found = await database.fetch(levels, [first, second, third])
        assert {subject: level.total_seconds() for subject, level in found} == {first: 10, second: 10, third: 20}


async def test_a_limit_that_is_found_full_only_afterwards_refuses_too(database: Connection, dsn: str) -> None:
    first, second, _ = subjects()
    async with database.transaction():
        await database.execute(FILL, first, 1000)
        await database.execute(FILL, second, 3000)
        limits = filled((first, 2000, 2000), (second, 2000, 2000))
        running = await run_behind(database, dsn, "fill_limits", **limits)
    [(seconds,)] = await running
    assert 2900 < seconds <= 3000


@pytest.mark.parametrize("statement", ["fill_limits", "take_out"])
async def test_limits_are_locked_in_the_order_of_their_subjects(database: Connection, dsn: str, statement: str) -> None:
    given = subjects()
    for subject in given:
        await database.execute(FILL, subject, 0)
    limits = filled(*[(subject, 10, 100) for subject in reversed(given)])
    lock = "select from rate_limits where subject = any($1) for update nowait"
    async with database.transaction():
        await database.execute(lock, given[:1])
        running = await run_behind(database, dsn, statement, **limits)
        # It waits for the first one, so it hasn't locked later ones.
        await database.execute(lock, given)
    await running
