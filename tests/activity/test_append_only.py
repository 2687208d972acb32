"""Events are only added: by grants for the roles that have no more, by a trigger for all others."""

from typing import Final

import asyncpg
import pytest

from api.database.aliases import Connection

CHANGES: Final = ("update audit_events set event = 'other'", "delete from audit_events", "truncate audit_events")
# What is added for long ago could be removed at once, and what is locked isn't removed in time.
OF_OWNERS: Final = (
    "insert into audit_events (user_id, actor_kind, event, happened_at) values (1, 'user', 'exported', '2020-01-01')",
    "select from audit_events for update",
)
PLANTED: Final = "select happened_at::text from audit_events where user_id = -7 order by id"


@pytest.fixture
async def planted(database: Connection) -> list[str]:
    """Two events, of which one is a year old."""
    await database.execute(
        "insert into audit_events (user_id, actor_kind, event, happened_at) values"
        " (-7, 'system', 'exported', now() - interval '366 days'), (-7, 'system', 'exported', now())"
    )
    return [moment for (moment,) in await database.fetch(PLANTED)]


async def as_role(database: Connection, role: str, statement: str) -> None:
    async with database.transaction():
        await database.execute(f"set local role {role}")
        await database.execute(statement)


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("change", [*CHANGES, *OF_OWNERS])
@pytest.mark.parametrize("role", ["nestwerk_service", "nestwerk_reader"])
async def test_roles_without_the_right(role: str, change: str, database: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for table audit_events"):
        await as_role(database, role, change)


async def test_who_adds_need_not_be_able_to_read(database: Connection) -> None:
    # As the release before, from the migration on until sql/roles.sql is run.
    transaction = database.transaction()
    await transaction.start()
    await database.execute("revoke select on audit_events from nestwerk_service; set local role nestwerk_service")
    for _ in range(21):
        await database.execute("insert into audit_events (user_id, actor_kind, event) values (-8, 'user', 'exported')")
    await database.execute("reset role")
    assert await database.fetchval("select count(*) from audit_events where user_id = -8") == 20
    await transaction.rollback()


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["nestwerk_owner", "postgres"])
async def test_roles_with_every_right(role: str, change: str, database: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only added"):
        await as_role(database, role, change)


async def test_the_service_has_what_is_a_year_old_removed_and_others_may_not(
    planted: list[str], database: Connection
) -> None:
    remove = "select remove_year_old_events()"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for function"):
        await as_role(database, "nestwerk_reader", remove)
    await as_role(database, "nestwerk_service", remove)
    left = [moment for (moment,) in await database.fetch(PLANTED)]
    assert planted[-1] in left
    assert planted[-2] not in left
