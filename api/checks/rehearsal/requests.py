"""The requests of clients: each statement of a release, with example values."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

from api.app import load_facts
from api.checks.examples import ExampleMaker, Examples
from api.database.aliases import Connection
from api.database.queries import bound_queries
from api.database.statements.files import Statement
from api.facts import Family


class Request(NamedTuple):
    """One statement, or several in a transaction, with the values of each; `share` is its relative frequency."""

    name: str
    steps: Sequence[tuple[Statement, Sequence[ExampleMaker]]]
    share: int

    def values(self, family: Family) -> list[tuple[Statement, list[Any]]]:
        return [(statement, [value(family) for value in values]) for statement, values in self.steps]


async def plan_requests(
    connection: Connection, statements: Mapping[str, Statement]
) -> tuple[list[Request], dict[str, str]]:
    """Requests for all statements that the database can prepare, and the reasons why others are left out, by name."""
    facts = load_facts()
    examples = Examples(facts, bound_queries())
    requests: dict[str, Request] = {}
    left_out: dict[str, str] = {}
    for name, statement in statements.items():
        if not (share := facts.shares.get(name, 1)):
            left_out[name] = "its share of the traffic is 0"
            continue
        values = [examples.value(statement, parameter) for parameter in statement.parameters]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            unknown = statement.parameters[values.index(None)]
            left_out[name] = f"no value is known for :{unknown}"
            continue
        try:
            await connection.prepare(statement.text)
        except asyncpg.PostgresError as error:
            left_out[name] = str(error)
        else:
            requests[name] = Request(name, [(statement, known)], share)
    for name, parts in facts.transactions.items():
        if all(part in requests for part in parts):
            requests[name] = Request(name, [step for part in parts for step in requests[part].steps], 1)
    return list(requests.values()), left_out
