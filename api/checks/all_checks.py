"""The checks of `just check`, by name."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import asyncpg
import psycopg

from api.app import load_facts, unserved_app
from api.checks.contract import check_contract
from api.checks.contract.null_parameters import check_null_parameters
from api.checks.conventions import check_conventions, conventions
from api.checks.exports import check_export, read_columns, wanted
from api.checks.faults import Fault, Message
from api.checks.figures import check_figures
from api.checks.generated import generated_files
from api.checks.grants.database_grants import check_database_grants
from api.checks.grants.granted import read_grants
from api.checks.grants.other_server import check_on_other_server
from api.checks.grants.release_grants import kept_privileges
from api.checks.grants.roles import left_to_superusers
from api.checks.grants.roles_file import check_roles_file
from api.checks.idle_conditions import idle_conditions
from api.checks.kept_files import outdated
from api.checks.newest_rollbacks import newest, wrong_rollbacks
from api.checks.noun_facts import check_facts
from api.checks.ownership.check import check_ownership, exemptions
from api.checks.ownership.declared import check_declared, check_nobodys
from api.checks.ownership.owner_arguments import check_owner_arguments
from api.checks.ownership.views import check_views
from api.checks.ownership.written_out import check_written_out
from api.checks.payloads.check import check_payloads, undeclared_structs
from api.checks.payloads.fields import fields_of
from api.checks.payloads.pairs import read_shared_checks, unmapped_checks
from api.checks.plans.check import check_plans
from api.checks.plans.plans import plans_by_statistics
from api.checks.retention import check_retentions, read_retentions
from api.checks.routes.check import check_routes
from api.checks.routes.violations import read_violations
from api.checks.rows.check import check_rows
from api.checks.schema import drift
from api.checks.words import check_words, read_enums
from api.command_error import CommandError
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.queries import STATEMENTS, bound_queries
from api.http.openapi.document import Route, documented_routes
from api.migrations import read_migrations
from api.migrations.scripts import ScriptError
from api.paths import API, MIGRATIONS, ROLES, ROOT, SCHEMA
from api.postgres.databases import temporary_database
from api.postgres.roles import make_roles

_ROLES: Final = "roles and their grants"


class Outcome(NamedTuple):
    """What a check looked at (`subject`, and how many), the faults that it found, and remarks to print besides."""

    looked_at: int
    subject: str
    faults: list[Message]
    remarks: list[str] = []


Check = Callable[[str], Outcome]


def run_check(name: str, check: Check, dsn: str) -> Outcome:
    """Run a check on a database; an error that stops it becomes its fault, so that the other checks still run."""
    try:
        return check(dsn)
    except CommandError as error:
        return Outcome(0, "stopped", [f"{name}: {error}"])
    except (psycopg.Error, asyncpg.PostgresError) as error:
        return Outcome(0, "stopped by PostgreSQL", [f"{name}: PostgreSQL says: {str(error).splitlines()[0]}"])


@cache
def _documented() -> list[Route]:
    return documented_routes(unserved_app())


def _contract(dsn: str) -> Outcome:
    faults = _run(dsn, lambda connection: check_contract(connection, bound_queries()))
    # Not at the service's start, as it says nothing of the database.
    faults += map(str, check_null_parameters(bound_queries()))
    return Outcome(len(bound_queries()), "statements and their types", faults)


def _rows(dsn: str) -> Outcome:
    faults = _run(dsn, lambda connection: check_rows(connection, STATEMENTS.values()))
    return Outcome(len(STATEMENTS), "statements, their rows", faults)


def _routes(dsn: str) -> Outcome:
    routes = _documented()

    async def check(connection: Connection) -> list[Fault]:
        return check_routes(await read_violations(connection), bound_queries(), routes)

    return Outcome(len(routes), "routes and their problems", _run(dsn, check))


def _ownership(dsn: str) -> Outcome:
    files = list(API.rglob("*.py"))
    faults = [
        *check_ownership(STATEMENTS),
        *check_views(),
        *check_owner_arguments(STATEMENTS, files),
        *check_written_out(files),
    ]
    with psycopg.connect(dsn) as connection:
        undeclared = check_declared(connection)
    nobodys = _run(dsn, check_nobodys)
    remarks = [f"{name}: {reason}" for name, reason in exemptions(STATEMENTS).items()]
    return Outcome(len(STATEMENTS), "statements and who calls", [*map(str, faults), *undeclared, *nobodys], remarks)


def _conventions(dsn: str) -> Outcome:
    with psycopg.connect(dsn) as connection:
        faults = [*(fault for _, fault in check_conventions(connection)), *idle_conditions(connection)]
    return Outcome(len(conventions()), "conventions of the schema", faults)


def _retention(dsn: str) -> Outcome:
    with psycopg.connect(dsn) as connection:
        faults = [*check_retentions(connection, STATEMENTS), *map(str, check_figures(STATEMENTS.values()))]
        return Outcome(len(read_retentions(connection)), "tables, how long rows are kept", faults)


def _exports(dsn: str) -> Outcome:
    with psycopg.connect(dsn) as connection:
        columns = read_columns(connection)
    return Outcome(len(wanted(columns)), "columns of an export", check_export(columns, STATEMENTS))


def _facts(dsn: str) -> Outcome:
    queries, facts = bound_queries(), load_facts()
    with psycopg.connect(dsn) as connection:
        enums = read_enums(connection)
    faults = [*check_facts(facts, queries, _documented()), *check_words(STATEMENTS.values(), facts.words, enums)]
    return Outcome(len(queries), "statements, and their nouns", list(map(str, faults)))


def _payloads(dsn: str) -> Outcome:
    facts = load_facts()
    fields = [field for payload in facts.payloads for field in fields_of(payload)]

    async def check(connection: Connection) -> list[Fault]:
        checks = await read_shared_checks(connection)
        return [
            *undeclared_structs(bound_queries(), facts),
            *unmapped_checks(checks, facts.payloads, bound_queries()),
            *await check_payloads(connection, facts.payloads, facts.exemptions),
        ]

    return Outcome(len(fields), "fields and their columns", _run(dsn, check))


def _drift(dsn: str) -> Outcome:
    difference = drift(dsn)
    what = "the schema is not sql/schema.sql: run `just migrate` on it, or after a new migration `just generate`"
    return Outcome(1, "schema, sql/schema.sql", ["\n".join([what, *difference])] if difference else [])


def _roles_file(dsn: str) -> Outcome:
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
        # First, while the database is as new.
        elsewhere = check_on_other_server(connection)
        if fault := _roles_fault(dsn):
            return Outcome(2, _ROLES, [fault])
        faults = check_roles_file(connection, STATEMENTS.values(), kept_privileges(ROLES.read_text("utf-8")))
    return Outcome(2, _ROLES, [*faults, *elsewhere])


def _roles_fault(dsn: str) -> Message | None:
    """Run sql/roles.sql; returns the error if it fails."""
    try:
        make_roles(dsn)
    except ScriptError as error:
        return f"sql/{error}"
    return None


def _database_grants(dsn: str) -> Outcome:
    with temporary_database() as new:
        if fault := _roles_fault(new):
            return Outcome(2, _ROLES, [fault])
        with psycopg.connect(new) as connection:
            wanted = read_grants(connection)
    with psycopg.connect(dsn) as connection:
        faults = check_database_grants(connection, wanted)
        remarks = [f"left to superusers: {each}" for each in left_to_superusers(connection)]
    return Outcome(2, _ROLES, faults, remarks)


def _rollbacks(dsn: str) -> Outcome:
    files = read_migrations()
    where = MIGRATIONS.relative_to(ROOT)
    faults = [f"{where}/{fault}" for fault in wrong_rollbacks(dsn, files)]
    return Outcome(len(newest(files)), "newest rollbacks", faults)


def _plans(dsn: str) -> Outcome:
    plans = plans_by_statistics(dsn, STATEMENTS)
    return Outcome(len(plans), "plans, 100,000 families", list(map(str, check_plans(plans))))


def _generated(dsn: str) -> Outcome:
    files = generated_files(dsn, STATEMENTS)
    # A schema that differs is reported by the drift check.
    old = [path for path in outdated(files) if path != SCHEMA]
    faults = [f"{path.relative_to(ROOT)} is not what the rest of the tree makes: run `just generate`" for path in old]
    return Outcome(len(files), "files that are generated", faults)


def _run(dsn: str, check: Callable[[Connection], Coroutine[Any, Any, list[Any]]]) -> list[str]:
    async def run() -> list[Any]:
        connection = await connect(dsn)
        try:
            # A request's limit isn't one for a check, which tries many things in one transaction.
            await connection.execute("set transaction_timeout = 0")
            return await check(connection)
        finally:
            await connection.close()

    return list(map(str, asyncio.run(run())))


# Checks that only read, and so also run on the database of DATABASE_URL; a tree check of the same name replaces one of
# them where the database is made from the tree's migrations.
READ_ONLY_CHECKS: Final[Mapping[str, Check]] = {
    "contract": _contract,
    "rows": _rows,
    "ownership": _ownership,
    "conventions": _conventions,
    "retention": _retention,
    "exports": _exports,
    "drift": _drift,
    "grants": _database_grants,
}
TREE_CHECKS: Final[Mapping[str, Check]] = {
    "routes": _routes,
    "facts": _facts,
    "payloads": _payloads,
    "grants": _roles_file,
    "rollbacks": _rollbacks,
    # These two come last, as they set statistics that make the tables look large.
    "plans": _plans,
    "generated": _generated,
}
