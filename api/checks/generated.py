"""The files that `just generate` makes from migrations, statements and features."""

from collections.abc import Collection, Mapping
from pathlib import Path

from api.checks.api_readme import readme_with_tables
from api.checks.diagram import readme_with_diagram
from api.checks.grants.derivation import roles_file
from api.checks.plans.files import plan_files
from api.checks.plans.plans import plans_by_statistics
from api.checks.schema import dump_schema
from api.database.statements.files import Statement
from api.paths import API_README, ROLES, SCHEMA, SQL_README


def generated_files(
    dsn: str, statements: Mapping[str, Statement], former: Collection[Statement] | None = None
) -> dict[Path, str]:
    """Text of each file, made with a database that has only the migrations; its grants and statistics change.

    `former` are the statements of the release before, if its grants are to be derived anew.

    Raises:
        CommandError: something that a file is made of is wrong.
        psycopg.Error: PostgreSQL refuses a statement.

    """
    # Plans come last, as they set statistics that make the tables look large.
    return {
        SCHEMA: dump_schema(dsn),
        SQL_README: readme_with_diagram(dsn),
        API_README: readme_with_tables(),
        ROLES: roles_file(dsn, statements, former),
        **plan_files(plans_by_statistics(dsn, statements)),
    }
