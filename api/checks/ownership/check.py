"""Proves from PostgreSQL's parse tree that statements reach the caller's rows only.

Each reference of an owned table has to be restricted where it stands: in every row of it that counts, a column that
says whose the row is equals `:user_id` or `:parent_profile_id`, through equalities that all have to hold. Where calls
are merged, rows have to stay those of their call, and a row that is updated has to be that of one call only, as `apart`
keeps them. What can't be proved is a fault. A statement with a note `-- owner: none, because REASON` may reach rows of
anybody, and is listed; its calls have to be kept apart all the same.
"""

import re
from collections.abc import Mapping
from typing import Final

from pglast import parse_sql

from api.checks.faults import Fault, line_of
from api.checks.ownership.owned_tables import OWNED
from api.checks.ownership.reader import Reader
from api.checks.ownership.relations import Result
from api.database.query import CALL
from api.database.statements.files import Statement

_EXEMPTION: Final = re.compile(r"none, because (?P<reason>.*\S.*)")


def check_ownership(statements: Mapping[str, Statement]) -> list[Fault]:
    """What is wrong with statements, in the order of the files."""
    return sorted({fault for statement in statements.values() for fault in _faults(statement)})


def exempt(statements: Mapping[str, Statement]) -> dict[str, str]:
    """Names of the statements that say that they're not restricted to a caller, and the reasons they give."""
    found = ((name, _EXEMPTION.fullmatch(statement.notes.get("owner", ""))) for name, statement in statements.items())
    return {name: note["reason"] for name, note in found if note}


def _faults(statement: Statement) -> list[Fault]:
    note = statement.notes.get("owner")
    if note is not None:
        if not _EXEMPTION.fullmatch(note):
            return [
                Fault(
                    statement.path,
                    statement.line,
                    statement.name,
                    "the note owner gives no reason: write `-- owner: none, because REASON`",
                )
            ]
        if not statement.batch:
            return []
    [parsed] = parse_sql(statement.text)
    reader = Reader(statement, owned=OWNED if note is None else {})
    result = reader.read(parsed.stmt)
    if statement.batch and not _tells_calls(result):
        reader.fault(None, f"column {CALL} has to be the ordinality of the batch")
    return [Fault(statement.path, line_of(statement, node), statement.name, what) for node, what in reader.faults]


def _tells_calls(result: Result) -> bool:
    calls = [column for column in result.columns if column.name == "call"]
    return len(calls) == 1 and "call" in calls[0].value
