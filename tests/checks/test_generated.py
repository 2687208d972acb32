"""Files generated from migrations, statements and features are up to date."""

from pathlib import Path

import psycopg
import pytest

from api.checks.generated import generated_files
from api.checks.grants import derivation
from api.checks.grants.derivation import roles_file
from api.checks.grants.release_grants import BEGIN, END, kept_privileges, plannable
from api.checks.grants.roles_file import check_roles_file
from api.checks.kept_files import outdated
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statements
from api.migrations.scripts import run_script
from api.paths import API_README, PLANS, ROLES, SCHEMA, SQL_README


def test_generated_files_are_current(migrated: str) -> None:
    files = generated_files(migrated, STATEMENTS)
    assert outdated(files) == [], "run `just generate` and look at the diff"
    assert {SCHEMA, SQL_README, API_README, ROLES, PLANS / "child_profiles.txt"} <= files.keys()


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("alter table users add column nickname text", {SCHEMA, SQL_README}),
        ("comment on column users.email is '[secret] Address.'", {SCHEMA, SQL_README, ROLES}),
        ("drop index sessions_expires_at_idx", {SCHEMA, PLANS / "cleaning.txt"}),
        (
            "create table toys (id bigint); comment on column toys.id is '[personal] Key.'",
            {SCHEMA, SQL_README, ROLES},
        ),
    ],
)
@pytest.mark.long
def test_changes_by_a_migration_show(migrated: str, planted: str, said: set[object]) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute(planted.encode())
    assert set(outdated(generated_files(migrated, STATEMENTS))) == said


@pytest.mark.long
def test_a_statement_that_is_gone_takes_its_grants_along(migrated: str) -> None:
    fewer = {name: statement for name, statement in STATEMENTS.items() if name != "rate_suggestion"}
    made = roles_file(migrated, fewer)
    kept = ROLES.read_text("utf-8")
    assert "update (used_at, dismissed_at, rating, feedback),\n" in kept
    assert "update (used_at, dismissed_at),\n" in made


@pytest.mark.long
def test_the_release_before_keeps_its_grants(migrated: str, tmp_path: Path) -> None:
    """Those that only statements need which are gone; not those of statements that the schema doesn't let run."""
    gone = {"rate_suggestion", "replace_token"}
    fewer = {name: statement for name, statement in STATEMENTS.items() if name not in gone}
    (tmp_path / "former.sql").write_text(
        "-- name: see_sizes :many\nselect number from family_sizes;\n\n"
        "-- name: misfit :many\nselect nothing from users;\n"
    )
    former = [*STATEMENTS.values(), *read_statements(tmp_path).values()]
    made = roles_file(migrated, fewer, former)
    assert made.partition(BEGIN)[2].partition(END)[0] == (
        "grant select (number) on family_sizes to nestwerk_service;\n\n"
        "grant update (token_digest) on sessions to nestwerk_service;\n\n"
        "grant update (rating, feedback) on suggestions to nestwerk_service;\n"
    )
    with psycopg.connect(migrated, autocommit=True, prepare_threshold=None) as connection:
        run_script(connection, ROLES, made)
        # All that the release before runs is allowed, and no more.
        assert check_roles_file(connection, plannable(connection, former)) == []
        assert check_roles_file(connection, fewer.values(), kept_privileges(made)) == []
        assert {
            fault.partition(":")[2].partition(":")[0] for fault in check_roles_file(connection, fewer.values())
        } == {
            " nestwerk_service may select (number) on family_sizes",
            " nestwerk_service may update (token_digest) on sessions",
            " nestwerk_service may update (rating, feedback) on suggestions",
        }


@pytest.mark.long
def test_what_is_kept_for_the_release_before_stays_without_it(
    migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "roles.sql"
    path.write_text(ROLES.read_text("utf-8").replace(BEGIN, f"{BEGIN}grant delete on users to nestwerk_service;\n"))
    monkeypatch.setattr(derivation, "ROLES", path)
    assert roles_file(migrated, STATEMENTS) == path.read_text("utf-8")
    assert roles_file(migrated, STATEMENTS, STATEMENTS.values()) == ROLES.read_text("utf-8")
