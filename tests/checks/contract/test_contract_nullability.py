"""Runs random selects on rows with nulls: columns that the check calls never null hold no nulls."""

from collections.abc import AsyncIterator
from random import Random
from typing import Final

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.checks.contract.catalog import Catalog, TableColumn, read_catalog
from api.checks.contract.reader import Reader
from api.checks.sql.ast import parse_sql
from api.database.aliases import Connection
from tests.checks.contract.contract_selects import select
from tests.checks.sql.statements import statement_of

# Tables like the service's, with few rows: some columns are null, and some rows have no partner.
_ROWS: Final = """
create schema few;
create table few.users (like public.users including defaults);
create table few.parent_profiles (like public.parent_profiles including defaults);
create table few.child_profiles (like public.child_profiles including defaults);
set local search_path = few, public;
insert into few.users (id, username, email, password, profile_picture)
values (1, 'a', 'a', '', 'a'), (2, 'b', 'b', '', null), (3, 'c', 'c', '', null);
insert into few.parent_profiles (id, user_id, name, bio, email) values (1, 1, 'a', 'a', null), (2, 2, 'b', null, 'b');
insert into few.child_profiles (id, parent_profile_id, name, age, development_notes)
values (1, 1, 'a', 1, null), (2, 1, 'b', 2, 'a');
"""


@pytest.fixture
async def few(database: Connection) -> AsyncIterator[tuple[Connection, Catalog]]:
    """A connection with the rows above, which is rolled back afterwards, and the catalog."""
    transaction = database.transaction()
    await transaction.start()
    await database.execute(_ROWS)
    yield database, await read_catalog(database)
    await transaction.rollback()


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_columns_called_never_null_hold_no_nulls(few: tuple[Connection, Catalog], seed: int) -> None:
    connection, catalog = few
    sql = select(Random(seed))
    statement = statement_of(sql)
    reader = Reader(catalog, statement, {})
    columns = reader.read(parse_sql(sql)[0])
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        rows = await connection.fetch(sql)
    except asyncpg.PostgresError:
        return
    finally:
        await savepoint.rollback()
    if any("of the query around it" in what for _, what in reader.faults):
        return
    for place, (name, value) in enumerate(columns):
        assert value.may_be_null or all(row[place] is not None for row in rows), f"{name}: {sql}"


def test_a_view_has_no_column_of_the_system() -> None:
    column = TableColumn("int8", nullable=False, refuses_null=True, required=True)
    catalog = Catalog({name: {"id": column} for name in ("a", "v")}, {}, views=frozenset({"v"}))

    def may_be_null(sql: str) -> bool:
        [(_, value)] = Reader(catalog, statement_of(sql), {}).read(parse_sql(sql)[0])
        return value.may_be_null

    assert not may_be_null("select xmin from a")
    # Of a level around it such a name would be a column.
    for name in ("v", "nowhere", "(select 1, 2) as s"):
        assert may_be_null(f"select xmin from {name}")
    assert may_be_null("with a as (select 1 as one) select xmin from a")
