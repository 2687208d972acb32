"""Mutants of what takes migrations back, and of the part of `sql/roles.sql` that is written by hand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.checks.grants.derivation import BEGIN
from api.paths import ROLES
from api.sql_parser.parser import Parsed, parse
from tests.mutation.code import Code, Edit
from tests.mutation.mutants import Mutant, mutant_of
from tests.mutation.operators.clauses import clauses
from tests.mutation.operators.definitions import lost_statements
from tests.mutation.operators.expressions import nulls, relations

_BODY: Final = re.compile(r"\$(\w*)\$(.*)\$\1\$", re.DOTALL)
# What stands in a rollback that does nothing.
_NOTHING: Final = {"SelectStmt": {"limitOption": "LIMIT_OPTION_DEFAULT", "op": "SETOP_NONE"}}
# Removes rows that no rollback is about.
_DESTRUCTION: Final = "delete from users;\n"


def rollback_mutants(path: Path) -> Iterator[Mutant]:
    """A rollback that leaves something out, or removes rows of others."""
    whole = path.read_text("utf-8")
    for parsed in parse(whole):
        if parsed.tree == _NOTHING:
            continue
        edit = Edit("rollback misses", ((parsed.start, parsed.end, ""),))
        yield mutant_of("rollback", path, edit, _subject(whole, parsed))
    destruction = Edit("rollback destroys", ((len(whole), len(whole), _DESTRUCTION),))
    yield mutant_of("rollback", path, destruction, "users")


def roles_mutants() -> Iterator[Mutant]:
    """Statements of `sql/roles.sql` that are lost, grants of more, and other code in its blocks."""
    whole = ROLES.read_text("utf-8")
    written = whole.partition(BEGIN)[0]
    for parsed in parse(written):
        source = written[parsed.start : parsed.end]
        if "TransactionStmt" in parsed.tree:
            continue
        for edit in dict.fromkeys(_edits(source, parsed)):
            yield mutant_of("roles", ROLES, edit.moved(parsed.start), _subject(whole, parsed))


def _edits(source: str, parsed: Parsed) -> Iterator[Edit]:
    code = Code(source)
    match parsed.tree:
        case {"DoStmt": _}:
            found = _BODY.search(source)
            assert found is not None
            body = Code(found[2])
            for edit in (
                *lost_statements(body),
                *clauses(body),
                *relations(body),
                *nulls(body),
            ):
                yield edit.moved(found.start(2))
        case {"GrantStmt": {"is_grant": True}}:
            yield code.lost("statement lost", 0, len(code))
            yield Edit("grant option", ((len(source), len(source), " with grant option"),))
            yield code.edit("grant more", 1, code.words.index("on"), "all")
        case _:
            yield code.lost("statement lost", 0, len(code))


def _subject(whole: str, parsed: Parsed) -> str:
    return " ".join(whole[parsed.start : parsed.end].split()[:5])
