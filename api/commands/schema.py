"""Write sql/schema.sql from the migrations."""

import argparse

from api.checks.schema import dump_schema
from api.paths import SCHEMA
from api.postgres.databases import temporary_database
from api.settings import Settings


def run(_options: argparse.Namespace, _settings: Settings) -> int:
    with temporary_database() as dsn:
        SCHEMA.write_text(dump_schema(dsn), "utf-8")
    return 0
