"""Mutants are tried against all that `just check` does."""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

from api.checks import all_checks
from tests.mutation import checking, checking_scripts

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
