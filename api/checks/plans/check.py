"""Finds plans that get slower with every family."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from api.checks.faults import Fault, Message
from api.checks.plans.plans import GROWING, Plan
from api.checks.plans.statistics import tables_in
from api.paths import STATISTICS

# Prefixes of the names of their indexes.
_GROWING: Final = tuple(f"{table}_" for table in GROWING)
_NOTE: Final = "or note `-- plan: REASON`"
_ALIAS: Final = re.compile(r"\b([a-z_][a-z0-9_]*)\.")


class Cost(NamedTuple):
    """What a plan does that gets slower as tables grow, and the table if it reads all of one, else nothing."""

    what: Message
    whole: str = ""


def check_plans(plans: list[Plan]) -> list[Fault]:
    """Plans that get slower as tables grow, without a note `-- plan: REASON` that excuses them; and needless notes.

    A note about one thing doesn't excuse that all of another table is read.
    """
    faults = []
    for plan in plans:
        found = list(dict.fromkeys(_costly(plan.root, plan.leading)))
        note = plan.statement.notes.get("plan")
        if note is None:
            faults += [_fault(plan, cost.what) for cost in found]
        elif not found:
            faults.append(_fault(plan, "has nothing that its note `plan` could be about: take the note out"))
        else:
            faults += [
                _fault(plan, f"restrict {table} by what an index begins with, or name it in the note: it's read whole")
                for table in dict.fromkeys(cost.whole for cost in found if cost.whole)
                if not re.search(rf"\b{table}\b", note)
            ]
    return faults


def _fault(plan: Plan, what: Message) -> Fault:
    return Fault(plan.statement.path, plan.statement.line, plan.statement.name, what)


def _of(table: str) -> str:
    """What a plan does that reads a whole table; of one without statistics that its size is assumed."""
    if table in tables_in(STATISTICS.read_text("utf-8")):
        return "it reads all of it"
    return "it reads all of the 200,000 rows that are assumed, until `just plans --statistics` keeps how many there are"


def _costly(node: Mapping[str, Any], leading: Mapping[str, str]) -> Iterator[Cost]:
    kind, table = node["Node Type"], node.get("Relation Name")
    if table in GROWING and kind == "Seq Scan":
        yield Cost(f"restrict {table} by what an index begins with, {_NOTE}: {_of(table)}", table)
    if table in GROWING and kind != "Seq Scan" and "Filter" in node:
        yield Cost(f"put {node['Filter']} into the index, {_NOTE}: it filters rows of {table} that the index gives")
    index = node.get("Index Name", "")
    if index.startswith(_GROWING) and not re.search(rf"\b{leading.get(index, '')}\b", node.get("Index Cond", "")):
        whole = max((each for each in GROWING if index.startswith(f"{each}_")), key=len)
        yield Cost(f"compare the first column of {index}, {_NOTE}: it walks all of it", whole)
    if kind in {"Sort", "Incremental Sort"}:
        tables = _sorted_tables(node)
        if len(tables) == 1 and tables <= GROWING:
            keys = ", ".join(node["Sort Key"])
            yield Cost(f"have an index give {', '.join(tables)} by {keys}, {_NOTE}: it sorts its rows")
    for child in node.get("Plans", ()):
        yield from _costly(child, leading)


def _sorted_tables(node: Mapping[str, Any]) -> set[str]:
    """Tables that a sort's keys belong to; scans of other things go by their aliases."""
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
