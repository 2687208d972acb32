"""Checks how many rows statements give, and in which order."""

from collections.abc import Iterable, Iterator

from api.checks.faults import Fault, line_of
from api.checks.rows.catalog import Catalog, read_keys
from api.checks.rows.orders import NOTES
from api.checks.rows.reader import Reader
from api.checks.sql.ast import tree_of
from api.database.aliases import Connection
from api.database.statements.files import Statement


async def check_rows(connection: Connection, statements: Iterable[Statement]) -> list[Fault]:
    """Lists without a total order or an end, single rows that may be several, and rows that are changed unlocked.

    What is right nevertheless says so in a note: `-- limit: REASON`, `-- lock: …`, `-- order: …` or `-- single: …`.
    """
    catalog = await read_keys(connection)
    return sorted({fault for statement in statements for fault in rows_faults(catalog, statement)})


def rows_faults(catalog: Catalog, statement: Statement) -> Iterator[Fault]:
    """Faults of one statement."""
    found = Reader(catalog, statement).read(tree_of(statement.text))
    for note, node, what in found:
        if note not in statement.notes:
            yield Fault(statement.path, line_of(statement, node), statement.name, what)
    for unneeded in statement.notes.keys() & NOTES - {note for note, *_ in found}:
        what = f"has nothing that its note {unneeded} could be about: take the note out"
        yield Fault(statement.path, statement.line, statement.name, what)
