"""Checks what routes declare of problems, and what they make of their arguments."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from api.checks.faults import Fault, Message
from api.checks.routes.further import writes_of
from api.checks.routes.reached import Reached, reached
from api.checks.routes.violations import HEALTH_DATA_CONSENT, Violations
from api.checks.sql import ast as sql
from api.checks.sql.ast import tree_of
from api.database.query import Query
from api.database.statements.files import Statement
from api.http.openapi.document import Route
from api.problems import types
from api.problems.types import CONSENT_REQUIRED, ProblemType

# Those that any route documents by itself, or that the service answers before and after it.
_GENERAL: Final = {kind for kind in vars(types).values() if isinstance(kind, ProblemType)} - {CONSENT_REQUIRED}
# Where rows of requests say from where these came.
_ORIGINS: Final = {"audit_events": "network"}


def check_routes(violations: Violations, queries: Sequence[Query], routes: Iterable[Route]) -> list[Fault]:
    """Problems that routes don't declare or can't have, arguments that they don't use, and what their events lack."""
    problems = {query.statement.name: [*problems_of(violations, query)] for query in queries}
    found = [*_misbound(violations, queries), *(fault for query in queries for fault in _untold(query.statement))]
    for route in routes:
        of_route = reached(route.endpoint.fn)
        found += [_fault(route.endpoint.fn, what) for what in (*_problems(problems, route, of_route), *_unused(route))]
    return sorted(set(found))


def _misbound(violations: Violations, queries: Iterable[Query]) -> Iterator[Fault]:
    """What a `bind` is given that isn't there, or can't come about; told at its first statement."""
    bound: dict[int, list[Query]] = {}
    for query in queries:
        # All of one `bind` share its mapping.
        bound.setdefault(id(query.constraints), []).append(query)
    for together in bound.values():
        first = together[0]
        possible = frozenset[str]().union(*(violations.at_most(tree_of(query.statement.text)) for query in together))
        path, line, _ = first.where.split(":")
        for what in _misfits(violations, first, possible):
            yield Fault(Path(path), int(line), first.statement.name, what)


def _misfits(violations: Violations, query: Query, possible: frozenset[str]) -> Iterator[Message]:
    for name, kind in {"missing": query.missing, **query.constraints}.items():
        if not isinstance(kind, ProblemType):
            yield f"give {name} a ProblemType of a facts.py in its `bind`: {kind!r} is none"
    for name in query.constraints.keys() - violations.names:
        yield f"correct {name} in the constraints of its `bind`, or take it out: the schema has none of that name"
    for name in (query.constraints.keys() & violations.names) - possible:
        yield f"take {name} out of the constraints of its `bind`: none of its statements can violate it"


def problems_of(violations: Violations, query: Query) -> Iterator[ProblemType]:
    """Problem types that calls of a statement can raise, by a row that is missing or by constraints."""
    tree = tree_of(query.statement.text)
    adds = query.statement.mode == "one" and isinstance(tree, sql.InsertStmt | sql.MergeStmt)
    if query.rows == "one" and not query.optional and not adds:
        yield from _kinds(query.missing)
    for name in violations.of(tree):
        if name == HEALTH_DATA_CONSENT:
            yield CONSENT_REQUIRED
        elif name in query.constraints:
            yield from _kinds(query.constraints[name])


def _kinds(given: object) -> Iterator[ProblemType]:
    """What a `bind` was given, if it's a problem type."""
    if isinstance(given, ProblemType):
        yield given


def _problems(problems: Mapping[str, Sequence[ProblemType]], route: Route, found: Reached) -> Iterator[Message]:
    declared = set(route.endpoint.problems)
    raised, caught = [
        {
            kind: query.statement.name
            for query in each
            for kind in problems[query.statement.name]
            if kind not in _GENERAL
        }
        for each in (found.queries, found.caught)
    ]
    for kind in sorted(raised.keys() - declared - _GENERAL, key=lambda kind: kind.code):
        yield f"add {kind.code} to the problems of the route: {raised[kind]} can raise it"
    for kind in sorted(declared - raised.keys() - caught.keys() - found.problems, key=lambda kind: kind.code):
        yield f"take {kind.code} out of the problems of the route: nothing that it calls raises it"


def _untold(statement: Statement) -> Iterator[Fault]:
    """What a statement adds without saying from where the request for it came: jobs do what requests ask for."""
    for write in writes_of(tree_of(statement.text)):
        column = _ORIGINS.get(write.of)
        if write.verb == "insert" and column is not None and column not in write.columns:
            what = f"give {write.of} the {column} of the client: who finds there what they didn't do looks for it"
            yield Fault(statement.path, statement.line, statement.name, what)


def _unused(route: Route) -> Iterator[Message]:
    """Arguments of a route, and what it unpacks from them, that are never read."""
    function = route.endpoint.fn
    tree = _functions(Path(inspect.getfile(function)))[function.__name__]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    given = [each.arg for each in (*tree.args.args, *tree.args.kwonlyargs) if each.arg != "caller"]
    for name in dict.fromkeys([*given, *(node.id for node in names)]):
        if name not in read and not name.startswith("_"):
            yield f"use {name}, or leave it out: what clients give there would change nothing"


@cache
def _functions(path: Path) -> dict[str, ast.AsyncFunctionDef | ast.FunctionDef]:
    """The functions of a file, by name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}


def _fault(function: Any, what: Message) -> Fault:
    return Fault(Path(inspect.getfile(function)), inspect.getsourcelines(function)[1], function.__name__, what)
