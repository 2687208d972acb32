"""What `just check` prints: everything about statements and schema that a machine can know to be wrong."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

import asyncpg
import psycopg

from api.checks.contract import check_contract
from api.checks.conventions import check_conventions, conventions
from api.checks.diagram import draw, in_readme
from api.checks.grants.in_place import check_granted, read_grants
from api.checks.grants.needed import check_grants
from api.checks.ownership.check import check_ownership, exempt
from api.checks.ownership.owner_arguments import check_owner_arguments
from api.checks.payloads.check import check_payloads, unlisted
from api.checks.payloads.fields import fields_of
from api.checks.payloads.tables import PAYLOADS
from api.checks.plans.plans import check_plans, differences, shapes
from api.checks.schema import drift
from api.command_error import CommandError
from api.commands.plans import plans_by_statistics
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.queries import STATEMENTS, bound_queries, check_used
from api.migrations.scripts import ScriptError
from api.paths import API, PLANS, SQL_README
from api.postgres.databases import throwaway
from api.postgres.preflight import preflight
from api.postgres.roles import make_roles
from api.settings import Settings

_ROLES: Final = "roles and their grants"


class Outcome(NamedTuple):
    """How many things of what kind were looked at, what is wrong with them, and what is worth saying."""

    looked_at: int
    of: str
    faults: list[str]
    remarks: list[str] = []


Check = Callable[[str], Outcome]


def print_check(settings: Settings) -> int:
    """Check the tree with the database of DATABASE_URL, or else with one that the migrations make; 0 if all is right.

    A database that is given is only read.
    """
    # Every feature declares its statements when it's imported.
    import_module("api.app")
    check_used()
    if settings.database_url is not None:
        preflight(settings.database_url)
        return _print_checks(GIVEN, settings.database_url, left_out=[name for name in NEW if name not in GIVEN])
    with throwaway() as dsn:
        return _print_checks({**GIVEN, **NEW}, dsn)


def _print_checks(checks: Mapping[str, Check], dsn: str, left_out: Sequence[str] = ()) -> int:
    found: list[str] = []
    for name, check in checks.items():
        started = time.perf_counter()
        outcome = _outcome(name, check, dsn)
        milliseconds = (time.perf_counter() - started) * 1000
        verdict = f"{len(outcome.faults)} wrong" if outcome.faults else "fine"
        _print(f"{name:<12}{outcome.looked_at:>5} {outcome.of:<26}{milliseconds:>6,.0f} ms  {verdict}")
        for remark in outcome.remarks:
            _print(f"{'':<12}{remark}")
        found += outcome.faults
    for name in left_out:
        _print(f"{name:<12}      only of the tree: not asked of a given database")
    # What can't be read is told by each check that reads it.
    for fault in dict.fromkeys(found):
        _print(fault)
    return int(bool(found))


def _outcome(name: str, check: Check, dsn: str) -> Outcome:
    """What a check finds; where something stops it, that, so that what the others find is told too."""
    try:
        return check(dsn)
    except CommandError as error:
        return Outcome(0, "stopped", [f"{name}: {error}"])
    except (psycopg.Error, asyncpg.PostgresError) as error:
        return Outcome(0, "stopped by PostgreSQL", [f"{name}: PostgreSQL says: {str(error).splitlines()[0]}"])


def _contract(dsn: str) -> Outcome:
    faults = _run(dsn, lambda connection: check_contract(connection, bound_queries()))
    return Outcome(len(bound_queries()), "statements and their types", faults)


def _ownership(_: str) -> Outcome:
    faults = [*check_ownership(STATEMENTS), *check_owner_arguments(STATEMENTS, API.rglob("*.py"))]
    remarks = [f"{name}: none, because {reason}" for name, reason in exempt(STATEMENTS).items()]
    return Outcome(len(STATEMENTS), "statements and who calls", list(map(str, faults)), remarks)


def _conventions(dsn: str) -> Outcome:
    with psycopg.connect(dsn) as connection:
        faults = [fault for _, fault in check_conventions(connection)]
    return Outcome(len(conventions()), "conventions of the schema", faults)


def _payloads(dsn: str) -> Outcome:
    fields = [field for payload in PAYLOADS for field in fields_of(payload)]
    faults = _run(dsn, check_payloads)
    return Outcome(len(fields), "fields and their columns", [*map(str, unlisted(bound_queries())), *faults])


def _drift(dsn: str) -> Outcome:
    difference = drift(dsn)
    faults = ["\n".join(["the schema is not sql/schema.sql:", *difference])] if difference else []
    return Outcome(1, "schema, sql/schema.sql", faults)


def _grants(dsn: str) -> Outcome:
    if fault := _make_roles(dsn):
        return Outcome(2, _ROLES, [fault])
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        faults = check_grants(connection, STATEMENTS.values())
    return Outcome(2, _ROLES, faults)


def _make_roles(dsn: str) -> str | None:
    """What is wrong with roles.sql, if it can't be run."""
    try:
        make_roles(dsn)
    except ScriptError as error:
        return f"sql/{error}"
    return None


def _granted(dsn: str) -> Outcome:
    with throwaway() as new:
        if fault := _make_roles(new):
            return Outcome(2, _ROLES, [fault])
        with psycopg.connect(new) as connection:
            wanted = read_grants(connection)
    with psycopg.connect(dsn) as connection:
        faults = check_granted(connection, wanted)
    return Outcome(2, _ROLES, faults)


def _diagram(dsn: str) -> Outcome:
    text = SQL_README.read_text("utf-8")
    current = in_readme(text, draw(dsn)) == text
    return Outcome(1, "diagram, sql/README.md", [] if current else ["sql/README.md: its diagram is old: `just erd`"])


def _plans(dsn: str) -> Outcome:
    plans = plans_by_statistics(dsn, STATEMENTS)
    changed = [
        f"tests/plans/{name}: a plan is another: `just plans --write`" for name in differences(PLANS, shapes(plans))
    ]
    return Outcome(len(plans), "plans, 100,000 families", [*map(str, check_plans(plans)), *changed])


def _run(dsn: str, check: Callable[[Connection], Coroutine[Any, Any, list[Any]]]) -> list[str]:
    async def run() -> list[Any]:
        connection = await connect(dsn)
        try:
            return await check(connection)
        finally:
            await connection.close()

    return list(map(str, asyncio.run(run())))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


# What a given database is asked, which is only read, and what the tree's own is asked besides or instead.
GIVEN: Final[Mapping[str, Check]] = {
    "contract": _contract,
    "ownership": _ownership,
    "conventions": _conventions,
    "drift": _drift,
    "grants": _granted,
}
NEW: Final[Mapping[str, Check]] = {
    "payloads": _payloads,
    "grants": _grants,
    "diagram": _diagram,
    # Last, for it has the tables look as if they were large.
    "plans": _plans,
}
