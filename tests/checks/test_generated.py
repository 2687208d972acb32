"""Files generated from migrations, statements and features are up to date."""

import psycopg
import pytest

from api.checks.generated import generated_files
from api.checks.kept_files import outdated
from api.database.queries import STATEMENTS
from api.paths import API_README, PLANS, ROLES, SCHEMA, SQL_README
from api.postgres.databases import temporary_database


def test_generated_files_are_current() -> None:
    with temporary_database() as dsn:
        files = generated_files(dsn, STATEMENTS)
    assert outdated(files) == [], "run `just generate` and look at the diff"
    assert {SCHEMA, SQL_README, API_README, ROLES, PLANS / "child_profiles.txt"} <= files.keys()


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("alter table users add column nickname text", {SCHEMA, SQL_README}),
        ("comment on column users.email is '[secret] Address.'", {SCHEMA, SQL_README, ROLES}),
        ("drop index sessions_expires_at_idx", {SCHEMA, PLANS / "sessions.txt"}),
        (
            "create table toys (id bigint); comment on column toys.id is '[personal] Key.'",
            {SCHEMA, SQL_README, ROLES},
        ),
    ],
)
@pytest.mark.long
def test_changes_by_a_migration_show(planted: str, said: set[object]) -> None:
    with temporary_database() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute(planted.encode())
        assert set(outdated(generated_files(dsn, STATEMENTS))) == said


def test_a_statement_that_is_gone_takes_its_grants_along() -> None:
    fewer = {name: statement for name, statement in STATEMENTS.items() if name != "delete_parenting_goal"}
    with temporary_database() as dsn:
        made = generated_files(dsn, fewer)[ROLES]
    kept = ROLES.read_text("utf-8")
    assert "update (title, description, category, priority, status, target_date, achieved_date),\n      delete" in kept
    assert "update (title, description, category, priority, status, target_date, achieved_date)\n   on" in made
