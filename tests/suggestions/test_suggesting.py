"""Who is due for suggestions, and how workers make them."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from api.database.aliases import Connection
from api.recurring import end
from api.suggestions.queries import sql
from api.suggestions.schemas import Made
from api.suggestions.suggesting import make_all
from tests.accounts import Accounts, Parent
from tests.commands.running import run
from tests.suggestions.conftest import NOBODY_DUE, Library
from tests.waiting import until_so

STATE = "select changed_since_check, last_suggestion_check, updated_at from parent_profiles where id = $1"
GIVEN = "select parent_profile_id, count(*) as number from suggestions where parent_profile_id = any($1) group by 1"


async def due_parents(accounts: Accounts, number: int) -> list[Parent]:
    return [await accounts.parent() for _ in range(number)]


async def numbers(database: Connection, parents: list[Parent]) -> list[int]:
    """How many suggestions each has."""
    rows = await database.fetch(GIVEN, [parent.parent_profile_id for parent in parents])
    found = {row["parent_profile_id"]: row["number"] for row in rows}
    return [found.get(parent.parent_profile_id, 0) for parent in parents]


async def test_who_completed_the_onboarding_is_due_and_then_a_day_later(library: Library) -> None:
    await library.text("one")
    parent, unfinished = await library.parent(), await library.parent(completed=False)
    moved = "update parent_profiles set last_suggestion_check = now() - $2::interval where id = $1"
    assert await library.make() == (1, 1)
    for age, hours, due in (("24 hours", 24, 0), ("24:00:01", 24, 1), ("25 hours", 48, 0), ("01:00:01", 1, 1)):
        await library.database.execute(moved.replace("$2", f"'{age}'"), parent)
        assert await library.make(hours=hours) == (due, 0)
    await library.database.execute(moved.replace("$2", "'1 year'"), unfinished)
    assert await library.make() == (0, 0)
    await library.database.execute("update parent_profiles set completed_onboarding = true where id = $1", unfinished)
    assert await library.make() == (1, 1)


async def test_whose_profile_changed_comes_first_and_then_who_waits_longest(library: Library) -> None:
    await library.text("one")
    later, sooner, changed = [await library.parent() for _ in range(3)]
    checked = "update parent_profiles set changed_since_check = false, last_suggestion_check = now() - $2::interval"
    for parent, age in ((later, timedelta(days=2)), (sooner, timedelta(days=3))):
        await library.database.execute(f"{checked} where id = $1", parent, age)
    for served in (changed, sooner, later):
        assert await library.given(served) == []
        assert await library.make(count=1) == (1, 1)
        assert await library.given(served) == ["one"]


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ("stress_level = 'very_high'", True),
        ("experience_level = 'experienced'", True),
        ("primary_concerns = '{slaap}'", True),
        ("bio = 'Anders'", True),
        ("support_network = '{oma}'", True),
        ("stress_level = 'moderate', bio = null", False),
        ("name = 'Sanne', email = 'a@b', preferred_language = 'en'", False),
    ],
)
async def test_a_profile_that_changed_is_due_again(library: Library, change: str, *, due: bool) -> None:
    parent = await library.parent()
    assert await library.make() == (1, 0)
    await library.database.execute(f"update parent_profiles set {change} where id = $1", parent)
    assert await library.make() == (int(due), 0)


@pytest.mark.parametrize(
    "data",
    [
        {"childProfiles": [{"name": "Tess", "age": 3, "specialNeeds": []}]},
        {"goals": {"shortTerm": ["Samen eten"], "longTerm": [], "supportAreas": []}},
    ],
)
async def test_who_adds_a_child_or_a_goal_on_the_profile_page_is_due_again(
    accounts: Accounts, database: Connection, data: dict[str, Any]
) -> None:
    parent = await accounts.parent()
    for is_due in (True, False):
        await database.execute(f"{NOBODY_DUE} where id = $1", parent.parent_profile_id)
        response = await parent.client.post("/api/onboarding/progress", json={"step": 4, "data": data})
        assert response.status_code == 200, response.text
        assert await database.fetchval(STATE, parent.parent_profile_id) is is_due


async def test_a_check_is_no_change_of_the_profile(
    accounts: Accounts, database: Connection, pool: None, texts: None
) -> None:
    [parent] = await due_parents(accounts, 1)
    [before] = await database.fetch(STATE, parent.parent_profile_id)
    assert (await make_all(24)).parents >= 1
    [after] = await database.fetch(STATE, parent.parent_profile_id)
    assert (before["changed_since_check"], after["changed_since_check"]) == (True, False)
    assert after["last_suggestion_check"] > before["last_suggestion_check"]
    assert after["updated_at"] == before["updated_at"]
    profile = (await parent.client.patch("/api/parent-profile", json={"bio": "Anders"})).json()
    assert profile["updatedAt"] > profile["lastSuggestionCheck"]
    [changed] = await database.fetch(STATE, parent.parent_profile_id)
    assert changed["changed_since_check"]


async def test_of_many_at_once_each_parent_is_served_once(
    accounts: Accounts, database: Connection, pool: None, texts: None
) -> None:
    parents = await due_parents(accounts, 12)
    made = await asyncio.gather(*[sql.make_suggestions(hours=24, count=4, rest=0) for _ in range(8)])
    while (await sql.make_suggestions(hours=24, count=5, rest=0)).parents:
        pass
    assert sum(each.parents for each in made) <= 12
    assert await numbers(database, parents) == [5] * 12


async def test_nothing_is_done_while_another_is_at_work(
    accounts: Accounts, database: Connection, pool: None, texts: None, dsn: str
) -> None:
    parents = await due_parents(accounts, 1)
    with psycopg.connect(dsn) as other:
        other.execute("select from schedules where name = 'suggestions' for update")
        assert (await make_all(24)).parents == 0
    assert (await make_all(24)).parents == 1
    assert await numbers(database, parents) == [5]


async def test_while_nobody_is_due_nobody_takes_the_turn(library: Library, dsn: str) -> None:
    await library.parent()
    await library.database.execute(NOBODY_DUE)
    assert await library.make() == (0, 0)
    with psycopg.connect(dsn) as other:
        other.execute("select from schedules where name = 'suggestions' for update nowait")


async def test_after_a_step_nobody_makes_another_for_as_many_times_as_long(library: Library) -> None:
    moved = "update schedules set due_at = now() + $1::interval where name = 'suggestions'"
    rest = "select due_at - now() from schedules where name = 'suggestions'"
    for _ in range(7):
        await library.parent()
    await library.database.execute(moved, timedelta(seconds=-1))
    await library.database.execute("insert into schedules (name, due_at) values ('other', '2026-01-01')")
    assert await library.make(count=1, rest=9) == (1, 0)
    assert await library.database.fetchval("select due_at < now() from schedules where name = 'other'")
    # now() is when the transaction began, so it took as long as that is ago.
    elapsed = await library.database.fetchval("select clock_timestamp() - now()")
    due = await library.database.fetchval(rest)
    assert timedelta(0) < due <= 10 * elapsed
    await asyncio.sleep(0.1)
    assert await library.make(count=1, rest=9) == (0, 0)
    assert await library.database.fetchval(rest) == due
    # Who has nothing else to do doesn't wait.
    assert await library.make(count=1) == (1, 0)
    longer = await library.database.fetchval(rest)
    assert timedelta(seconds=0.1) <= longer <= await library.database.fetchval("select clock_timestamp() - now()")
    # A clock that goes wrong doesn't end it all.
    for off, parents in (("1 minute", 0), ("00:01:00.001", 1), ("0 seconds", 0), ("-1 milliseconds", 1)):
        await library.database.execute(moved.replace("$1", f"'{off}'"))
        assert await library.make(count=1, rest=9) == (parents, 0), off
    assert timedelta(seconds=0.9) <= await library.database.fetchval(rest)
    # A step that had to wait has nobody wait for long.
    await library.database.execute(moved, timedelta(seconds=-1))
    assert await library.make(count=1, rest=100_000) == (1, 0)
    elapsed = await library.database.fetchval("select clock_timestamp() - now()")
    assert timedelta(seconds=10) <= await library.database.fetchval(rest) <= timedelta(seconds=10) + elapsed


async def test_a_look_at_which_nobody_is_due_has_nobody_rest(library: Library) -> None:
    due = "select due_at from schedules where name = 'suggestions'"
    before = await library.database.fetchval(due)
    assert await library.make(rest=9) == (0, 0)
    assert await library.database.fetchval(due) == before


async def test_workers_together_make_one_gentle_step_and_rest(
    accounts: Accounts, database: Connection, pool: None, texts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.suggestions.suggesting.GENTLE_STEP", 2)
    # As long as a rest may be.
    monkeypatch.setattr("api.suggestions.suggesting.REST", 5000)
    parents = await due_parents(accounts, 6)
    made: list[Made] = []

    async def work() -> None:
        made.append(await make_all(24))

    workers = [asyncio.create_task(work()) for _ in range(4)]
    await until_so(lambda: sum(worker.done() for worker in workers) == 3)
    async with asyncio.timeout(30):
        while not sum(await numbers(database, parents)):
            pass
    [working] = [worker for worker in workers if not worker.done()]
    assert made == [Made(0, 0)] * 3
    assert sorted(await numbers(database, parents)) == [0, 0, 0, 0, 5, 5]
    await end(working)
    assert (await make_all(24, gently=False)).parents == 4
    assert await numbers(database, parents) == [5] * 6


async def test_a_parent_who_saves_is_passed_over_and_served_later(
    accounts: Accounts, database: Connection, pool: None, texts: None, dsn: str
) -> None:
    parents = await due_parents(accounts, 3)
    with psycopg.connect(dsn) as saving:
        saving.execute("update parent_profiles set bio = 'x' where id = %s", [parents[1].parent_profile_id])
        assert (await make_all(24)).parents == 2
        assert await numbers(database, parents) == [5, 0, 5]
    assert (await make_all(24)).parents == 1
    assert await numbers(database, parents) == [5] * 3


async def test_the_command_makes_what_is_due(  # noqa: PLR0917
    accounts: Accounts,
    database: Connection,
    texts: None,
    dsn: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parents = await due_parents(accounts, 3)
    for hours, said in (("24", "15 suggestions for 3 parents in "), ("0", "0 suggestions for 0 parents in ")):
        monkeypatch.setenv("SUGGESTION_HOURS", hours)
        assert await asyncio.to_thread(run, monkeypatch, dsn, "suggest") == 0
        assert capsys.readouterr().out.startswith(said)
    assert await numbers(database, parents) == [5] * 3


async def test_what_is_cut_off_half_way_is_done_by_the_next(
    accounts: Accounts, database: Connection, pool: None, texts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = await due_parents(accounts, 6)
    monkeypatch.setattr("api.suggestions.suggesting.GENTLE_STEP", 2)
    monkeypatch.setattr("api.suggestions.suggesting.REST", 1)
    steps, second, make_suggestions = 0, asyncio.Event(), sql.make_suggestions

    async def make_step(**values: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps == 2:
            second.set()
        return await make_suggestions(**values)

    monkeypatch.setattr(sql, "make_suggestions", make_step)
    task = asyncio.create_task(make_all(24))
    async with asyncio.timeout(30):
        await second.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    done = await numbers(database, parents)
    assert set(done) <= {0, 5}
    assert sum(done) >= 10
    # PostgreSQL may still be at the step that was cut off, which keeps others away.
    async with asyncio.timeout(30):
        while await numbers(database, parents) != [5] * 6:
            await make_all(24)


async def test_a_step_whose_backend_is_killed_is_done_once(
    accounts: Accounts, database: Connection, pool: None, texts: None, dsn: str
) -> None:
    parents = await due_parents(accounts, 2)
    with psycopg.connect(dsn) as holding:
        # A text that is removed meanwhile has the step wait at its end.
        holding.execute("delete from library_suggestions where slug = 'test-1'")
        task = asyncio.create_task(sql.make_suggestions(hours=24, count=2, rest=0))
        killed = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query ~ $1"
        while not await database.fetch(killed, "make_suggestions"):
            await asyncio.sleep(0.01)
        holding.rollback()
        # It was rolled back, and is run once more.
        assert (await task).parents == 2
    assert await numbers(database, parents) == [5, 5]
