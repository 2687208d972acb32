"""Of a text's versions the current one counts: it's shown, asked for, agreed to and declined."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.statements import run, taken_back

# A version of before, the current one, and one that isn't in force yet.
TEXTS: Final = """
insert into consent_texts (purpose, version, in_force_at, title_nl, title_en, text_nl, text_en)
select 'news', version, now() + (version - 2) * interval '1 day', 'Nieuws ' || version, 'News ' || version,
       'Wat ' || version, 'What ' || version
  from generate_series(1, 3) as version
"""
ANSWERS: Final = """
select array_agg(concat_ws(' ', version, case when agreed_at is null then 'declined' else 'agreed' end,
                           case when withdrawn_at is null then 'counts' end) order by id)
  from consents
 where user_id = $1
   and purpose = 'news'
"""
EVENTS: Final = """
select array_agg(concat_ws(' ', actor_kind, event, details ->> 'version', host(network::inet)) order by id)
  from audit_events
 where user_id = $1
   and details ->> 'purpose' = 'news'
"""
NETWORK: Final = "192.0.2.0"


@pytest.fixture
async def user_id(accounts: Accounts, database: Connection) -> AsyncIterator[int]:
    """An account, and three versions of a text."""
    parent = await accounts.parent(profile=False)
    async with taken_back(database):
        await database.execute(TEXTS)
        yield parent.user_id


@pytest.mark.parametrize(("language", "title", "text"), [("nl", "Nieuws 2", "Wat 2"), ("en", "News 2", "What 2")])
async def test_the_current_version_is_shown(
    user_id: int, database: Connection, language: str, title: str, text: str
) -> None:
    rows = await run(database, "list_consent_texts", language=language)
    assert [row[0] for row in rows] == ["health_data", "news", "privacy", "terms"]
    assert (rows[1][1], *rows[1][3:]) == (2, title, text)


@pytest.mark.parametrize("answered", [(), (1,), (2,), (1, 2)])
async def test_the_current_version_is_asked_for(user_id: int, database: Connection, answered: tuple[int, ...]) -> None:
    await database.executemany(
        "insert into consents (user_id, purpose, version, agreed_at) values ($1, 'news', $2, now())",
        [(user_id, version) for version in answered],
    )
    asked = await run(database, "list_texts_to_ask", user_id=user_id)
    news = [] if 2 in answered else [("news", 2)]
    assert asked == [("health_data", 1), *news, ("privacy", 1), ("terms", 1)]


@pytest.mark.parametrize(
    ("texts", "count", "answer"),
    [
        ({"news": 2}, 1, "2 agreed counts"),
        ({"news": 1}, 0, "2 declined"),
        ({"news": 3, "terms": 1}, 1, "2 declined"),
        ({}, 0, "2 declined"),
    ],
)
async def test_a_new_account_answers_the_current_version(
    user_id: int, database: Connection, texts: dict[str, int], count: int, answer: str
) -> None:
    values = {"user_id": user_id, "purpose": [*texts], "version": [*texts.values()], "network": NETWORK}
    assert await run(database, "answer_consent_texts", **values) == [(count,)]
    assert await database.fetchval(ANSWERS, user_id) == [answer]
    assert await database.fetchval("select count(*) from consents where user_id = $1", user_id) == 4
    events = [f"user consent_given 2 {NETWORK}"] if answer.startswith("2 agreed") else None
    assert await database.fetchval(EVENTS, user_id) == events


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_only_the_current_version_can_be_agreed_to(user_id: int, database: Connection, version: int) -> None:
    await database.execute(
        "insert into consents (user_id, purpose, version, agreed_at)"
        " select $1, purpose, 1, now() from unnest(array['news', 'terms']) as purpose",
        user_id,
    )
    values = {"user_id": user_id, "purpose": "news", "version": version, "network": NETWORK}
    given, again = [await run(database, "give_consent", **values) for _ in range(2)]
    assert given == again
    assert [(row[1], row[2], row[3] is not None, row[4]) for row in given] == (
        [("news", 2, True, None)] if version == 2 else []
    )
    assert await database.fetchval(EVENTS, user_id) == ([f"user consent_given 2 {NETWORK}"] if version == 2 else None)


async def test_who_agrees_again_gets_the_consent_that_counts(user_id: int, database: Connection) -> None:
    values = {"user_id": user_id, "purpose": "news", "version": 2, "network": NETWORK}
    await run(database, "give_consent", **values)
    await run(database, "withdraw_consent", user_id=user_id, purpose="news", network=NETWORK)
    [second] = await run(database, "give_consent", **values)
    assert await run(database, "give_consent", **values) == [second]
    assert await run(database, "give_consent", **{**values, "version": 1}) == []
    assert await database.fetchval(ANSWERS, user_id) == ["2 agreed", "2 agreed counts"]


@pytest.mark.parametrize(
    ("agreed", "answers", "events"),
    [
        ((), ["2 declined"], ["2"]),
        ((1,), ["1 agreed", "2 declined"], ["1", "2"]),
        ((1, 2), ["1 agreed", "2 agreed"], ["1", "2"]),
    ],
)
async def test_a_withdrawal_is_of_all_versions(
    user_id: int, database: Connection, agreed: tuple[int, ...], answers: list[str], events: list[str]
) -> None:
    # Later than this transaction began, as if it had waited for the one that agreed.
    await database.executemany(
        "insert into consents (user_id, purpose, version, agreed_at) values ($1, 'news', $2, clock_timestamp())",
        [(user_id, version) for version in agreed],
    )
    await database.execute(
        "insert into consents (user_id, purpose, version, agreed_at) values ($1, 'terms', 1, now())", user_id
    )
    values = {"user_id": user_id, "network": NETWORK}
    for _ in range(2):
        # A second time it changes nothing.
        assert await run(database, "withdraw_consent", purpose="news", **values) == [("news",)]
    assert await run(database, "withdraw_consent", purpose="strange", **values) == []
    assert await database.fetchval(ANSWERS, user_id) == answers
    assert await database.fetchval(EVENTS, user_id) == [
        f"user consent_withdrawn {version} {NETWORK}" for version in events
    ]
    assert await database.fetchval(
        "select withdrawn_at is null from consents where purpose = 'terms' and user_id = $1", user_id
    )
    assert not await database.fetchval("select count(*) from consents where withdrawn_at < agreed_at")
    # The answer to another text with the same number is none to this one.
    assert await run(database, "withdraw_consent", purpose="privacy", **values) == [("privacy",)]
    assert await database.fetchval("select count(*) from consents where purpose = 'privacy' and user_id = $1", user_id)


async def test_history_page_by_page(user_id: int, database: Connection) -> None:
    await database.execute(
        "insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)"
        " select $1, 'news', 1, now(), now() from generate_series(1, 5)",
        user_id,
    )
    ids = [row[0] for row in await run(database, "list_consents", user_id=user_id, before=2**62, count=9)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
    page = await run(database, "list_consents", user_id=user_id, before=ids[1], count=2)
    assert [row[0] for row in page] == ids[2:4]
    assert all(row[3] is not None and row[4] is not None for row in page)
