"""Run a statement, show its plan, and take back its changes.

The plan is the one that the service runs, with times and buffers.
"""

import argparse
from typing import Final

import psycopg

from api.app import load_routers
from api.checks.plans.execution import explain_analyze
from api.checks.plans.values import MissingValueError, example_values
from api.database.statements.files import read_statements
from api.paths import QUERIES, ROOT
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say

# Parameters whose values aren't shown.
_SECRET: Final = frozenset({"token_digest", "device_digest", "device_digests", "password", "old_password"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of the statement")
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE", help="its parameters, else those of a family")


def run(options: argparse.Namespace, settings: Settings) -> int:
    load_routers()
    statement = read_statements(QUERIES).get(options.name)
    if statement is None:
        raise MissingValueError(f"there's no statement {options.name} in {QUERIES.relative_to(ROOT)}")
    given = dict(value.partition("=")[::2] for value in options.values)
    with service_database(settings) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        values = example_values(connection, statement, given)
        shown = " ".join(f"{name}={value}" for name, value in values.items() if name not in _SECRET)
        say(f"{statement.path.relative_to(ROOT)}:{statement.line}  {shown}")
        for line in explain_analyze(connection, statement, values):
            say(line)
    return 0
