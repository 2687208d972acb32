"""The files that are made from migrations, statements and features, and that `just generate` writes."""

from collections.abc import Mapping
from pathlib import Path

from api.checks.api_readme import readme_with_tables
from api.checks.diagram import readme_with_diagram
from api.checks.grants.derivation import roles_file
from api.checks.plans.files import plan_files
from api.checks.plans.plans import plans_by_statistics
from api.checks.schema import dump_schema
from api.database.statements.files import Statement
from api.paths import API_README, ROLES, SCHEMA, SQL_README


def generated_files(dsn: str, statements: Mapping[str, Statement]) -> dict[Path, str]:
    """Text of each file, made with a database that has the migrations and nothing else, and that is spoiled by it.

    Raises:
        CommandError: something that a file is made of is wrong.
        psycopg.Error: PostgreSQL refuses a statement.

    """
    # Plans last, for they have the tables look as if they were large.
    return {
        SCHEMA: dump_schema(dsn),
        SQL_README: readme_with_diagram(dsn),
        API_README: readme_with_tables(),
        ROLES: roles_file(dsn, statements),
        **plan_files(plans_by_statistics(dsn, statements)),
    }
