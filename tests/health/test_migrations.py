"""A service is ready once the migrations that its code needs are applied."""

from api.database.aliases import Connection
from tests.statements import run


async def test_all_that_are_asked_for_have_to_be_applied(database: Connection) -> None:
    applied = await database.fetchval("select array_agg(migration_id) from _yoyo_migration")
    asked = ["{}", f"{{{max(applied)},{min(applied)}}}", f"{{{max(applied)},9999_of_tomorrow}}", "{9999_of_tomorrow}"]
    answers = await run(database, "are_migrations_applied", migrations=asked)
    assert sorted(answers) == [(1, True), (2, True), (3, False), (4, False)]
