"""Each migration up, down and up again: the schema is the same each time."""

import io
import subprocess
from pathlib import Path

import psycopg
import pytest

from api.checks.rehearsal.rollbacks import take_back
from api.checks.schema import dump_schema
from api.migrations import migrate, read_migrations, rollback
from api.paths import MIGRATIONS
from api.postgres.programs import find_binary
from api.seed.copying import add_families
from tests.checks.working_tree import LAST
from tests.migrations.migration_files import Folder


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


@pytest.mark.long
def test_nothing_is_lost_but_what_their_heads_say(empty: str, tmp_path: Path) -> None:
    """In a database with families, down to the tables of accounts."""
    files, schemas = read_migrations(), {}
    for file in files:
        schemas[file.id] = dump_schema(empty)
        migrate(empty, to=file.id)
    with psycopg.connect(empty) as connection:
        add_families(connection, 30, 30, io.StringIO())
        connection.execute(
            "insert into suggestions (parent_profile_id, slug, relevance, expires_at)"
            " select id, slug, 50, now() from parent_profiles cross join library_suggestions"
        )
        connection.execute("insert into audit_events (actor_kind, event, user_id) values ('system', 'tested', 1)")
        connection.execute("insert into mails (kind, recipient, language) values ('tested', 'noor@example.org', 'nl')")
        connection.execute("update users set profile_picture = '/uploads/0123456789abcdef0123456789abcdef.webp'")
        connection.execute(
            "insert into consents (user_id, purpose, version, agreed_at)"
            " select users.id, purpose, version, now() from users, consent_texts"
        )
        connection.execute("insert into pictures (name) values ('0123456789abcdef0123456789abcdef.webp')")
    found = {taken.id: taken.faults for taken in take_back(empty, files[2:], schemas, MIGRATIONS)}
    # These are counted anew when it's applied again.
    [sizes] = found.pop("0019_family_limits")
    assert sizes.startswith("0019_family_limits.rollback.sql changes or loses values of number, of_table,")
    assert found == {file.id: [] for file in files[2:] if file.id in found}
    assert len(found) == len(files) - 3


@pytest.mark.long
@pytest.mark.parametrize(
    ("apply", "rollback", "fault"),
    [
        (
            "alter table mails add column note text not null default 'x';",
            "-- Takes back it. Nothing is lost.\n\nalter table mails drop column note;",
            "changes or loses values of note in mails, and its head says that nothing is lost: say what is",
        ),
        (
            "create table naps (id bigint);",
            "-- Takes back it. Loses the naps.\n\ndrop table naps; truncate mails;",
            f"in mails, which {LAST + 1:04}_it.sql has nothing to do with: leave them",
        ),
        (
            "create table naps (id bigint); create type nap as enum ('long');",
            "-- Takes back it. Loses the naps.\n\ndrop table naps;",
            "doesn't make the schema what it was before: correct it",
        ),
        # Its columns come back in another order.
        (
            "alter table passkeys drop column created_at;",
            """-- Takes back it. Loses the moments.

            alter table passkeys add column created_at timestamptz not null default now();
            comment on column passkeys.created_at is '[operational] When it was added.';
            """,
            None,
        ),
    ],
)
def test_what_a_rollback_loses_is_held_against_its_head(
    migrated: str, tmp_path: Path, apply: str, rollback: str, fault: str | None
) -> None:
    for path in MIGRATIONS.glob("*.sql"):
        (tmp_path / path.name).symlink_to(path)
    Folder(tmp_path).add(f"{LAST + 1:04}_it", apply, rollback)
    [file] = read_migrations(tmp_path)[LAST:]
    with psycopg.connect(migrated) as connection:
        connection.execute("insert into users (username, email, password) values ('n', 'n@example.org', '$argon2id$')")
        connection.execute(
            "insert into mails (user_id, kind, recipient, language, parameters)"
            " select id, 'welcome', 'n@example.org', 'nl', '{}' from users"
        )
    before = dump_schema(migrated)
    migrate(migrated, directory=tmp_path)
    [taken] = take_back(migrated, [file], {file.id: before}, tmp_path)
    if fault is None:
        assert taken.faults == []
    else:
        assert any(fault in each for each in taken.faults), taken.faults


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
        connection.execute("update parent_profiles set bio = 'x'")
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
