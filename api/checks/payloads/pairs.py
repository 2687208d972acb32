"""Checks over several columns, which values of a payload can break together; each column is tried alone."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from api.checks.contract.python_types import struct_of
from api.checks.faults import Fault, Message
from api.checks.payloads.fields import fields_of
from api.database.aliases import Connection
from api.database.query import Query
from api.facts import Payload

_CHECKS: Final = """
select c.conrelid::regclass::text as table_name, c.conname::text as name,
       array(
         select a.attname::text
           from pg_attribute as a
          where a.attrelid = c.conrelid
            and a.attnum = any(c.conkey)
       ) as columns
  from pg_constraint as c
 where c.contype = 'c'
   and c.connamespace = 'public'::regnamespace
   and cardinality(c.conkey) > 1
"""


class SharedCheck(NamedTuple):
    """A check over several columns of a table."""

    table: str
    name: str
    columns: frozenset[str]


async def read_shared_checks(connection: Connection) -> list[SharedCheck]:
    """Checks over several columns of the database behind a connection."""
    rows = await connection.fetch(_CHECKS)
    return [SharedCheck(table, name, frozenset(columns)) for table, name, columns in rows]


def unmapped_checks(
    checks: Iterable[SharedCheck], payloads: Iterable[Payload], queries: Iterable[Query]
) -> list[Fault]:
    """Checks over several fields of a payload that a statement which takes it maps to no problem."""
    given = {
        payload.struct: {(field.table, field.column) for field in fields_of(payload) if not field.is_item}
        for payload in payloads
    }
    checks = list(checks)
    found: set[Fault] = set()
    for query in queries:
        path, line, _ = query.where.split(":")
        for hint in query.parameters.values():
            struct = struct_of(hint, many=False) or struct_of(hint, many=True)
            faults = _faults(checks, given.get(struct, set()), query)
            found |= {Fault(Path(path), int(line), query.statement.name, what) for what in faults}
    return sorted(found)


def _faults(checks: Iterable[SharedCheck], given: set[tuple[str, str]], query: Query) -> Iterator[Message]:
    for check in checks:
        together = sorted(column for column in check.columns if (check.table, column) in given)
        if len(together) > 1 and check.name not in query.constraints:
            yield (
                f"map {check.name} to a problem in the constraints of its `bind`:"
                f" {' and '.join(together)} that are right alone can break it together"
            )
