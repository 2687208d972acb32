"""Mutants of the named statements."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from api.database.statements.files import read_statement_file
from api.database.statements.parameters import substitute
from api.sql_parser.library import ParseError
from api.sql_parser.parser import parse
from tests.mutation.code import Code, Edit
from tests.mutation.mutants import Mutant, mutant_of
from tests.mutation.operators.clauses import clauses
from tests.mutation.operators.expressions import columns, constants, nulls, parameters, relations
from tests.mutation.vocabulary import Vocabulary

_WORD: Final = re.compile(r"'([a-z_]+)'")


def statement_mutants(path: Path, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """Mutants of all statements of a file."""
    whole = path.read_text("utf-8")
    words = sorted(set(_WORD.findall(whole)))
    for statement in read_statement_file(path):
        header = sum(len(line) for line in whole.splitlines(keepends=True)[: statement.line - 1])
        start = whole.index(statement.source, header)
        block = whole[whole.rindex("-- name:", 0, start) : start]
        siblings = vocabulary.siblings(statement.source)
        for edit in dict.fromkeys(edits(statement.source, siblings, vocabulary.labels, words)):
            mutated = edit.apply(statement.source)
            if is_valid(mutated):
                yield mutant_of("statement", path, edit.moved(start), statement.name, statement=f"{block}{mutated};\n")


def edits(source: str, siblings: Mapping[str, str], labels: Mapping[str, str], words: Sequence[str]) -> Iterator[Edit]:
    """What all operators make of the source of a statement."""
    code = Code(source)
    yield from clauses(code)
    yield from relations(code)
    yield from nulls(code)
    yield from constants(code, labels, words)
    yield from parameters(code)
    yield from columns(code, siblings)


def is_valid(source: str) -> bool:
    """Whether PostgreSQL's parser takes a statement, whose parameters are placeholders here."""
    try:
        return len(parse(substitute(source)[0])) == 1
    except ParseError:
        return False
