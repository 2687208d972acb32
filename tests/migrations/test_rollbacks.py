"""Each migration up, down and up again: the schema is the same each time."""

import subprocess
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from api.migrations import migrate, read_migrations, rollback
from api.paths import MIGRATIONS
from api.postgres.programs import find_binary
from api.seed.seeding import seed

# Tables whose rows were inserted by a migration, and go with it; and those that refer to them.
INSERTED: Final = {
    "0053_consent_texts": {"consent_texts", "consents"},
    "0045_suggestion_library": {"concerns", "library_suggestions"},
    "0042_suggestions": {"schedules"},
}


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


def test_the_latest_are_taken_back_from_a_family_that_declined(migrated: str) -> None:
    with psycopg.connect(migrated, autocommit=True) as connection:
        for sql in (
            "insert into users (id, username, email, password) values (1, 'noor', 'noor@example.org', '$argon2id$x')",
            "insert into parent_profiles (id, user_id, name) values (1, 1, 'Noor')",
            "insert into child_profiles (parent_profile_id, name, age) values (1, 'Bram', 4)",
            "insert into consents (user_id, purpose, version, withdrawn_at) values (1, 'health_data', 1, now())",
        ):
            connection.execute(sql)
        while rollback(migrated).id != "0053_consent_texts":
            pass
        # Nobody was asked any more, so all of it is taken.
        connection.execute("""update child_profiles set routines = '{"bedtijd": "19:30"}'""")
        connection.execute(
            """
            insert into child_profiles (parent_profile_id, name, age, routines)
            values (1, 'Tess', 1, '{"bedtijd": "19:00"}')
            """
        )
        while rollback(migrated).id != "0046_audit_trail":
            pass
        migrate(migrated)
        assert connection.execute("select count(*) from child_profiles where routines <> '{}'").fetchone() == (2,)


@pytest.mark.long
def test_rows_of_tables_that_stay_are_kept(migrated: str, tmp_path: Path) -> None:
    seed(migrated, families=3, sessions=3, token_path=tmp_path / "sessions.tsv")
    with psycopg.connect(migrated, autocommit=True) as connection:
        connection.execute("insert into audit_events (actor_kind, event, user_id) values ('system', 'tested', 1)")
        connection.execute("insert into mails (kind, recipient, language) values ('tested', 'noor@example.org', 'nl')")
        connection.execute("update users set profile_picture = '/uploads/0123456789abcdef0123456789abcdef.webp'")
        connection.execute(
            "insert into consents (user_id, purpose, version, agreed_at)"
            " select users.id, purpose, version, now() from users, consent_texts"
        )
        connection.execute("insert into pictures (name) values ('0123456789abcdef0123456789abcdef.webp')")
        before = count_rows(connection)
        assert before["users"] == before["parent_profiles"] == 3
        for _ in read_migrations():
            id = rollback(migrated).id
            after = count_rows(connection)
            lost = {table for table, count in after.items() if count != before.get(table, count)}
            assert lost == INSERTED.get(id, set()), id
            before = after


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has, but for those that record migrations."""
    tables = connection.execute(
        "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(_?yoyo_|migration_)'"
    ).fetchall()
    return {table: connection.execute(f"select count(*) from {table}".encode()).fetchall()[0][0] for (table,) in tables}


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
