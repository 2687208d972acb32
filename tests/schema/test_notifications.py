"""What the database tells those who listen: notify_caller_changed and notify_mail_queued.

A notification is sent when its transaction ends, so these tests commit rows of their own and delete them afterwards.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from secrets import token_bytes, token_hex

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account, new_family, new_session

# Runs a statement, and returns what it had the database send, as channel and payload.
Heard = Callable[..., Awaitable[list[tuple[str, str]]]]
CHANNELS = ("caller_changed", "mail_queued")


@pytest.fixture
async def heard(database: Connection, dsn: str) -> AsyncIterator[Heard]:
    """Listens on another connection to what the test's own connection sends."""
    listener = await asyncpg.connect(dsn)
    notices: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def note(_: object, pid: int, channel: str, payload: object) -> None:
        if pid == database.get_server_pid():
            notices.put_nowait((channel, str(payload)))

    async def run(statement: str, *values: object) -> list[tuple[str, str]]:
        # Notifications come in the order of commits, so what came between these two is the statement's.
        end = token_hex(8)
        await database.fetch("select pg_notify('caller_changed', $1)", end)
        await database.execute(statement, *values)
        await database.fetch("select pg_notify('caller_changed', $1)", end)
        found: list[tuple[str, str]] = []
        ends = 0
        async with asyncio.timeout(30):
            while ends < 2:
                notice = await notices.get()
                if notice[1] == end:
                    ends += 1
                elif ends:
                    found.append(notice)
        return found

    try:
        for channel in CHANNELS:
            await listener.add_listener(channel, note)
        yield run
    finally:
        await listener.close()


@pytest.fixture
async def user_id(database: Connection) -> AsyncIterator[int]:
    account = await new_account(database)
    yield account
    await database.execute("delete from users where id = $1", account)


@pytest.fixture
async def other_id(database: Connection) -> AsyncIterator[int]:
    account = await new_account(database)
    yield account
    await database.execute("delete from users where id = $1", account)


async def test_sessions_notify_caller_changed(database: Connection, heard: Heard, user_id: int, other_id: int) -> None:
    """The trigger sessions_notify_caller_changed tells of ends and of what a token stands for, and of nothing else."""
    changed = [("caller_changed", str(user_id))]
    session = await new_session(database, user_id)
    assert await heard("update sessions set expires_at = now() + interval '2 days' where id = $1", session) == changed
    assert await heard("update sessions set token_digest = $2 where id = $1", session, token_bytes(32)) == changed
    # Who had the session is told, as workers remember it as theirs.
    moved = "update sessions set user_id = $2 where id = $1"
    assert await heard(moved, session, other_id) == changed
    assert await heard(moved, session, user_id) == [("caller_changed", str(other_id))]
    assert await heard("update sessions set user_agent = 'curl', renewed_at = now() where id = $1", session) == []
    assert await heard("delete from sessions where id = $1", session) == changed


async def test_a_new_session_changes_no_caller(heard: Heard, user_id: int) -> None:
    added = "insert into sessions (user_id, token_digest, expires_at) values ($1, $2, now() + interval '1 day')"
    assert await heard(added, user_id, token_bytes(32)) == []


async def test_parent_profiles_notify_caller_changed(
    database: Connection, heard: Heard, user_id: int, other_id: int
) -> None:
    """The trigger parent_profiles_notify_caller_changed tells of profiles that come, go, or change their language."""
    changed = [("caller_changed", str(user_id))]
    assert await heard("insert into parent_profiles (user_id) values ($1)", user_id) == changed
    language = "update parent_profiles set preferred_language = 'en' where user_id = $1"
    assert await heard(language, user_id) == changed
    moved = "update parent_profiles set user_id = $2 where user_id = $1"
    assert await heard(moved, user_id, other_id) == changed
    assert await heard(moved, other_id, user_id) == [("caller_changed", str(other_id))]
    assert await heard("update parent_profiles set name = 'Noor', bio = 'x' where user_id = $1", user_id) == []
    assert await heard("delete from parent_profiles where user_id = $1", user_id) == changed


async def test_each_row_of_a_statement_is_told(database: Connection, heard: Heard, user_id: int, other_id: int) -> None:
    both = [("caller_changed", str(each)) for each in (user_id, other_id)]
    for each in (user_id, other_id):
        await new_family(database, each)
        await new_session(database, each)
    ended = await heard("delete from sessions where user_id in ($1, $2)", user_id, other_id)
    assert sorted(ended) == sorted(both)
    language = "update parent_profiles set preferred_language = 'fr' where user_id in ($1, $2)"
    assert sorted(await heard(language, user_id, other_id)) == sorted(both)


async def test_mails_notify_mail_queued(database: Connection, heard: Heard, user_id: int) -> None:
    """The trigger mails_notify_mail_queued calls the worker that sends, once a statement; it is not due meanwhile."""
    added = (
        "insert into mails (user_id, kind, recipient, language, due_at)"
        " select $1, 'welcome', 'noor@example.org', 'nl', '2100-01-01' from generate_series(1, 2)"
    )
    try:
        assert await heard(added, user_id) == [("mail_queued", "")]
        assert await heard("update mails set attempts = 1 where user_id = $1", user_id) == []
    finally:
        assert await heard("delete from mails where user_id = $1", user_id) == []
