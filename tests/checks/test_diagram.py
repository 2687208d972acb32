"""The diagram in sql/README.md is of the schema that the migrations make."""

from api.checks.diagram import readme_with_diagram
from api.paths import SQL_README
from api.postgres.databases import temporary_database


def test_the_diagram_is_current() -> None:
    with temporary_database() as dsn:
        assert readme_with_diagram(dsn) == SQL_README.read_text(), "run `just erd`"
