"""Rehearsals that are interrupted, and how the copy is filled with families."""

import asyncio

import psycopg
import pytest

from api.checks.rehearsal.families import sample_families, seed_copy
from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.rehearsal.rehearse import rehearse
from api.checks.releases.release import MIGRATIONS
from api.seed.copying import tables
from tests.checks.rehearsal.prepared import prepared
from tests.checks.working_tree import Tree

FAMILIES = 30


async def test_interrupted(empty: str, tree: Tree) -> None:
    """The running migration ends with the rehearsal."""
    tree.add("slow", "select pg_sleep(60);")
    release = tree.release()
    seed_copy(prepared(empty, release, tree.root / "stage"), release, tree.root / MIGRATIONS, FAMILIES)
    work = asyncio.create_task(
        rehearse(empty, release, seconds=0, report_baseline=lambda _: None, report=lambda _: pytest.fail("was applied"))
    )
    sleeping = "select from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%'"
    with psycopg.connect(empty, autocommit=True) as connection:
        while connection.execute(sleeping).fetchone() is None:
            assert not work.done()
            await asyncio.sleep(0.02)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert connection.execute(sleeping).fetchone() is None


@pytest.mark.long
def test_a_seed_that_fits_the_newest_schema_only(empty: str, tree: Tree) -> None:
    release = tree.release("6")
    misfit = seed_copy(prepared(empty, release, tree.root / "stage"), release, tree.root / MIGRATIONS, FAMILIES)
    # The first table that the release lacks.
    lacking = next(
        table for table in tables() if table not in {"users", "sessions", "parent_profiles", "child_profiles"}
    )
    assert misfit == f'relation "{lacking}" does not exist'
    families = sample_families(empty)
    assert len(families) == FAMILIES
    assert any(family.rows.get("child_profiles") for family in families)
    assert not any(family.rows.get("parenting_goals") for family in families)


def test_a_seed_that_fits_no_schema(empty: str, tree: Tree) -> None:
    tree.add("later", "select 1;")
    release = tree.release()
    dsn = prepared(empty, release, tree.root / "stage")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("alter table users rename column username to name")
    with pytest.raises(RehearsalError, match=r'fits neither .* column "username" does not exist, nor the newest'):
        seed_copy(dsn, release, tree.root / MIGRATIONS, FAMILIES)
