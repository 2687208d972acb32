"""Tables whose rows are only added: audit_events, consents, and texts of consents that were answered."""

from typing import Final

import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account, refused
from tests.statements import taken_back

NOT_ALLOWED: Final = "42501"


async def new_event(database: Connection, age: str) -> int:
    event_id: int = await database.fetchval(
        "insert into audit_events (happened_at, actor_kind, event, user_id)"
        " values (now() - $1::text::interval, 'staff', 'ban', 1) returning id",
        age,
    )
    return event_id


@pytest.mark.parametrize("age", ["0", "11 months", "1 year"])
async def test_refuse_audit_change_keeps_events_for_a_year(database: Connection, age: str) -> None:
    """By refuse_audit_change the trigger audit_events_refuse_change keeps them from everybody, superusers included."""
    async with taken_back(database):
        event = await new_event(database, age)
        error = await refused(database, None, "delete from audit_events where id = $1", event, state=NOT_ALLOWED)
        assert str(error) == "rows of audit_events are only added, and removed after a year"
        assert error.as_dict()["table_name"] == "audit_events"
        change = "update audit_events set event = 'unban' where id = $1"
        await refused(database, None, change, event, state=NOT_ALLOWED)


async def test_events_of_more_than_a_year(database: Connection) -> None:
    """By refuse_audit_change they can be removed, one by one too, and still not be changed."""
    async with taken_back(database):
        event = await new_event(database, "1 year 1 microsecond")
        # Even a change that the table's checks refuse.
        for value in ("unban", ""):
            change = "update audit_events set event = $2 where id = $1"
            await refused(database, None, change, event, value, state=NOT_ALLOWED)
        assert await database.execute("delete from audit_events where id = $1", event) == "DELETE 1"
        assert not await database.fetchval("select exists (select from audit_events where id = $1)", event)


async def test_audit_events_refuse_truncate(database: Connection) -> None:
    """The trigger audit_events_refuse_truncate refuses it even of an empty table."""
    async with taken_back(database):
        await new_event(database, "2 years")
        error = await refused(database, None, "truncate audit_events", state=NOT_ALLOWED)
        assert str(error) == "rows of audit_events are only added, and removed after a year"


async def test_remove_year_old_events(database: Connection) -> None:
    """The service calls remove_year_old_events, which takes 200 at a time, the oldest first."""
    async with taken_back(database):
        await database.execute(
            "insert into audit_events (happened_at, actor_kind, event, user_id)"
            " select now() - interval '29 years' - number * interval '1 day', 'staff', 'ban', number"
            " from generate_series(1, 202) as number"
        )
        await new_event(database, "11 months")
        await database.execute("set local role nestwerk_service")
        assert await database.fetchval("select remove_year_old_events()") == 200
        left = await database.fetch(
            "select user_id from audit_events where happened_at < now() - interval '29 years' order by happened_at"
        )
        assert [row["user_id"] for row in left] == [2, 1]
        while await database.fetchval("select remove_year_old_events()"):
            pass
        old = "select exists (select from audit_events where happened_at < now() - interval '1 year')"
        assert not await database.fetchval(old)
        recent = "select exists (select from audit_events where happened_at = now() - interval '11 months')"
        assert await database.fetchval(recent)


async def insert_event(
    database: Connection,
    network: str | None,
    *,
    user_id: int = -1,
    event: str = "login",
    actor: str = "user",
    age: str = "0",
) -> bool:
    done = await database.execute(
        "insert into audit_events (happened_at, actor_kind, event, user_id, network)"
        " values (now() - $1::text::interval, $2::text::audit_actor, $3, $4, $5)",
        age,
        actor,
        event,
        user_id,
        network,
    )
    return done == "INSERT 0 1"


@pytest.mark.parametrize("network", ["192.0.2.0/24", None])
async def test_skip_repeated_event(database: Connection, network: str | None) -> None:
    """The trigger audit_events_skip_repeated leaves out what an account has had 20 times from one network."""
    async with taken_back(database):
        # None of these counts: they are another account's, another event, of an hour ago, or of staff; all are kept.
        for _ in range(20):
            assert await insert_event(database, network, user_id=-2)
            assert await insert_event(database, network, event="logout")
            assert await insert_event(database, network, age="1 hour")
            assert await insert_event(database, network, actor="staff")
        kept = [await insert_event(database, network) for _ in range(21)]
        assert kept == [True] * 20 + [False]
        assert await insert_event(database, "198.51.100.0/24")
        assert not await insert_event(database, network, actor="system")
        assert await insert_event(database, network, actor="staff")


