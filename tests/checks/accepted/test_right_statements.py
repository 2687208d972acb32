"""Right SQL of unusual form is accepted by contract and ownership, and its wrong twins are refused."""

from collections.abc import AsyncIterator, Mapping
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
from api.checks.ownership import owned_tables
from api.checks.ownership.check import check_ownership
from api.database.aliases import Connection
from api.database.query import Query
from api.database.statements.files import read_statement_file
from api.facts import family_table
from api.problems.types import NOT_FOUND
from tests.checks.accepted.right_statements import BATCHES, CONDITIONS, QUERIES, SCHEMA, TYPES, WRITES, Right
from tests.conftest import NewDatabase

Level = Literal["low", "moderate", "high", "very_high"]


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


# Types of the parameters, by their names.
PARAMETERS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("parent_profile_id", "user_id", "id", "child_id", "age"), int),
    **dict.fromkeys(("name", "title", "address"), str),
    **{"ids": list[int], "names": list[str], "patch": Patch, "level": Level, "amount": Decimal, "weight": Decimal},
    **{"day": date, "born": date, "days": list[date], "weights": list[Decimal], "token": UUID, "lasted": timedelta},
    **{"time": time, "woken": time, "ratio": float},
}
_NAMES: Final = {
    **{
        kind.__name__: kind
        for kind in (date, datetime, time, timedelta, Decimal, UUID, Range, Level)
        if hasattr(kind, "__name__")
    },
    **{"Raw": msgspec.Raw, "Milestone": Annotated[msgspec.Raw, Milestone]},
}


@pytest.fixture(scope="module")
async def _database(migrated_copy: NewDatabase) -> AsyncIterator[tuple[Connection, Catalog]]:
    connection = await asyncpg.connect(migrated_copy("accepted"))
    await connection.execute(SCHEMA)
    yield connection, await read_catalog(connection)
    await connection.close()


async def faults(database: tuple[Connection, Catalog], folder: Path, sql: str, gives: str) -> list[str]:
    """What contract and ownership say of a statement that gives these columns."""
    mode = ":many :batch" if "w.call" in sql else ":many"
    (folder / "queries.sql").write_text(f"-- Queries.\n\n-- name: query {mode}\n-- A query.\n{sql.strip()};\n")
    [statement] = read_statement_file(folder / "queries.sql")
    fields = [(name, eval(kind, _NAMES.copy())) for name, kind in (each.split(": ") for each in gives.split(", "))]

    async def function() -> None: ...

    function.__annotations__ = {
        **{name: PARAMETERS[name] for name in statement.parameters},
        "return": list[msgspec.defstruct("Given", fields)],  # type: ignore[misc]
    }
    query = Query(statement, function, NOT_FOUND, {})
    connection, catalog = database
    described = await describe(connection, query)
    return [
        str(fault.what) for fault in [*faults_of(catalog, query, described), *check_ownership({"query": statement})]
    ]


@pytest.mark.parametrize(
    "right",
    [
        pytest.param(right, id=name)
        for kind in (CONDITIONS, QUERIES, WRITES, TYPES, BATCHES)
        for name, right in kind.items()
    ],
)
async def test_is_accepted_and_its_wrong_twin_is_not(
    _database: tuple[Connection, Catalog], tmp_path: Path, right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in ("milestones", "own_milestones"):
        monkeypatch.setitem(owned_tables.OWNED, table, family_table(table)[table])
    sql, gives, (old, new) = right
    assert await faults(_database, tmp_path, sql, gives) == []
    assert old in sql + gives
    assert await faults(_database, tmp_path, sql.replace(old, new), gives.replace(old, new))
