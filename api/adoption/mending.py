"""Holds the staged rows against every constraint as a set, and mends what breaks one until nothing does."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier
from tqdm import tqdm

from api.adoption.constraints import TABLES, Constraint, broken_lines
from api.adoption.rules import LEAVE_OUT, Rule, choices

# Mending can break another constraint, as a cut name may be somebody else's. What is broken after these rounds is left
# out, and then what refers to it.
_ROUNDS: Final = 3
_LEAVING_OUT: Final = 3
_MENDED: Final = "insert into mended (of_table, line) select %s, line from lines"
_NOTE: Final = """
insert into findings (of_table, label, constraint_name, fault, rule, is_proposal)
select %s, label, %s, fault, %s, %s from lines
"""


def mend(connection: psycopg.Connection[Any], constraints: Sequence[Constraint], rules: Mapping[str, Rule]) -> None:
    """Note in `findings` what breaks a constraint, and mend it by its rule."""
    for table in TABLES:
        connection.execute(SQL("create index on {} (line)").format(Identifier(f"new_{table}")))
    with tqdm(total=len(constraints), unit=" constraints", desc="holding against") as progress:
        for round in range(_ROUNDS + _LEAVING_OUT):
            broken = 0
            for constraint in constraints:
                if not constraint.is_enforced and round > 0:
                    continue
                rule = rules[constraint.name] if round < _ROUNDS else choices(constraint, {})[LEAVE_OUT]
                broken += _mend(connection, constraint, rule, again=round > 0) and constraint.is_enforced
                progress.update(round == 0)
            if broken == 0:
                return


def _mend(connection: psycopg.Connection[Any], constraint: Constraint, rule: Rule, *, again: bool) -> int:
    connection.execute("delete from lines")
    count = connection.execute(
        SQL("insert into lines (line, label, fault) {}").format(broken_lines(constraint, only_mended=again))
    ).rowcount
    if count:
        connection.execute(_NOTE, [constraint.table, constraint.name, rule.name, rule.is_proposal])
        if rule.statement is not None:
            connection.execute("analyze lines")
            connection.execute(_MENDED, [constraint.table])
            connection.execute(rule.statement)
    return count
