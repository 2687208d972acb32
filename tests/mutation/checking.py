"""Tries mutants against what `just check` does, within this process and without making databases anew."""

import asyncio
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, Final

import asyncpg
import psycopg

from api.app import load_facts, load_routers, unserved_app
from api.checks.contract.catalog import read_catalog
from api.checks.contract.check import check_contract, describe, faults_of
from api.checks.contract.comparison import Described
from api.checks.contract.null_parameters import check_null_parameters
from api.checks.conventions import check_conventions
from api.checks.exports import check_export, read_columns
from api.checks.figures import check_figures
from api.checks.grants.roles_file import refusal
from api.checks.idle_conditions import idle_conditions
from api.checks.ownership.check import check_ownership
from api.checks.ownership.declared import check_declared, check_nobodys
from api.checks.payloads.check import check_payloads
from api.checks.payloads.fields import fields_of
from api.checks.payloads.pairs import read_shared_checks, unmapped_checks
from api.checks.plans.check import check_plans
from api.checks.plans.plans import GROWING, explain
from api.checks.plans.statistics import pretend_statistics
from api.checks.retention import check_retentions
from api.checks.routes.check import check_routes, problems_of
from api.checks.routes.violations import read_violations
from api.checks.rows.catalog import read_keys
from api.checks.rows.check import check_rows, rows_faults
from api.checks.sql.ast import tree_of
from api.checks.words import check_words, read_enums
from api.database.connections import connect
from api.database.queries import STATEMENTS, bound_queries
from api.database.statements.files import QueryFileError, Statement
from api.facts import Exemption, Payload
from api.http.openapi.document import documented_routes
from api.paths import STATISTICS
from api.postgres.roles import make_roles
from tests.mutation.checking_scripts import ScriptChecks
from tests.mutation.mutants import Mutant
from tests.mutation.reading import OtherParametersError, read_mutated
from tests.mutation.tasks import Verdict
from tests.mutation.world import World

_CLEANING: Final = "cleaning"
_EXPORTS: Final = "exports"
# Errors that come of a connection, a lock, a signal or a lack of memory, and tell nothing of a mutant; the process ends
# with them, and another one is asked.
_BY_LUCK: Final = (
    psycopg.OperationalError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
)
# Operators whose mutants may change what types and nulls a statement has.
_OF_CONTRACTS: Final = frozenset({"not null", "default", "unique", "constraint lost"})


