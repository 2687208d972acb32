"""What is told of an adoption: a line a finding, and the number of each kind. No value of a row is in either."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg

HEAD: Final = "table\tid\tconstraint\tfault\trule"
_LINES: Final = """
select of_table, label, constraint_name, fault, rule || case when is_proposal then ' (proposed)' else '' end
  from findings
 order by number
"""
_KINDS: Final = """
select of_table, constraint_name, rule, is_proposal, count(*)
  from findings
 group by of_table, constraint_name, rule, is_proposal
 order by is_proposal desc, of_table, constraint_name, rule
"""


def lines(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Findings as tab-separated values, with a line of names first."""
    yield HEAD
    with connection.cursor() as cursor:
        for row in cursor.stream(_LINES, size=1000):
            yield "\t".join("" if value is None else str(value) for value in row)


def summary(connection: psycopg.Connection[Any]) -> tuple[list[str], int]:
    """Findings by kind, a line each, and how many of them are proposals that nobody has decided about."""
    told, proposals = [], 0
    for table, constraint, rule, is_proposal, count in connection.execute(_KINDS):
        told.append(f"{count:>9,}  {table:<16} {constraint}: {rule}{' (proposed)' if is_proposal else ''}")
        proposals += count if is_proposal else 0
    return told, proposals
