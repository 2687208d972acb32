"""What has expired is removed, by one worker at a time."""

import asyncio
from secrets import token_hex

import asyncpg
import pytest

from api.auth import cleaning
from api.auth.cleaning import clean_if_due
from api.auth.queries import cleaning as statements
from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.conftest import running_service
from tests.statements import without_triggers

# Of each kind rows that are past their time and rows that aren't.
ROWS = """
with expired (moment) as (
  values (now() - interval '1 minute'), (now() + interval '1 day')
),
session as (
  insert into sessions (user_id, token_digest, created_at, expires_at)
  select $1, sha256(concat($2::text, moment, number)::bytea), now() - interval '2 days', moment
    from expired, generate_series(1, $3) as number
),
device as (
  insert into devices (user_id, device_digest, expires_at)
  select $1, sha256(concat($2::text, moment)::bytea), moment from expired
),
reset as (
  insert into password_resets (user_id, token_digest, expires_at)
  select $1, sha256(concat($2::text, moment)::bytea), moment from expired
),
confirmation as (
  insert into email_confirmations (user_id, email, expires_at)
  select $1, 'a@b', min(moment) from expired
),
event as (
  insert into audit_events (happened_at, actor_kind, event, user_id)
  select moment - interval '1 year', 'system', 'tested', $1 from expired
)
insert into rate_limits (subject, drained_at)
select concat($2::text, moment), moment from expired
"""
MAILS = """
insert into mails (user_id, kind, recipient, language, created_at, attempts, due_at)
select $1, 'tested', 'a@b', 'nl', now() - age, attempts, now() + interval '1 hour'
  from (values (interval '47 hours', 1), (interval '49 hours', 2)) as mail (age, attempts)
"""
LEFT = """
select array[(select count(*) from sessions where user_id = $1), (select count(*) from devices where user_id = $1),
       (select count(*) from audit_events where user_id = $1), (select count(*) from rate_limits where subject ~ $2),
       (select count(*) from password_resets where user_id = $1),
       (select count(*) from email_confirmations where user_id = $1)]
"""
DUE = "update schedules set due_at = now()"
# So that no worker of the service takes the turn.
NOT_DUE = """
insert into schedules (name, due_at) values ('cleaning', now() + interval '200 seconds')
    on conflict (name) do update set due_at = excluded.due_at
"""


async def plant(accounts: Accounts, database: Connection, sessions: int = 1) -> tuple[int, str]:
    """A user with rows of each kind, and a mark that the others have."""
    parent, mark = await accounts.parent(), token_hex(8)
    await database.execute(NOT_DUE)
    await database.execute("delete from sessions where user_id = $1", parent.user_id)
    async with without_triggers(database):
        # More sessions than an account may have.
        await database.execute(ROWS, parent.user_id, mark, sessions)
    return parent.user_id, mark


async def cleaned(database: Connection) -> int:
    """Clean as soon as no worker of the service takes the turn away."""
    while True:
        await database.execute(DUE)
        removed = await clean_if_due()
        if removed is not None:
            return removed


async def test_what_is_past_its_time_goes_and_nothing_else(
    pool: None, accounts: Accounts, database: Connection
) -> None:
    # More sessions than a step removes.
    user_id, mark = await plant(accounts, database, sessions=450)
    assert await database.fetchval(LEFT, user_id, mark) == [900, 2, 2, 2, 2, 1]
    assert await cleaned(database) >= 455
    assert await database.fetchval(LEFT, user_id, mark) == [450, 1, 1, 1, 1, 0]


