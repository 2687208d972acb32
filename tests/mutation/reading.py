"""Reads a mutated statement as the service would."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from api.database.statements.files import Statement, read_statement_file
from tests.mutation.mutants import Mutant


class OtherParametersError(ValueError):
    """A mutant takes other parameters than its original, so that its declaration is refused."""


def read_mutated(mutant: Mutant, original: Statement) -> Statement:
    """The mutated statement; it takes its parameters in the order of the original.

    Raises:
        QueryFileError: the statement is refused as it's read.
        OtherParametersError: it hasn't the parameters of the original.

    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / original.path.name
        path.write_text(mutant.statement, "utf-8")
        [read] = read_statement_file(path)
    if set(read.parameters) != set(original.parameters):
        raise OtherParametersError(f"{original.name}: its parameters are {', '.join(read.parameters)}")
    order = [original.parameters.index(name) + 1 for name in read.parameters]
    text = re.sub(r"\$(\d+)", lambda found: f"${order[int(found[1]) - 1]}", read.text)
    # Faults look up their lines by the source as the file has it.
    return msgspec.structs.replace(
        read,
        source=original.source,
        text=text,
        parameters=original.parameters,
        path=original.path,
        line=original.line,
    )
