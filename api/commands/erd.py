"""Draw the diagram in sql/README.md from the migrations."""

import argparse

from api.checks.diagram import readme_with_diagram
from api.paths import SQL_README
from api.postgres.databases import temporary_database
from api.settings import Settings


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    with temporary_database() as dsn:
        SQL_README.write_text(readme_with_diagram(dsn), "utf-8")
    return 0
