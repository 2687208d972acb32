"""Fixtures of suggestions: statements that run as in a worker, and a library that only the test sees."""

from collections.abc import AsyncIterator, Sequence
from secrets import token_hex
from typing import Any, Final

import pytest

from api.database.aliases import Connection
from api.database.connections import PLANNING
from api.database.queries import STATEMENTS

NOBODY_DUE: Final = "update parent_profiles set last_suggestion_check = now(), changed_since_check = false"
ADD_PROFILE: Final = """
with account as (
  insert into users (username, email, password)
  values ($1, $1 || '@example.org', '$argon2id$unusable')
  returning id
)
insert into parent_profiles (
  user_id, name, completed_onboarding, stress_level, experience_level, primary_concerns, onboarding_data
)
select id, 'Noor', $2, $3, $4, $5, jsonb_build_object('goals', jsonb_build_object('supportAreas', $6::text[]))
  from account
returning id
"""


class Library:
    """A library of a test's own and parents whom it gives suggestions, in a transaction that is taken back."""

    def __init__(self, database: Connection) -> None:
        self.database = database

    async def concern(self, concern: str, nl: str, en: str = "x", *, sensitive: bool = False) -> None:
        await self.database.execute(
            "insert into concerns values ($1, $2, $3, $4)", concern, nl.split(","), en.split(","), sensitive
        )

    async def text(self, slug: str, category: str = "play", **columns: Any) -> None:
        """Add a text that fits everybody, but for what the columns say."""
        names = ", ".join(["slug", "category", "title_nl", "title_en", "text_nl", "text_en", *columns])
        values = [
            slug,
            category,
            "Titel",
            "Title",
            f"{slug} in het Nederlands",
            f"{slug} in English",
            *columns.values(),
        ]
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.database.execute(f"insert into library_suggestions ({names}) values ({places})", *values)

    async def parent(
        self,
        *concerns: str,
        ages: Sequence[int] = (),
        stress: str = "moderate",
        experience: str = "first_time",
        completed: bool = True,
        areas: Sequence[str] = (),
    ) -> int:
        """Add a parent who is due; returns the profile's id."""
        id: int = await self.database.fetchval(
            ADD_PROFILE, token_hex(8), completed, stress, experience, list(concerns), list(areas)
        )
        await self.database.executemany(
            "insert into child_profiles (parent_profile_id, name, age) values ($1, 'Bram', $2)",
            [(id, age) for age in ages],
        )
        return id

    async def make(self, *, hours: int = 24, count: int = 100, rest: int = 0) -> tuple[int, int]:
        """For how many parents how many suggestions are made in one step."""
        statement = STATEMENTS["make_suggestions"]
        values = {"hours": hours, "count": count, "rest": rest}
        [row] = await self.database.fetch(statement.text, *[values[name] for name in statement.parameters])
        return row["parents"], row["suggestions"]

    async def given(self, id: int) -> list[str]:
        """Slugs of a parent's suggestions, best first."""
        rows = await self.database.fetch("select slug from suggestions where parent_profile_id = $1 order by id", id)
        return [row["slug"] for row in rows]


@pytest.fixture
async def own_library(database: Connection) -> AsyncIterator[None]:
    """The library is empty, nobody is due, and steps may be made; afterwards the library is as it was."""
    await database.execute(NOBODY_DUE)
    # Nobody rests from a step of before.
    await database.execute("update schedules set due_at = now() where name = 'suggestions'")
    await database.execute(
        "create temp table kept_concerns as table concerns; create temp table kept_texts as table library_suggestions;"
        "delete from library_suggestions; delete from concerns"
    )
    yield
    await database.execute(
        "delete from library_suggestions; delete from concerns; insert into concerns table kept_concerns;"
        "insert into library_suggestions table kept_texts; drop table kept_concerns, kept_texts"
    )


@pytest.fixture
async def texts(own_library: None, database: Connection) -> None:
    """A library of five texts that fit everybody."""
    await database.execute(
        "insert into library_suggestions (slug, category, title_nl, title_en, text_nl, text_en)"
        " select 'test-' || number, 'play', 'a', 'a', 'a', 'a' from generate_series(1, 5) as number"
    )


@pytest.fixture
async def library(database: Connection) -> AsyncIterator[Library]:
    transaction = database.transaction()
    await transaction.start()
    try:
        for name, value in PLANNING.items():
            await database.execute(f"set local {name} = '{value}'")
        await database.execute("delete from library_suggestions; delete from concerns")
        await database.execute(NOBODY_DUE)
        yield Library(database)
    finally:
        await transaction.rollback()
