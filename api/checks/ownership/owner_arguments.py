"""Checks in the service's Python code that statements get the owner's ids from `caller`."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from api.checks.faults import Fault
from api.checks.ownership.owned_tables import OWNER_PARAMETERS
from api.database.statements.files import Statement

_REASON: Final = re.compile(r"#\s*owner: \S")


def check_owner_arguments(statements: Mapping[str, Statement], files: Iterable[Path]) -> list[Fault]:
    """Calls of statements whose `user_id` or `parent_profile_id` isn't the attribute of `caller` by that name.

    A statement that takes either may only be called directly, as its calls wouldn't be found otherwise. A line that
    ends with `# owner: REASON` is exempt.
    """
    words = (*OWNER_PARAMETERS, *(name for name, statement in statements.items() if _is_owned(statement)))
    return sorted(fault for path in files for fault in _faults(statements, path, words))


def _faults(statements: Mapping[str, Statement], path: Path, words: Sequence[str]) -> Iterator[Fault]:
    text = path.read_text("utf-8")
    # Most files name none of these, and parsing them all takes a while.
    if not any(word in text for word in words):
        return
    lines = text.splitlines()
    nodes = list(ast.walk(ast.parse(text)))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    called = {id(call.func) for call in calls}
    for node in nodes:
        if not isinstance(node, ast.Attribute) or id(node) in called:
            continue
        if _is_owned(statements.get(node.attr)) and not _REASON.search(lines[node.lineno - 1]):
            yield Fault(path, node.lineno, node.attr, "what it is given can't be seen: call it where it is named")
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
        owned = _is_owned(statements.get(name))
        for argument in call.keywords:
            hidden = argument.arg is None and owned
            chosen = argument.arg in OWNER_PARAMETERS and ast.unparse(argument.value) != f"caller.{argument.arg}"
            if (hidden or chosen) and not _REASON.search(lines[argument.value.lineno - 1]):
                given = f"**{ast.unparse(argument.value)}" if hidden else ast.unparse(argument)
                yield Fault(path, argument.value.lineno, name, f"{given} is not the caller's: pass what `caller` says")


def _is_owned(statement: Statement | None) -> bool:
    return statement is not None and not OWNER_PARAMETERS.keys().isdisjoint(statement.parameters)
