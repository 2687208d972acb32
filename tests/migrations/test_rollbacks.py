"""Each migration up, down and up again: the schema is the same each time."""

import subprocess

import pytest

from api.migrations import migrate, read_migrations, rollback
from api.paths import MIGRATIONS
from api.postgres.programs import find_binary


def dump(dsn: str) -> str:
    """Schema, without the tables that record migrations."""
    answer = subprocess.run(
        [find_binary("pg_dump"), "--schema-only", "--no-owner", "--restrict-key=same", dsn],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return answer.stdout


@pytest.mark.long
def test_one_by_one_and_all_together(empty: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("migrations")
    before: list[str] = []
    migrations = read_migrations()
    for migration in migrations:
        for path in (migration.path, migration.rollback_path):
            (folder / path.name).write_bytes(path.read_bytes())
        if before:
            before.append(dump(empty))
        migrate(empty, directory=folder)
        after = dump(empty)
        if not before:
            # The tables that record migrations are created by the first run and stay.
            rollback(empty, directory=folder)
            before.append(dump(empty))
        else:
            rollback(empty, directory=folder)
            assert dump(empty) == before[-1], migration.id
        migrate(empty, directory=folder)
        assert dump(empty) == after, migration.id
    for _ in migrations:
        rollback(empty)
    assert dump(empty) == before[0]
    migrate(empty)
    assert dump(empty) == after


def test_headers_of_rollbacks_say_what_is_lost() -> None:
    for path in MIGRATIONS.glob("*.rollback.sql"):
        header = path.read_text().partition("\n\n")[0]
        assert header.startswith(f"-- Takes back {path.name.removesuffix('.rollback.sql')}"), path.name
        assert "lost" in header or "Loses" in header, path.name


def test_headers_of_migrations_say_what_is_locked() -> None:
    for path in MIGRATIONS.glob("*[!k].sql"):
        header = path.read_text().partition("\n\n")[0]
        assert "Locks:" in header, path.name
        assert "Rollback loses" in header, path.name
