"""How exports are taken: by whom, at which moment, how often, and how many at once."""

import asyncio

import httpx
import psycopg
import pytest

from api.auth.schemas import Caller
from api.database.aliases import Connection
from api.exports import document
from api.problems.problem import Problem
from api.problems.types import TOO_BUSY
from tests.accounts import Accounts
from tests.commands.running import wait_for_session
from tests.exports.test_export import PATH


async def test_for_who_is_logged_in(client: httpx.AsyncClient, accounts: Accounts) -> None:
    assert (await client.get(PATH)).status_code == 401
    assert (await client.head(PATH)).status_code == 401
    head = await (await accounts.parent()).client.head(PATH)
    assert head.headers["content-type"] == "application/json"
    assert "content-length" not in head.headers


async def test_as_it_was_at_one_moment(accounts: Accounts, dsn: str) -> None:
    parent = await accounts.parent()
    with psycopg.connect(dsn) as writing, psycopg.connect(dsn, autocommit=True) as watching:
        writing.execute("lock table parenting_goals in access exclusive mode")
        exporting = asyncio.create_task(parent.client.get(PATH))
        waiting = "query like '%/* export_goals */%' and wait_event_type = 'Lock'"
        await asyncio.to_thread(wait_for_session, watching, waiting)
        goal = "insert into parenting_goals (parent_profile_id, title) values (%s, 'Later')"
        writing.execute(goal, [parent.parent_profile_id])
        writing.commit()
        assert (await exporting).json()["parentingGoals"] == []


async def test_five_exports_an_hour_each_recorded(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    assert (await parent.client.head(PATH)).status_code == 200
    answers = [await parent.client.get(PATH) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[5].json()["code"] == "too_many_attempts"
    assert 600 < int(answers[5].headers["retry-after"]) <= 720
    assert (await other.client.get(PATH)).status_code == 200
    recorded = "select network from audit_events where user_id = $1 and event = 'exported' and actor_kind = 'user'"
    assert [network for (network,) in await database.fetch(recorded, parent.user_id)] == ["127.0.0.0/24"] * 5


async def test_a_worker_has_so_many_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_caller: Caller, spool: document.Spool) -> int:
        spool.write(b"{")
        return 0

    monkeypatch.setattr(document, "_read_snapshot", read)
    caller = Caller(1, 1, 1, None, 1)
    documents = [await document.export(caller) for _ in range(document.MOST)]
    for given in documents:
        assert await anext(given) == b"{"
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            await document.export(caller)
        assert refused.value.type is TOO_BUSY
    await documents.pop().aclose()
    documents.append(await document.export(caller))
    assert await anext(documents[-1]) == b"{"
    for given in documents:
        await given.aclose()
