"""Runs pgbench: how often PostgreSQL alone can run the statement of a request."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from api.database.queries import STATEMENTS
from api.database.statements.files import Statement, read_statement_file
from api.postgres.programs import find_binary
from tests.load.requests import GOAL_PATCH, MIX, NEW_GOAL, Family

# The service's merged statements, run with one call, and the same written plainly.
_MERGED: Final = {
    "child": "get_child_profile",
    "family": "get_family",
    "list": "list_parenting_goals",
    "insert": "add_parenting_goal",
    "update": "update_parenting_goal",
}
_PLAIN: Final = {statement.name: statement for statement in read_statement_file(Path(__file__).with_name("plain.sql"))}
FORMS: Final = ("merged", "plain")

_CONSTANTS: Final = {
    "goal": msgspec.json.encode(NEW_GOAL | {"description": "", "status": "active"}).decode(),
    "patch": msgspec.json.encode(GOAL_PATCH).decode(),
    "title": str(NEW_GOAL["title"]),
    "category": str(NEW_GOAL["category"]),
    "priority": str(NEW_GOAL["priority"]),
    "after": "0",
    "count": "21",
    "with_children": "true",
    "with_goals": "true",
}
_OPTIONS: Final = "-c jit=off -c plan_cache_mode=force_generic_plan"
_RATE: Final = re.compile(r"^tps = ([\d.]+) ", re.MULTILINE)
_PARAMETER: Final = re.compile(r"\$(\d+)")


def find_statement(kind: str, form: str) -> Statement:
    """Statement for a kind of request."""
    return STATEMENTS[_MERGED[kind]] if form == "merged" else _PLAIN[f"plain_{kind}"]


def script(kind: str, form: str, families: Sequence[Family]) -> str:
    """Script that chooses a random family and runs the statement for it."""
    statement = find_statement(kind, form)
    ids: Mapping[str, list[int]] = {
        "user_id": [family.user_id for family in families],
        "parent_profile_id": [family.profile_id for family in families],
        "id": [family.child_id if kind == "child" else family.goal_id for family in families],
    }
    lines = [f"\\set family random(0, {len(families) - 1})"]
    lines += [f"\\set {name} {_lookup_expression(ids[name], 0)}" for name in statement.parameters if name in ids]
    return "\n".join([*lines, f"{_with_variables(statement)};\n"])


def _lookup_expression(values: Sequence[int], first: int) -> str:
    """Expression for the value at index `:family`, as a binary tree of cases, as pgbench has no arrays."""
    if len(values) == 1:
        return str(values[0])
    half = len(values) // 2
    return (
        f"case when :family < {first + half} then {_lookup_expression(values[:half], first)}"
        f" else {_lookup_expression(values[half:], first + half)} end"
    )


def _with_variables(statement: Statement) -> str:
    def variable(match: re.Match[str]) -> str:
        name = statement.parameters[int(match[1]) - 1]
        return f"array[:{name}]" if statement.batch else f":{name}"

    return _PARAMETER.sub(variable, statement.text)


def write_scripts(folder: Path, families: Sequence[Family]) -> None:
    """Write the scripts of all kinds and forms, as `KIND.FORM.sql`."""
    for kind in _MERGED:
        for form in FORMS:
            (folder / f"{kind}.{form}.sql").write_text(script(kind, form, families), "utf-8")


def run_pgbench(dsn: str, scripts: Mapping[Path, int], *, clients: int, seconds: int = 1) -> float:
    """Run weighted scripts with prepared statements; returns transactions a second.

    Raises:
        ValueError: pgbench or a transaction failed.

    """
    command = [str(find_binary("pgbench")), "-n", "-M", "prepared", f"-c{clients}", "-j1", f"-T{seconds}"]
    for name, value in _CONSTANTS.items():
        command += ["-D", f"{name}={value}"]
    for path, weight in scripts.items():
        command += ["-f", f"{path}@{weight}"]
    result = subprocess.run(
        [*command, dsn], env=os.environ | {"PGOPTIONS": _OPTIONS}, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise ValueError(f"pgbench failed: {result.stderr.strip()}")
    return parse(result.stdout)


def parse(output: str) -> float:
    """Transactions a second in pgbench's output.

    Raises:
        ValueError: there's no such figure.

    """
    found = _RATE.search(output)
    if found is None:
        raise ValueError(f"pgbench said: {output.strip()}")
    return float(found[1])


def weighted_scripts(workload: str, folder: Path, forms: Mapping[str, str]) -> dict[Path, int]:
    """Scripts of a workload with their weights, each kind in its fastest form."""
    weights = MIX if workload == "mix" else {workload: 1}
    return {folder / f"{kind}.{forms[kind]}.sql": weight for kind, weight in weights.items()}