async def test_mails_that_could_not_be_sent_are_given_up_and_that_is_said(
    pool: None, accounts: Accounts, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    parent = await accounts.parent()
    await database.execute(MAILS, parent.user_id)
    await cleaned(database)
    assert await database.fetchval("delete from mails where user_id = $1 returning attempts", parent.user_id) == 1
    assert "mails that could not be sent in two days: " in caplog.text


async def test_it_removes_more_than_rows_too(pool: None, database: Connection) -> None:
    left = [2, 1, 0]

    async def remove() -> int:
        return left.pop(0)

    while await clean_if_due({"remove": remove}) is None:
        await database.execute(DUE)
    assert left == []


async def test_of_many_at_once_one_takes_the_turn(pool: None, database: Connection) -> None:
    await cleaned(database)
    assert await clean_if_due() is None
    # Far from due, so that no worker of the service takes it meanwhile.
    name = token_hex(8)
    calls = [statements.take_turn(name=name, seconds=300) for _ in range(20)]
    assert sorted(await asyncio.gather(*calls), key=str) == sorted([name, *[None] * 19], key=str)
    # A clock that was wrong for a while doesn't end it for as long.
    await database.execute("update schedules set due_at = now() + interval '310 seconds' where name = $1", name)
    assert [await statements.take_turn(name=name, seconds=300) for _ in range(2)] == [name, None]
    await database.execute("delete from schedules where name = $1", name)


async def test_a_turn_that_was_cut_off_is_finished_by_a_later_one(
    pool: None, accounts: Accounts, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id, mark = await plant(accounts, database)

    async def cut_off() -> int:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(cleaning, "REMOVALS", {**cleaning.REMOVALS, "remove_expired_devices": cut_off})
        with pytest.raises(asyncio.CancelledError):
            await cleaned(database)
    assert await database.fetchval(LEFT, user_id, mark) == [1, 2, 2, 2, 2, 1]
    await cleaned(database)
    assert await database.fetchval(LEFT, user_id, mark) == [1, 1, 1, 1, 1, 0]


async def test_a_step_that_fails_is_a_line_and_keeps_no_other_from_its_work(
    pool: None,
    accounts: Accounts,
    database: Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user_id, mark = await plant(accounts, database)

    async def fail() -> int:
        raise asyncpg.UndefinedTableError(mark)

    monkeypatch.setattr(cleaning, "REMOVALS", {"first": fail, **cleaning.REMOVALS})
    await cleaned(database)
    assert await database.fetchval(LEFT, user_id, mark) == [1, 1, 1, 1, 1, 0]
    [line] = [record.getMessage() for record in caplog.records if record.name == cleaning.__name__]
    assert line == "first: UndefinedTableError"


@pytest.mark.long
async def test_a_service_cleans_by_itself_and_one_of_its_workers_at_a_time(
    cluster: EmbeddedServer, accounts: Accounts, database: Connection
) -> None:
    user_id, mark = await plant(accounts, database, sessions=1000)
    name = f"{user_id:032x}.webp"
    await database.execute("insert into pictures values ($1, $2, now())", name, user_id)
    # Each removal takes a while, and notes from when to when.
    await database.execute(
        "create table removals (began timestamptz, ended timestamptz);"
        "create function note_removal() returns trigger language plpgsql security definer as $$ begin"
        " perform pg_sleep(0.05);"
        " insert into public.removals values (statement_timestamp(), clock_timestamp()); return null; end $$;"
        "create trigger note_removal after delete on sessions for each statement execute function note_removal()"
    )
    try:
        await database.execute(DUE)
        with running_service(cluster.service_dsn, log_level="warning", workers=3):
            async with asyncio.timeout(60):
                while await database.fetchval(LEFT, user_id, mark) != [1000, 1, 1, 1, 1, 0]:
                    await asyncio.sleep(0.05)
            async with asyncio.timeout(60):
                while await database.fetchval("select count(*) from pictures where name = $1", name):
                    await asyncio.sleep(0.05)
        assert await database.fetchval("select count(*) from removals") >= 6
        at_once = (
            "select count(*) from removals as one join removals as other"
            " on one.ctid < other.ctid and (one.began, one.ended) overlaps (other.began, other.ended)"
        )
        assert await database.fetchval(at_once) == 0
        due = "select due_at > now() + interval '4 minutes' from schedules where name = 'cleaning'"
        assert await database.fetchval(due)
    finally:
        await database.execute("drop trigger note_removal on sessions; drop function note_removal; drop table removals")
