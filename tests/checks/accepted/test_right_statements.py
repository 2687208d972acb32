"""Right SQL of unusual form is accepted by contract and ownership, and its wrong twins are refused."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec
import pytest
from asyncpg import Range

from api.checks.contract.catalog import Catalog, read_catalog
from api.checks.contract.check import describe, faults_of
from api.checks.contract.views import through_views
from api.checks.ownership import functions, owned_tables
from api.checks.ownership.check import check_ownership
from api.checks.rows.catalog import read_keys
from api.checks.rows.check import rows_faults
from api.database.aliases import Connection, Row
from api.database.codecs import set_codecs
from api.database.query import Query
from api.database.statements.files import Statement, read_statement_file
from api.facts import family_table
from api.problems.problem import Problem
from api.problems.types import NOT_FOUND, TOO_BUSY
from tests.checks.accepted.batches import BATCHES
from tests.checks.accepted.column_types import ROUND_TRIP, TYPES
from tests.checks.accepted.conditions import CONDITIONS
from tests.checks.accepted.laterals import LATERALS
from tests.checks.accepted.queries import QUERIES
from tests.checks.accepted.rows import ROWS
from tests.checks.accepted.schema import DOCUMENTS, SCHEMA, Right
from tests.checks.accepted.writes import WRITES
from tests.conftest import NewDatabase

Level = Literal["low", "moderate", "high", "very_high"]
Database = tuple[Connection, Catalog]


class Patch(msgspec.Struct):
    name: str | msgspec.UnsetType = msgspec.UNSET
    development_notes: str | msgspec.UnsetType | None = msgspec.UNSET


class Milestone(msgspec.Struct):
    id: int
    title: str
    born: date | None
    weight: Decimal
    token: UUID
    woken: time
    days: list[date]
    level: Level


PARAMETERS: Final[Mapping[str, Any]] = {
    "parent_profile_id": int,
    "user_id": int,
    "id": int,
    "child_id": int,
    "age": int,
    "after": int,
    "after_age": int,
    "after_id": int,
    "count": int,
    "maybe_name": str | None,
    "street": str,
    "name": str,
    "title": str,
    "address": str,
    "ids": list[int],
    "names": list[str],
    "patch": Patch,
    "level": Level,
    "amount": Decimal,
    "weight": Decimal,
    "weights": list[Decimal],
    "day": date,
    "born": date,
    "days": list[date],
    "token": UUID,
    "lasted": timedelta,
    "time": time,
    "woken": time,
    "ratio": float,
    "network": str,
    "photo": bytes,
    "period": Range,
    "periods": list[Range[date]],
}
VALUES: Final[Mapping[str, Any]] = {
    "born": date(2020, 2, 29),
    "weight": Decimal("3.250"),
    "token": UUID(int=7),
    "lasted": timedelta(days=-1, seconds=5),
    "address": "192.0.2.7",
    "network": "2001:db8::/32",
    "woken": time(6, 30),
    "photo": b"\0",
    "ratio": 0.5,
    "days": [date(2026, 1, 31)],
    "weights": [Decimal("1.10"), Decimal(2)],
    "period": Range(date(2026, 1, 1), date(2026, 2, 1)),
    "periods": [Range(date(2026, 1, 1), date(2026, 2, 1))],
    "level": "very_high",
}
# What the types of columns are called.
_TYPES: Final = {kind.__name__: kind for kind in (date, datetime, time, timedelta, Decimal, UUID, Range, msgspec.Raw)}
_DOCUMENTS: Final = {"Milestone": Annotated[msgspec.Raw, Milestone], **DOCUMENTS}
_NAMES: Final[dict[str, Any]] = {**_TYPES, **_DOCUMENTS, "Level": Level}


@pytest.fixture(scope="module")
async def milestones(migrated_copy: NewDatabase) -> AsyncIterator[Database]:
    """A database with a further table of a family's, and a view of it."""
    connection = await asyncpg.connect(migrated_copy("accepted"))
    try:
        await set_codecs(connection)
        await connection.execute(SCHEMA)
        yield connection, await through_views(connection, await read_catalog(connection))
    finally:
        await connection.close()


