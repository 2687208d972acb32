"""Mutants are tried against all that `just check` does."""

import ast
import inspect
from collections.abc import Iterator
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
import pytest

from api.checks import all_checks
from api.checks.contract.comparison import Described
from tests.mutation import checking, checking_scripts
from tests.mutation.checking import Checks

# Those of Python alone, of a database that somebody else made, and of files that a hasty author generates anew.
NOT_OF_SQL = {"check_facts", "check_owner_arguments", "check_written_out", "undeclared_structs"}
OF_A_GIVEN_DATABASE = {"check_database_grants", "drift", "outdated"}
CHECKS = {"drift", "idle_conditions", "outdated", "undeclared_structs", "unmapped_checks"}
# There are no views.
WITHOUT_AN_OBJECT = {"check_views"}


def _named(module: ModuleType) -> Iterator[str]:
    """What a module imports from the checks and calls."""
    tree = ast.parse(inspect.getsource(module))
    imported = {
        each.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("api.checks")
        for each in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in imported:
            yield node.func.id


def test_no_check_is_forgotten() -> None:
    tried = {*_named(checking), *_named(checking_scripts)}
    asked = {*_named(all_checks)} & CHECKS
    asked |= {name for name in _named(all_checks) if name.startswith("check_")}
    assert asked - NOT_OF_SQL - OF_A_GIVEN_DATABASE - WITHOUT_AN_OBJECT <= tried
    assert tried >= {"check_rows", "check_words"}


def test_what_a_connection_refuses_tells_nothing_of_a_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: Any = object.__new__(Checks)
    checks._psycopg = SimpleNamespace(transaction=lambda **_: nullcontext(), execute=lambda _: None)
    mutant: Any = SimpleNamespace(apply="", of="table")

    def refuse(error: Exception) -> Any:
        def refused(*_: object) -> Any:
            raise error

        return refused

    for name, outcome in (("execute", "stillborn"), ("check", "check")):
        with monkeypatch.context() as patched:
            where, function = (checks._psycopg, name) if name == "execute" else (checking, "check_conventions")
            patched.setattr(where, function, refuse(psycopg.errors.SyntaxError("it says")))
            assert checks._of_object(mutant).outcome == outcome
            patched.setattr(where, function, refuse(psycopg.errors.LockNotAvailable("it waits")))
            with pytest.raises(psycopg.errors.LockNotAvailable):
                checks._of_object(mutant)


def test_a_check_that_stops_names_a_statement_but_not_by_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: Any = object.__new__(Checks)
    checks._catalog = None
    query: Any = SimpleNamespace(statement=SimpleNamespace(name="a"))
    described = Described((), (), ())

    def faults_of(*_: object) -> Any:
        raise errors.pop()

    monkeypatch.setattr(checking, "faults_of", faults_of)
    errors: list[Exception] = [psycopg.OperationalError("it ended"), ValueError("no")]
    assert next(checks._statement_faults(query, described)) == "the check stops: ValueError('no')"
    with pytest.raises(psycopg.OperationalError):
        next(checks._statement_faults(query, described))
