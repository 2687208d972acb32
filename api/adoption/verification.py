"""Holds our tables against the old ones: numbers, checksums, and children and goals of documents against rows."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from api.adoption.constraints import TABLES
from api.adoption.staging import compared_columns, digest, run_file

# Of the adopted rows, and of those that are to be: a checksum is the same whatever the order of the rows on the disk.
_SUMS: Final = """
select (select count(*) from {old}),
       (select count(*) from {staged}),
       (select md5(string_agg(({expected})::text, '' order by id)) from {staged} as new),
       (select count(*) from {table} as ours where {adopted}),
       (select md5(string_agg(({actual})::text, '' order by id)) from {table} as ours where {adopted})
"""
_DIFFERENCES: Final = """
insert into findings (of_table, label, constraint_name, fault, rule)
select {name}, coalesce(new.label, ours.id::text), 'verify',
       case
         when ours.id is null then 'is not here'
         when new.id is null then 'is here, and not there'
         else 'differs in ' || array_to_string(array(
           select there.key
             from jsonb_each_text(to_jsonb(new)) as there
             join jsonb_each_text(to_jsonb(ours)) as here using (key)
            where there.value is distinct from here.value
              and key = any({columns})
            order by there.key
         ), ', ')
       end,
       'copy again'
  from {staged} as new
  full join (select * from {table} as ours where {adopted}) as ours on ours.id = new.id
 where ours.id is null
    or new.id is null
    or {expected} <> {actual}
 order by 2
"""


class TableSums:
    """Numbers of rows of a table, there, fit to be here, and here, and whether their checksums agree."""

    def __init__(self, table: str, sums: tuple[int, int, str | None, int, str | None]) -> None:
        self.table = table
        self.there, self.fitting, expected, self.here, actual = sums
        self.agrees = expected == actual

    def __str__(self) -> str:
        verdict = "checksums agree" if self.agrees else "CHECKSUMS DIFFER"
        return f"{self.table:<16} {self.there:>9,} there {self.fitting:>9,} to be here {self.here:>9,} here  {verdict}"


def verify(connection: psycopg.Connection[Any]) -> Iterator[TableSums]:
    """Compare each table with its staged rows, and documents with rows; note what differs in `findings`."""
    run_file(connection, "documents.sql")
    for table in TABLES:
        parts = {
            "name": Literal(table), "table": Identifier(table), "old": Identifier(f"old_{table}"),
            "staged": Identifier(f"new_{table}"), "expected": digest(connection, table, "new"),
            "actual": digest(connection, table, "ours"),
            "columns": Literal(compared_columns(connection, table)),
            # What was made here isn't compared.
            "adopted": SQL("ours.id in (select id from adopted_rows where of_table = {})").format(Literal(table)),
        }  # fmt: skip
        sums = TableSums(table, connection.execute(SQL(_SUMS).format(**parts)).fetchone())  # type: ignore[arg-type]
        if not sums.agrees:
            connection.execute(SQL(_DIFFERENCES).format(**parts))
        yield sums
