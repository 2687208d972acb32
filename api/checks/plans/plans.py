"""Shapes of the plans that PostgreSQL makes of statements: nodes, indexes and conditions, no costs.

One file a query file keeps them, so that a plan that changes is a line in a diff.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg

from api.app import load_facts
from api.checks.faults import Fault
from api.database.statements.files import Statement

# Tables that get larger with every family or every login.
GROWING: Final = frozenset(name for name, table in load_facts().tables.items() if table.grows)

_LEADING: Final = """
select indexrelid::regclass::text, attname::text
  from pg_index
  join pg_attribute
    on attrelid = indrelid
   and attnum = indkey[0]
"""
# Beginnings of the names of their indexes.
_GROWING: Final = tuple(f"{table}_" for table in GROWING)
_ALIAS: Final = re.compile(r"\b([a-z_][a-z0-9_]*)\.")


class Plan(msgspec.Struct, frozen=True):
    """How PostgreSQL runs a statement whatever its parameters: the text of `explain`, and the tree of its nodes.

    `leading` gives the first column of each index whose first key is a column.
    """

    statement: Statement
    text: str
    root: Mapping[str, Any]
    leading: Mapping[str, str]


def explain(connection: psycopg.Connection[Any], statements: Mapping[str, Statement]) -> list[Plan]:
    """Generic plans of statements, in the order of the files."""
    ordered = sorted(statements.values(), key=lambda statement: (statement.path, statement.line))
    leading = dict(connection.execute(_LEADING).fetchall())
    return [_explain(connection, statement, leading) for statement in ordered]


def shapes(plans: list[Plan]) -> dict[str, str]:
    """Texts of the files that keep plans, by their names."""
    return {
        f"{stem}.txt": "\n".join(f"-- {plan.statement.name}\n{plan.text}\n" for plan in of_file)
        for stem, of_file in groupby(plans, key=lambda plan: plan.statement.path.stem)
    }


def check_plans(plans: list[Plan]) -> list[Fault]:
    """Plans that get slower as tables grow, where no `-- plan: REASON` says why that is right."""
    faults = []
    for plan in plans:
        found = list(dict.fromkeys(_costly(plan.root, plan.leading)))
        if "plan" not in plan.statement.notes:
            faults += [_fault(plan, what) for what in found]
        elif not found:
            faults.append(_fault(plan, "has nothing that its note `plan` could be about"))
    return faults


def _explain(connection: psycopg.Connection[Any], statement: Statement, leading: Mapping[str, str]) -> Plan:
    # As literals: `generic_plan` takes a text with parameters only where none are sent along.
    text = connection.execute(f"explain (generic_plan, costs off) {statement.text}".encode()).fetchall()
    tree = connection.execute(f"explain (generic_plan, costs off, format json) {statement.text}".encode()).fetchall()
    [[[document]]] = tree
    return Plan(statement, "\n".join(line for (line,) in text), document["Plan"], leading)


def _fault(plan: Plan, what: str) -> Fault:
    return Fault(plan.statement.path, plan.statement.line, plan.statement.name, what)


def _costly(node: Mapping[str, Any], leading: Mapping[str, str]) -> Iterator[str]:
    kind, table = node["Node Type"], node.get("Relation Name")
    if table in GROWING and kind == "Seq Scan":
        yield f"reads all of {table}"
    if table in GROWING and kind != "Seq Scan" and "Filter" in node:
        yield f"filters rows of {table} that the index gives: {node['Filter']}"
    index = node.get("Index Name", "")
    if index.startswith(_GROWING) and not re.search(rf"\b{leading.get(index, '')}\b", node.get("Index Cond", "")):
        yield f"walks all of {index}"
    if kind in {"Sort", "Incremental Sort"}:
        tables = _sorted_tables(node)
        if len(tables) == 1 and tables <= GROWING:
            yield f"sorts rows of {', '.join(tables)} by {', '.join(node['Sort Key'])}"
    for child in node.get("Plans", ()):
        yield from _costly(child, leading)


def _sorted_tables(node: Mapping[str, Any]) -> set[str]:
    """Tables whose columns a sort's keys are; what isn't a table's goes by the name of its scan."""
    scans = {alias: name for below in node["Plans"] for alias, name in _scans(below)}
    if len(scans) == 1:
        return set(scans.values())
    return {scans.get(alias, alias) for key in node["Sort Key"] for alias in _ALIAS.findall(key) or [""]}


def _scans(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Aliases and tables of the scans below a node."""
    if "Alias" in node:
        yield node["Alias"], node.get("Relation Name", node["Alias"])
    for child in node.get("Plans", ()):
        yield from _scans(child)


def differences(kept: Path, made: Mapping[str, str]) -> list[str]:
    """Names of files in a folder that aren't what they should be, that are missing, or that shouldn't be there."""
    names = {path.name for path in kept.glob("*.txt")} | made.keys()
    return sorted(
        name for name in names if not (kept / name).exists() or (kept / name).read_text("utf-8") != made.get(name)
    )


def write(kept: Path, made: Mapping[str, str]) -> None:
    """Keep plans in a folder, and no others."""
    kept.mkdir(parents=True, exist_ok=True)
    for path in kept.glob("*.txt"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (kept / name).write_text(text, "utf-8")