class Checks:
    """Connections, catalog and plans, which all mutants share."""

    def __init__(self, world: World) -> None:
        load_routers()
        make_roles(world.checks_dsn)
        self._scripts = ScriptChecks(world)
        self._loop = asyncio.new_event_loop()
        self._connection = self._loop.run_until_complete(connect(world.checks_dsn))
        self._run(self._connection.execute("set transaction_timeout = 0; set statement_timeout = '20s'"))
        self._psycopg = psycopg.connect(world.checks_dsn, autocommit=True, prepare_threshold=None)
        self._facts = load_facts()
        self._queries = {query.statement.name: query for query in bound_queries()}
        self._catalog = self._run(read_catalog(self._connection))
        self._keys = self._run(read_keys(self._connection))
        self._violations = self._run(read_violations(self._connection))
        self._routes = documented_routes(unserved_app())
        self._enums = read_enums(self._psycopg)
        pretend_statistics(self._psycopg, STATISTICS.read_text("utf-8"), GROWING)
        self._plans = {plan.statement.name: plan.text for plan in explain(self._psycopg, STATEMENTS)}

    def verdict(self, mutant: Mutant) -> Verdict:
        """What the checks say of a mutant: `survived` if they say nothing."""
        try:
            if mutant.kind == "statement":
                return self._of_statement(mutant)
            return self._of_object(mutant) if mutant.kind == "object" else self._scripts.verdict(mutant)
        except (QueryFileError, OtherParametersError) as error:
            return Verdict("check", str(error))

    def _of_statement(self, mutant: Mutant) -> Verdict:
        mutated = read_mutated(mutant, STATEMENTS[mutant.subject])
        query = copy(self._queries[mutant.subject])
        query.statement = mutated
        described = self._run(describe(self._connection, query))
        if isinstance(described, _BY_LUCK):
            raise described
        if not isinstance(described, Described):
            return Verdict("stillborn", str(described))
        if fault := _first(self._statement_faults(query, described)):
            return Verdict("check", fault)
        if explain(self._psycopg, {mutant.subject: mutated})[0].text != self._plans[mutant.subject]:
            return Verdict("kept", "its plan")
        return Verdict("kept", said) if (said := refusal(self._psycopg, [mutated])) else Verdict("survived", "")

    def _statement_faults(self, query: Any, described: Described) -> Iterator[object]:
        statement: Statement = query.statement
        one = {statement.name: statement}
        try:
            yield from faults_of(self._catalog, query, described)
            yield from check_null_parameters([query])
            yield from rows_faults(self._keys, statement)
            yield from check_ownership(one)
            yield from check_figures([statement])
            yield from check_words([statement], self._facts.words, self._enums)
            yield from self._route_faults(query)
        except _BY_LUCK:
            raise
        except Exception as error:  # noqa: BLE001
            # A check that stops names no statement, but it doesn't let one pass.
            yield f"the check stops: {error!r}"
        try:
            yield from check_plans(explain(self._psycopg, one))
        except _BY_LUCK:
            raise
        except psycopg.Error as error:
            # Constants that no value can be made of, which PostgreSQL only sees as it plans.
            yield f"PostgreSQL says: {error}"
        if statement.path.stem == _CLEANING:
            yield from check_retentions(self._psycopg, {**STATEMENTS, **one})
        if statement.path.stem == _EXPORTS:
            yield from check_export(read_columns(self._psycopg), {**STATEMENTS, **one})

    def _route_faults(self, query: Any) -> Iterator[object]:
        """Faults of all routes and `bind`s, if the mutant raises other problems than the original."""
        original = self._queries[query.statement.name]
        before, after = (
            (set(problems_of(self._violations, each)), self._violations.at_most(tree_of(each.statement.text)))
            for each in (original, query)
        )
        if before != after:
            queries = {**self._queries, query.statement.name: query}
            yield from check_routes(self._violations, list(queries.values()), self._routes)

    def _of_object(self, mutant: Mutant) -> Verdict:
        with self._psycopg.transaction(force_rollback=True):
            try:
                self._psycopg.execute(mutant.apply.encode())
            except _BY_LUCK:
                raise
            except psycopg.Error as error:
                return Verdict("stillborn", str(error).partition("\n")[0])
            try:
                faults: list[object] = [*check_conventions(self._psycopg), *check_declared(self._psycopg)]
                if not faults and mutant.of == "constraint":
                    faults += idle_conditions(self._psycopg)
                if not faults and mutant.of in {"index", "constraint", "column"}:
                    faults += check_retentions(self._psycopg, STATEMENTS)
                if not faults and (mutant.of == "index" or mutant.operator == "constraint lost"):
                    faults += check_plans(explain(self._psycopg, STATEMENTS))
            except _BY_LUCK:
                raise
            except psycopg.Error as error:
                return Verdict("check", str(error).partition("\n")[0])
        return Verdict("check", str(faults[0])) if faults else self._run(self._typed(mutant))

    async def _typed(self, mutant: Mutant) -> Verdict:
        """What contract and payloads say, where a mutant may be about them."""
        transaction = self._connection.transaction()
        await transaction.start()
        faults: list[object] = []
        try:
            await self._connection.execute(mutant.apply)
            if mutant.operator in _OF_CONTRACTS:
                faults += await check_contract(self._connection, self._queries.values())
            if not faults and mutant.operator == "not null":
                faults += await check_nobodys(self._connection)
            if not faults and (mutant.of in {"constraint", "column"} or "immutable" in mutant.apply):
                faults += await check_payloads(self._connection, *self._payloads_about(mutant))
                shared = await read_shared_checks(self._connection)
                faults += unmapped_checks(shared, self._facts.payloads, list(self._queries.values()))
            if not faults and await read_keys(self._connection) != self._keys:
                faults += await check_rows(self._connection, STATEMENTS.values())
            if not faults and (violations := await read_violations(self._connection)) != self._violations:
                faults += check_routes(violations, list(self._queries.values()), self._routes)
        except _BY_LUCK:
            raise
        except asyncpg.PostgresError as error:
            return Verdict("check", str(error))
        finally:
            await transaction.rollback()
        return Verdict("check", str(faults[0])) if faults else Verdict("survived", "")

    def _payloads_about(self, mutant: Mutant) -> tuple[list[Payload], list[Exemption]]:
        """Payloads that fill a table, and their exemptions, as all of them take a while."""
        payloads = [
            payload
            for payload in self._facts.payloads
            if {payload.table, *(column.partition(".")[0] for column in payload.columns.values())} & {*mutant.about}
        ]
        structs = {str(field).partition(".")[0] for payload in payloads for field in fields_of(payload)}
        return payloads, [each for each in self._facts.exemptions if each.field.partition(".")[0] in structs]

    def _run(self, coroutine: Any) -> Any:
        return self._loop.run_until_complete(coroutine)


def _first(faults: Iterable[object]) -> str | None:
    return next(map(str, faults), None)
