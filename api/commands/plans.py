"""What `just plans` and `just explain` print."""

import difflib
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Literal

from api.checks.examples import MissingValueError, example_values
from api.checks.plans.plans import GROWING, Plan, check_plans, differences, explain, shapes, write
from api.checks.plans.statistics import pretend, read_statistics
from api.database.connections import MERGED_PLANNING, PLANNING
from api.database.statements.files import Statement, read_statements
from api.paths import PLANS, QUERIES, ROOT, STATISTICS
from api.postgres.databases import throwaway

# Below this many rows a plan says nothing of one with many.
_FEW: Final = 1000
# Parameters whose values aren't shown.
_SECRET: Final = frozenset({"token_digest", "password", "old_password"})


def print_plans(dsn: str) -> int:
    """Show how a database's plans differ from those kept, and what is wrong with them; 0 if nothing is."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        sizes = _sizes(connection)
        plans = explain(connection, read_statements(QUERIES))
    for table, rows in sizes.items():
        few = "  few: these plans say nothing of many" if rows < _FEW else ""
        _print(f"{table:<16} {rows:>12,} rows{few}")
    made = shapes(plans)
    for name in differences(PLANS, made):
        path = PLANS / name
        kept = path.read_text("utf-8") if path.exists() else ""
        lines = difflib.unified_diff(
            kept.splitlines(), made.get(name, "").splitlines(), f"kept/{name}", name, lineterm=""
        )
        _print("\n".join(lines))
    return max(_print_faults(plans), int(bool(differences(PLANS, made))))


def write_plans() -> int:
    """Keep the plans that statements have in a database with the statistics kept; 0 if nothing is wrong with them."""
    with throwaway() as dsn:
        plans = plans_by_statistics(dsn, read_statements(QUERIES))
    write(PLANS, shapes(plans))
    return _print_faults(plans)


def write_statistics(dsn: str) -> int:
    """Keep the statistics of a database with many rows in every table that grows, and the plans that come of them."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        few = [table for table, rows in _sizes(connection).items() if rows < _FEW]
        if few:
            _print(f"fewer than {_FEW:,} rows or never analyzed: {', '.join(few)}")
            return 1
        statistics = read_statistics(connection)
    PLANS.mkdir(exist_ok=True)
    STATISTICS.write_text(statistics, "utf-8")
    return write_plans()


def plans_by_statistics(dsn: str, statements: Mapping[str, Statement]) -> list[Plan]:
    """Plans of statements in an empty, migrated database of an embedded server, by the statistics kept."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        pretend(connection, STATISTICS.read_text("utf-8"))
        return explain(connection, statements)


def print_explain(dsn: str, name: str, values: Sequence[str]) -> int:
    """Run a statement and show its plan as the service's, times and buffers; whatever it changed is taken back."""
    statement = read_statements(QUERIES).get(name)
    if statement is None:
        raise MissingValueError(f"there's no statement {name} in {QUERIES.relative_to(ROOT)}")
    with psycopg.connect(dsn) as connection:
        try:
            parameters = example_values(connection, statement, dict(value.partition("=")[::2] for value in values))
            shown = " ".join(f"{key}={value}" for key, value in parameters.items() if key not in _SECRET)
            _print(f"{statement.path.relative_to(ROOT)}:{statement.line}  {shown}")
            for line in _analyze(connection, statement, parameters):
                _print(line)
        finally:
            connection.rollback()
    return 0


def _analyze(connection: psycopg.Connection[Any], statement: Statement, values: Mapping[str, str]) -> list[str]:
    """Lines of the plan that the service runs, which is one for all values, executed with these."""
    for name, value in (MERGED_PLANNING if statement.batch else PLANNING).items():
        connection.execute("select set_config(%s, %s, true)", [name, value])
    connection.execute(f"prepare explained as {statement.text}".encode())
    arguments = SQL(", ").join(Literal(values[parameter]) for parameter in statement.parameters)
    call = SQL("explained ({})").format(arguments) if statement.parameters else SQL("explained")
    return [
        line for (line,) in connection.execute(SQL("explain (analyze, buffers, wal, settings) execute {}").format(call))
    ]


def _sizes(connection: psycopg.Connection[Any]) -> dict[str, int]:
    rows = connection.execute(
        """select relname, greatest(reltuples, 0)::bigint
             from pg_class
            where oid = any (%s::regclass[])
            order by relname""",
        [sorted(GROWING)],
    )
    return {name: count for name, count in rows}  # noqa: C416


def _print_faults(plans: list[Plan]) -> int:
    faults = check_plans(plans)
    for fault in faults:
        _print(str(fault))
    return int(bool(faults))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
