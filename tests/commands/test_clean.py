"""`just clean` removes what has expired at once, whoever's turn it is, and whoever else does."""

import asyncio

import pytest

from api.__main__ import main
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.test_cleaning import LEFT, plant
from tests.commands.running import run


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
