"""What statements on limits do with several of them at once, and while others change them."""

from typing import Any, Final

import pytest

from api.database.aliases import Connection
from tests.auth.logins import new_name
from tests.statements import run, run_behind, taken_back

FILL: Final = "insert into rate_limits values ($1, now() + $2 * interval '1 second')"


def subjects() -> list[str]:
    """Three limits of a test's own, in the order of their names."""
    name = new_name()
    return [f"{name}:{number}" for number in range(3)]


async def fill(database: Connection, *limits: tuple[str, int, int]) -> int | None:
    """Seconds to wait that fill_limits gives, of limits with their costs and capacities."""
    [(seconds,)] = await run(database, "fill_limits", **filled(*limits))
    found: int | None = seconds
    return found


def filled(*limits: tuple[str, int, int]) -> dict[str, list[Any]]:
    subject, cost, capacity = (list(each) for each in zip(*limits, strict=True))
    return {"subject": subject, "cost": cost, "capacity": capacity}


async def test_limits_are_filled_all_or_none(database: Connection) -> None:
    async with taken_back(database):
        first, second, third = subjects()
        assert await fill(database, (first, 10, 10), (second, 10, 30)) is None
        # The fullest one says how long.
        await database.execute(FILL, third, 20)
        assert await fill(database, (first, 10, 10), (second, 10, 30), (third, 15, 10)) == 25
        assert await fill(database, (third, 15, 10), (first, 10, 10)) == 25
        levels = "select subject, drained_at - now() from rate_limits where subject = any($1)"
        found = await database.fetch(levels, [first, second, third])
        assert {subject: level.total_seconds() for subject, level in found} == {first: 10, second: 10, third: 20}


async def test_a_limit_is_filled_further_and_to_the_brim(database: Connection) -> None:
    async with taken_back(database):
        first, second, third = subjects()
        for subject, drained_in in ((first, 20), (second, -50), (third, 10)):
            await database.execute(FILL, subject, drained_in)
        # The third is full to the brim afterwards, and no more.
        assert await fill(database, (first, 10, 100), (second, 10, 100), (third, 10, 20)) is None
        found = await database.fetch(
            "select drained_at - now() from rate_limits where subject = any($1) order by subject",
            [first, second, third],
        )
        assert [level.total_seconds() for (level,) in found] == [30, 10, 20]


async def test_a_limit_that_is_found_full_only_afterwards_refuses_too(database: Connection, dsn: str) -> None:
    first, second, _ = subjects()
    async with database.transaction():
        await database.execute(FILL, first, 1000)
        await database.execute(FILL, second, 3000)
        limits = filled((first, 2000, 2000), (second, 2000, 2500))
        running = await run_behind(database, dsn, "fill_limits", **limits)
    [(seconds,)] = await running
    # The second one is full for 5,000 seconds then, and holds half of them.
    assert 2400 < seconds <= 2500


@pytest.mark.parametrize("statement", ["fill_limits", "take_out"])
async def test_limits_are_locked_in_the_order_of_their_subjects(database: Connection, dsn: str, statement: str) -> None:
    given = subjects()
    for subject in given:
        await database.execute(FILL, subject, 0)
    limits = filled(*[(subject, 10, 100) for subject in reversed(given)])
    lock = "select from rate_limits where subject = any($1) for update nowait"
    async with database.transaction():
        await database.execute(lock, given[:1])
        running = await run_behind(database, dsn, statement, **limits)
        # It waits for the first one, so it hasn't locked later ones.
        await database.execute(lock, given)
    await running
