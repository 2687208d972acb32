"""sql/schema.sql is what the migrations make."""

from api.checks.schema import dump_schema
from api.paths import SCHEMA
from api.postgres.databases import temporary_database


def test_schema_sql_is_current() -> None:
    with temporary_database() as dsn:
        assert dump_schema(dsn) == SCHEMA.read_text(), "run `just schema`"
