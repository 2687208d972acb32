"""Reads which privileges on tables statements need, as PostgreSQL notes them in its plans."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.errors import Diagnostic

from api.checks.grants.privileges import explain_script
from api.database.statements.files import Statement

# What an execution checks before it begins, of each table once, inlined functions and security_invoker views included
# (`ExecCheckPermissions`). What a view reads with the rights of its owner has that role in `checkAsUser`.
_CHECKED: Final = re.compile(
    r"\{RTEPERMISSIONINFO\s+:relid\s+(\d+)\s+:inh\s+\w+\s+:requiredPerms\s+(\d+)\s+:checkAsUser\s+0"
    r"\s+:selectedCols\s+\(b([\d\s]*)\)\s+:insertedCols\s+\(b([\d\s]*)\)\s+:updatedCols\s+\(b([\d\s]*)\)\}"
)
# Bits of `requiredPerms`, and which of the lists of columns is theirs.
_BITS: Final = (("select", 2, 0), ("insert", 1, 1), ("update", 4, 2), ("delete", 8, None))
# Columns are numbered so that those of the system, which are negative, are no exception; 0 stands for all of a row.
_OFFSET: Final = 7
_ROW: Final = 0

_COLUMNS: Final = """
select c.oid::bigint, c.relname::text, a.attnum, a.attname::text
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace
 order by c.relname, a.attnum
"""


class Need(NamedTuple):
    """A privilege on columns of a table of the schema public, or on any one of its columns if none is named."""

    privilege: str
    table: str
    columns: frozenset[str] = frozenset()

    def is_met(self, granted: Collection[tuple[str, str, str | None]]) -> bool:
        """Whether these privileges, tables and columns are enough; no column stands for a grant on the whole table."""
        if (self.privilege, self.table, None) in granted:
            return True
        have = {column for privilege, table, column in granted if (privilege, table) == (self.privilege, self.table)}
        return self.privilege != "delete" and (self.columns <= have if self.columns else bool(have))


def read_needs(connection: psycopg.Connection[Any], statements: Iterable[Statement]) -> set[Need]:
    """What whoever runs the statements needs; the connection is a superuser's.

    Raises:
        psycopg.Error: PostgreSQL refuses a statement.

    """
    plans: list[str] = []

    def keep(said: Diagnostic) -> None:
        plans.append(said.message_detail or "")

    connection.add_notice_handler(keep)
    try:
        with connection.transaction(force_rollback=True):
            # To the client, and not to the log.
            connection.execute("set local client_min_messages = log; set local log_min_messages = panic")
            connection.execute("set local debug_print_plan = on; set local debug_pretty_print = off")
            connection.execute(explain_script(list(statements)).encode())
    finally:
        connection.remove_notice_handler(keep)
    return set(_needs(connection, "\n".join(plans)))


def _needs(connection: psycopg.Connection[Any], plans: str) -> Iterator[Need]:
    tables: dict[int, tuple[str, dict[int, str]]] = {}
    for relation, table, number, column in connection.execute(_COLUMNS).fetchall():
        tables.setdefault(relation, (table, {}))[1][number] = column
    for relation, required, *lists in _CHECKED.findall(plans):
        if int(relation) not in tables:
            continue
        table, names = tables[int(relation)]
        for privilege, bit, of in _BITS:
            if int(required) & bit:
                numbers = [int(each) - _OFFSET for each in lists[of].split()] if of is not None else []
                if _ROW in numbers:
                    numbers += [number for number in names if number > 0]
                yield Need(privilege, table, frozenset(names[number] for number in numbers if number != _ROW))