async def test_skip_repeated_event_of_many_networks(database: Connection) -> None:
    async with taken_back(database):
        kept = [await insert_event(database, f"192.0.{number}.0/24") for number in range(101)]
        assert kept == [True] * 100 + [False]


async def new_consent(database: Connection, withdrawn: str | None = None) -> tuple[int, int]:
    """An account that agreed to version 2 of a text that has three; its id and the consent's."""
    account = await new_account(database)
    await database.execute(
        "insert into consent_texts (purpose, version, in_force_at, title_nl, title_en, text_nl, text_en)"
        " select 'schema_test', version, now(), 't', 't', 't', 't' from generate_series(1, 3) as version"
    )
    consent: int = await database.fetchval(
        "insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)"
        " values ($1, 'schema_test', 2, now() - interval '1 day', $2::text::timestamptz) returning id",
        account,
        withdrawn,
    )
    return account, consent


async def test_refuse_consent_change(database: Connection) -> None:
    """The trigger consents_refuse_change allows a withdrawal, once, and nothing besides."""
    async with taken_back(database):
        account, consent = await new_consent(database)
        other = await new_account(database)
        for change in (
            "id = id + 1000000",
            f"user_id = {other}",
            "purpose = 'terms'",
            "version = 1",
            "agreed_at = now() - interval '2 days'",
            "agreed_at = null",
        ):
            statement = f"update consents set withdrawn_at = now(), {change} where user_id = $1 and id = $2"
            error = await refused(database, None, statement, account, consent, state=NOT_ALLOWED)
            assert str(error) == "rows of consents are only added and withdrawn, and removed with their account"
            assert error.as_dict()["table_name"] == "consents"
        await database.execute("update consents set withdrawn_at = now() where id = $1", consent)
        for again in ("withdrawn_at = null", "withdrawn_at = now() + interval '1 s'", "withdrawn_at = withdrawn_at"):
            await refused(database, None, f"update consents set {again} where id = $1", consent, state=NOT_ALLOWED)
        moment = "select withdrawn_at = now() from consents where id = $1"
        assert await database.fetchval(moment, consent)


async def test_an_answer_that_declines_may_not_become_a_consent(database: Connection) -> None:
    async with taken_back(database):
        account = await new_account(database)
        await new_consent(database)
        consent = await database.fetchval(
            "insert into consents (user_id, purpose, version, withdrawn_at) values ($1, 'schema_test', 1, now())"
            " returning id",
            account,
        )
        change = "update consents set agreed_at = now(), withdrawn_at = null where id = $1"
        await refused(database, None, change, consent, state=NOT_ALLOWED)


async def test_consents_are_removed_with_their_account_only(database: Connection) -> None:
    async with taken_back(database):
        account, consent = await new_consent(database)
        await refused(database, None, "delete from consents where id = $1", consent, state=NOT_ALLOWED)
        await database.execute("delete from users where id = $1", account)
        assert not await database.fetchval("select exists (select from consents where id = $1)", consent)


async def test_refuse_text_change(database: Connection) -> None:
    """The trigger consent_texts_refuse_change keeps a text that was answered; others may still be corrected."""
    async with taken_back(database):
        await new_consent(database)
        change = "update consent_texts set text_en = 'other' where purpose = 'schema_test' and version = $1"
        error = await refused(database, None, change, 2, state=NOT_ALLOWED)
        assert str(error) == "a text that was answered stays as it is: its next version is a new row"
        assert error.as_dict()["table_name"] == "consent_texts"
        # Its key, too, before the foreign key of the answers says so.
        rename = "update consent_texts set version = 9 where purpose = 'schema_test' and version = $1"
        await refused(database, None, rename, 2, state=NOT_ALLOWED)
        # Neither a version that nobody answered, nor the same version of another text.
        assert await database.execute(change, 1) == "UPDATE 1"
        await database.execute(
            "insert into consent_texts (purpose, version, in_force_at, title_nl, title_en, text_nl, text_en)"
            " values ('schema_other', 2, now(), 't', 't', 't', 't')"
        )
        await database.execute("update consent_texts set text_en = 'other' where purpose = 'schema_other'")
        texts = await database.fetch(
            "select purpose, version from consent_texts where purpose like 'schema%' and text_en = 'other' order by 1"
        )
        assert [tuple(row) for row in texts] == [("schema_other", 2), ("schema_test", 1)]
