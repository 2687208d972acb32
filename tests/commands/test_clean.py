"""`just clean` removes what has expired at once, whoever's turn it is, and whoever else does."""

import asyncio
from datetime import timedelta
from typing import Final

import psycopg
import pytest

from api.__main__ import main
from api.auth.cleaning import REMOVALS
from api.checks.retention import read_retentions
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.test_cleaning import LEFT, plant
from tests.commands.running import run
from tests.commands.test_erasure import marked_family, pattern_of, traces
from tests.statements import without_triggers

# Tables whose rows don't say themselves when their time is over: their comments do.
AGED: Final = frozenset({"audit_events", "idempotency_keys", "mails", "onboarding_merge_bases", "suggestions"})
NUMBERS: Final = {"a": "1", "two": "2"}
MOMENTS: Final = """
select string_agg(format('%I = now() - $1::interval%s', attname,
         -- A session ends after it began.
         case when $1 = 'sessions' and attname = 'created_at' then ' - interval ''1 day''' end), ', ')
  from pg_attribute
 where attrelid = $1::text::regclass
   and atttypid = 'timestamptz'::regtype
   and attname <> 'confirmed_at'
"""


async def test_what_is_past_its_time_goes(
    dsn: str,
    accounts: Accounts,
    database: Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    user_id, mark = await plant(accounts, database, sessions=450)
    # Two at once share the rows.
    assert await asyncio.gather(*[asyncio.to_thread(main, ["clean"]) for _ in range(2)]) == [0, 0]
    assert await database.fetchval(LEFT, user_id, mark) == [450, 1, 1, 1, 1, 0]
    said = capsys.readouterr().out.splitlines()
    removed = [int(line.split()[2].replace(",", "")) for line in said if line.startswith("expired sessions")]
    assert sum(removed) >= 450
    assert run(monkeypatch, dsn, "clean") == 0
    assert "expired sessions             0 removed\n" in capsys.readouterr().out


def interval(period: str) -> str:
    """A period of a comment, such as `two days`, as PostgreSQL reads it."""
    number, unit = period.partition(",")[0].split()
    return f"{NUMBERS.get(number, number)} {unit}"


async def test_of_every_table_what_is_past_its_time_goes_and_nothing_before(
    dsn: str, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(dsn) as connection:
        retentions = [each for each in read_retentions(connection) if each.statement]
    removed_by = {each.table: each.statement for each in retentions}
    periods = {each.table: interval(each.period or "") for each in retentions if each.table in AGED}
    # What the service removes with more than a statement, the tests of pictures show.
    assert removed_by.keys() - {table for table, name in removed_by.items() if name in REMOVALS} == {"pictures"}
    assert REMOVALS.keys() <= {*removed_by.values()}
    del removed_by["pictures"]
    family = await marked_family(database)
    await database.execute(
        f"insert into passkey_logins (challenge_digest, expires_at) values (sha256('{family.username}'), now())"
    )

    async def move(beyond: timedelta) -> None:
        async with database.transaction(), without_triggers(database):
            for table in removed_by:
                moments = await database.fetchval(MOMENTS, table)
                age = f"(interval '{periods.get(table, 0)}' + $1)"
                statement = f"update {table} as one set {moments} where one::text ~ $2"
                await database.execute(statement.replace("$1::interval", age), beyond, pattern_of(family))

    await move(timedelta(minutes=-1))
    before = await traces(database, family)
    assert removed_by.keys() <= before.keys()
    assert run(monkeypatch, dsn, "clean") == 0
    assert await traces(database, family) == before
    await move(timedelta(minutes=1))
    assert run(monkeypatch, dsn, "clean") == 0
    assert await traces(database, family) == {
        table: count for table, count in before.items() if table not in removed_by
    }
