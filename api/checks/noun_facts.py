"""Checks that the facts of features have what the checks, messages, seed and documentation need."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from api.checks.examples import Examples
from api.checks.faults import Fault
from api.checks.payloads.check import facts_file
from api.database.query import Query
from api.facts import Facts
from api.http.endpoint import Endpoint
from api.http.openapi.document import Route
from api.http.schemas import Input
from api.paths import API, ROOT
from api.problems.labels import GENERAL_LABELS


def check_facts(facts: Facts, queries: Sequence[Query], routes: Iterable[Route]) -> list[Fault]:
    """Facts that features lack, and facts of statements that don't exist; each fault says what to write, and where."""
    endpoints = [route.endpoint for route in routes]
    return sorted({*_without_example(facts, queries), *_without_label(facts, endpoints), *_strangers(facts, queries)})


def _without_example(facts: Facts, queries: Sequence[Query]) -> Iterator[Fault]:
    """Parameters without an example value, whose statements `just explain` and rehearsals can't call."""
    examples = Examples(facts, queries)
    for query in queries:
        statement = query.statement
        for parameter in statement.parameters:
            if examples.value(statement, parameter) is None:
                where = Path(query.where.partition(":")[0]).with_name("facts.py").relative_to(ROOT)
                what = f':{parameter} has no example: add "{parameter}": VALUE to the examples in {where}'
                yield Fault(statement.path, statement.line, statement.name, what)


def _strangers(facts: Facts, queries: Sequence[Query]) -> Iterator[Fault]:
    """Statements that facts name and that there aren't, as after one got another name."""
    named = {
        *facts.shares,
        *(name for names in facts.transactions.values() for name in names),
        *(key.partition(".")[0] for key in facts.examples if "." in key),
    }
    for name in named - {query.statement.name for query in queries}:
        yield Fault(API, 1, name, "a facts.py names it, and there is no such statement: remove it or correct its name")


def _without_label(facts: Facts, endpoints: Iterable[Endpoint]) -> Iterator[Fault]:
    """Fields and parameters that messages to parents have no word for."""
    known = facts.labels.keys() | GENERAL_LABELS.keys()
    for struct in _subclasses(Input):
        if not Path(inspect.getfile(struct)).is_relative_to(API):
            continue
        for field in msgspec.structs.fields(struct):
            if field.encode_name not in known:
                yield _label_fault(facts_file(struct), struct.__name__, field.encode_name)
    for endpoint in endpoints:
        path = Path(inspect.getfile(endpoint.fn))
        for field in msgspec.structs.fields(endpoint.query_type):
            if field.encode_name not in known:
                yield _label_fault(path.with_name("facts.py"), endpoint.fn.__name__, field.encode_name)


def _subclasses(kind: type[Input]) -> Iterator[type[Input]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def _label_fault(path: Path, of: str, name: str) -> Fault:
    return Fault(path, 1, of, f'{name} has no label: add "{name}": Text("in Dutch", "in English") to the labels here')
