"""Proves from PostgreSQL's parse tree that statements reach only the caller's rows.

Each reference to an owned table has to be restricted: equalities that all have to hold must make one of its owner
columns equal to `:user_id` or `:parent_profile_id`. In a `:batch` statement, rows must not mix with those of other
calls, and `apart` has to keep two calls from updating the same row. Whatever can't be proved is a fault. A statement
with the note `-- owner: none, because REASON` may reach anybody's rows, and is listed: the rules about mixed calls hold
for it, and what it joins has to be one owner's. With `any, because REASON` rows of several may meet.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from api.checks.faults import Fault, line_of
from api.checks.ownership.joined import joined_faults
from api.checks.ownership.owned_tables import OWNED
from api.checks.ownership.reader import Reader
from api.checks.ownership.relations import Result
from api.checks.sql.ast import tree_of
from api.database.query import CALL
from api.database.statements.files import Statement

_EXEMPTION: Final = re.compile(r"(?P<whose>none|any), because (?P<reason>.*\S.*)")


def check_ownership(statements: Mapping[str, Statement]) -> list[Fault]:
    """Faults of statements, in the order of the files."""
    return sorted({fault for statement in statements.values() for fault in _faults(statement)})


def exemptions(statements: Mapping[str, Statement]) -> dict[str, str]:
    """Reasons of the statements that are exempt from restriction to a caller, by statement name."""
    found = ((name, _EXEMPTION.fullmatch(statement.notes.get("owner", ""))) for name, statement in statements.items())
    return {name: f"{note['whose']}, because {note['reason']}" for name, note in found if note}


def _faults(statement: Statement) -> list[Fault]:
    note = statement.notes.get("owner")
    exemption = _EXEMPTION.fullmatch(note or "")
    if note is not None and exemption is None:
        what = "the note owner gives no reason: write `-- owner: none, because REASON`"
        return [Fault(statement.path, statement.line, statement.name, what)]
    tree = tree_of(statement.text)
    found: list[tuple[Any, str]] = []
    if exemption is None or statement.batch:
        reader = Reader(statement, owned=OWNED if exemption is None else {})
        result = reader.read(tree)
        if statement.batch and not _has_call_column(result):
            reader.fault(None, f"column {CALL} has to be the ordinality of the batch")
        found += reader.faults
    if exemption is not None and exemption["whose"] == "none":
        found += joined_faults(statement, tree)
    return [Fault(statement.path, line_of(statement, node), statement.name, what) for node, what in found]


def _has_call_column(result: Result) -> bool:
    calls = [column for column in result.columns if column.name == "call"]
    return len(calls) == 1 and "call" in calls[0].value