@pytest.fixture(autouse=True)
def _facts(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("milestones", "own_milestones", "naps", "nap_view"):
        monkeypatch.setitem(owned_tables.OWNED, table, family_table(table)[table])
    known = functions.types_of_one_column() | {"short_name", "tag"}
    monkeypatch.setattr(functions, "types_of_one_column", lambda: known)


def query_of(folder: Path, sql: str, gives: str) -> Query:
    """A statement that gives these columns."""
    mode = ":many :batch" if "w.call" in sql else ":many"
    (folder / "queries.sql").write_text(f"-- Queries.\n\n-- name: query {mode}\n-- A query.\n{sql.strip()};\n")
    [statement] = read_statement_file(folder / "queries.sql")
    fields = [(name, eval(kind, _NAMES.copy())) for name, kind in (each.split(": ") for each in gives.split(", "))]

    async def function() -> None: ...

    parameters = {name: PARAMETERS[name] for name in statement.parameters}
    function.__annotations__ = {**parameters, "return": list[msgspec.defstruct("Given", fields)]}  # type: ignore[misc]
    return Query(statement, function, NOT_FOUND, {"milestones_period_excl": TOO_BUSY})


async def faults(database: Database, folder: Path, sql: str, gives: str) -> list[str]:
    """What contract and ownership say of it."""
    query = query_of(folder, sql, gives)
    connection, catalog = database
    contract = faults_of(catalog, query, await describe(connection, query))
    return [fault.what for fault in [*contract, *check_ownership({"query": query.statement})]]


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=name)
        for name, kind in {
            "conditions": CONDITIONS,
            "queries": QUERIES,
            "writes": WRITES,
            "types": TYPES,
            "batches": BATCHES,
            "laterals": LATERALS,
        }.items()
    ],
)
async def test_right_statements_are_accepted_and_wrong_ones_are_not(
    milestones: Database, tmp_path: Path, kind: Mapping[str, Right]
) -> None:
    refused = {name: await faults(milestones, tmp_path, sql, gives) for name, (sql, gives, _) in kind.items()}
    assert {name: what for name, what in refused.items() if what} == {}
    for name, (sql, gives, (old, new)) in kind.items():
        told = await faults(milestones, tmp_path, sql.replace(old, new), gives.replace(old, new))
        assert told, name
        assert not any("PostgreSQL says" in each for each in told), name


async def test_right_rows_are_accepted_and_wrong_ones_are_not(milestones: Database, tmp_path: Path) -> None:
    connection, _ = milestones
    keys = await read_keys(connection)

    def told(mode: str, sql: str) -> list[str]:
        (tmp_path / "rows.sql").write_text(f"-- Rows.\n\n-- name: query {mode}\n-- A query.\n{sql};\n")
        [statement] = read_statement_file(tmp_path / "rows.sql")
        return [fault.what for fault in rows_faults(keys, statement)]

    for head, forms in ROWS.items():
        # Notes stand below what a statement is.
        mode = head.replace("\n", "\n-- A query.\n")
        refused = {name: what for name, (sql, *_) in forms.items() if (what := told(mode, sql))}
        assert refused == {}
        accepted = [name for name, (sql, _, (old, new)) in forms.items() if not told(mode, sql.replace(old, new))]
        assert accepted == []


async def test_a_type_that_asyncpg_cannot_read_is_named(milestones: Database, tmp_path: Path) -> None:
    sql = "select valid_at from naps where parent_profile_id = :parent_profile_id"
    [told] = await faults(milestones, tmp_path, sql, "valid_at: Range")
    assert re.fullmatch(r"asyncpg says: .*tstzrange.*; give or take parts, as `lower.*", told)


async def test_values_come_back_as_the_types_that_are_accepted(milestones: Database, tmp_path: Path) -> None:
    sql, gives = ROUND_TRIP
    assert await faults(milestones, tmp_path, sql, gives) == []
    connection, _ = milestones
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        """
        with made as (
          insert into users (username, email, password) values ('a', 'a@b.c', '$argon2id$' || repeat('c', 60))
          returning id
        )
        insert into parent_profiles (id, user_id) select 7, id from made
        """
    )

    async def fetch(statement: Statement, values: Sequence[object], _: object) -> list[Row]:
        async with connection.transaction():
            return await connection.fetch(statement.text, *values)

    query = query_of(tmp_path, sql, gives)
    query.attach(fetch)
    [given] = await query(parent_profile_id=7, child_id=1, title="a", name="a", **VALUES)
    found = msgspec.structs.asdict(given)
    assert found == VALUES
    assert all(isinstance(value, type(VALUES[name])) for name, value in found.items())
    assert str(found["weight"]) == "3.250"
    # A constraint that excludes is a problem by its name, as any other.
    with pytest.raises(Problem) as caught:
        await query(parent_profile_id=7, child_id=1, title="b", name="b", **VALUES)
    assert caught.value.type == TOO_BUSY
    await transaction.rollback()
