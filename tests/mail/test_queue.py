"""The queue of mails: what is queued, which mail goes first, and when one is tried again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest

from api.database.aliases import Connection
from tests.statements import run, taken_back

ADD: Final = """
insert into mails (kind, recipient, language, attempts, due_at, created_at)
values ($1, 'noor@example.org', 'nl', $2, now() + $3, now() - interval '1 hour')
returning id
"""
SOON: Final = timedelta(seconds=1)


@pytest.fixture
async def queue(database: Connection) -> AsyncIterator[Connection]:
    """A queue that is empty."""
    async with taken_back(database):
        await database.execute("delete from mails")
        yield database


async def add(queue: Connection, kind: str = "a", due: timedelta = -SOON, attempts: int = 0) -> int:
    id: int = await queue.fetchval(ADD, kind, attempts, due)
    return id


async def test_three_of_a_kind_wait_for_an_address(queue: Connection) -> None:
    values = {"user_id": None, "language": "nl", "parameters": "{}"}
    for kind, recipient in [("b", "a@b"), ("a", "c@b"), *[("a", "a@b"), ("a", "A@B")] * 3, ("c", "a@b")]:
        await run(queue, "add_mail", kind=kind, recipient=recipient, **values)
    rows = await queue.fetch("select kind, recipient from mails order by id")
    assert [tuple(row) for row in rows] == [
        ("b", "a@b"), ("a", "c@b"), ("a", "a@b"), ("a", "A@B"), ("a", "a@b"), ("c", "a@b"),
    ]  # fmt: skip


async def test_the_mail_that_is_due_first_is_taken(queue: Connection) -> None:
    second, first = await add(queue), await add(queue, "b", -2 * SOON)
    # Of a kind that isn't known here, and not yet due.
    await add(queue, "c", -3 * SOON)
    await add(queue, "a", SOON)
    taken = [await run(queue, "take_mail", kinds=["a", "b"]) for _ in range(3)]
    assert [[(row[0], row[2], row[6]) for row in rows] for rows in taken] == [
        [(first, "b", 1)], [(second, "a", 1)], [],
    ]  # fmt: skip


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (7, 128), (8, 240), (20, 240)])
async def test_each_attempt_is_twice_as_far_off(queue: Connection, attempts: int, minutes: int) -> None:
    await add(queue, attempts=attempts)
    await run(queue, "take_mail", kinds=["a"])
    left = await queue.fetchrow("select attempts, due_at - now() from mails")
    assert tuple(left or ()) == (attempts + 1, timedelta(minutes=minutes))


@pytest.mark.parametrize(("attempts", "least", "left"), [(3, 1, 2), (1, 1, 1), (1, 0, 0), (0, 0, 0)])
async def test_one_that_could_not_be_tried_is_due_as_it_was(
    queue: Connection, attempts: int, least: int, left: int
) -> None:
    for due in (timedelta(minutes=4), timedelta(hours=-2)):
        id, other = await add(queue, "a", due, attempts), await add(queue, "a", due, attempts)
        # Somebody else has taken it since.
        await run(queue, "return_mail", id=other, attempts=attempts + 1, least_attempts=least)
        await run(queue, "return_mail", id=id, attempts=attempts, least_attempts=least)
        rows = await queue.fetch(
            "select attempts, due_at - now() from mails where id = any($1) order by id", [id, other]
        )
        returned = min(due, timedelta(hours=-1))
        assert [tuple(row) for row in rows] == [(left, returned), (attempts, due)]


async def test_how_many_wait_and_how_long(queue: Connection) -> None:
    figures = [await run(queue, "get_mail_figures")]
    for due in (SOON, -90 * SOON, -30 * SOON):
        await add(queue, due=due)
        figures += [await run(queue, "get_mail_figures")]
    assert figures == [[(0, 0.0)], [(1, 0.0)], [(2, 90.0)], [(3, 90.0)]]
    await queue.execute(
        "insert into mails (kind, recipient, language, due_at)"
        " select 'a', 'a@b', 'nl', now() from generate_series(1, 10000)"
    )
    assert await run(queue, "get_mail_figures") == [(10_000, 90.0)]


async def test_a_mail_that_was_sent_is_removed(queue: Connection) -> None:
    id, other = await add(queue), await add(queue)
    await run(queue, "remove_mail", id=id)
    assert await queue.fetchval("select array_agg(id) from mails") == [other]
