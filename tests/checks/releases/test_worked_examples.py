"""The rename and the change of type of sql/README.md, file by file, with both releases under traffic."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import psycopg
import pytest

from api.app import load_routers
from api.checks.grants.derivation import roles_file
from api.checks.rehearsal.rollbacks import TakenBack, take_back
from api.checks.releases.check import check_grants
from api.checks.releases.release import MIGRATIONS, QUERIES, ROLES
from api.commands.rehearse import print_rehearsal_on
from api.database.statements.files import read_statements
from api.migrations import MigrationFile, migrate
from api.paths import ROOT
from tests.checks.rehearsal.prepared import prepared
from tests.checks.working_tree import Tree
from tests.conftest import NewDatabase

pytestmark = pytest.mark.long
load_routers()

README: Final = (ROOT / "sql" / "README.md").read_text("utf-8")
FILES: Final = dict(re.findall(r"^```sql\n-- (\w+(?:\.rollback)?)\.sql\n(.+?)^```$", README, re.MULTILINE | re.DOTALL))
FOLLOWS: Final = FILES["session_clients"][FILES["session_clients"].index("create function") :]
FILL_STARS: Final = (
    FILES["session_clients_filled"]
    .replace("user_id", "parent_profile_id")
    .replace("update sessions as session", "update suggestions as session")
    .replace("from sessions", "from suggestions")
    .replace("set client = session.user_agent", "set stars = session.rating")
    .replace("session.client is distinct from session.user_agent", "session.stars is null")
)
# The seed makes no suggestions.
FAMILY: Final = """
insert into users (id, username, email, password)
values (1000000, 'rated', 'rated@example.org', '$argon2id$x');
insert into parent_profiles (id, user_id, name)
values (1000000, 1000000, 'Rated');
insert into suggestions (parent_profile_id, slug, relevance, rating, expires_at)
select 1000000, slug, 50, 1 + row_number() over (order by slug) % 5, now() + interval '1 day'
  from library_suggestions
 order by slug
 limit 20;
"""
Migration = tuple[str, str, str]
# The first release's migrations, the second one's, what the statements say instead, and rows that differ.
Example = tuple[list[Migration], Migration, dict[str, list[tuple[str, str]]], str]
EXAMPLES: Final[dict[str, Example]] = {
    "rename": (
        [
            ("session_clients", FILES["session_clients"], FILES["session_clients.rollback"]),
            ("session_clients_filled", FILES["session_clients_filled"], "select;"),
            ("session_clients_checked", FILES["session_clients_checked"], FILES["session_clients_checked.rollback"]),
        ],
        (
            "session_user_agents_dropped",
            FILES["session_user_agents_dropped"],
            FILES["session_user_agents_dropped.rollback"] + FOLLOWS,
        ),
        {
            "sessions.sql": [
                ("token_digest, user_agent, expires_at", "token_digest, client, expires_at"),
                ("expires_at, user_agent, id =", "expires_at, client as user_agent, id ="),
            ],
            "exports.sql": [("id, user_agent as", "id, client as")],
        },
        "select count(*) filter (where client is distinct from user_agent), count(*) > 0 from sessions",
    ),
    "change of type": (
        [
            ("suggestion_stars", FILES["suggestion_stars"], FILES["suggestion_stars.rollback"]),
            ("suggestion_stars_filled", FILL_STARS, "select;"),
            (
                "stars_checked",
                "alter table suggestions validate constraint suggestions_stars_check;",
                """
                alter table suggestions
                  drop constraint suggestions_stars_check,
                  add constraint suggestions_stars_check check (stars between 1 and 5) not valid;
                """,
            ),
        ],
        (
            "ratings_dropped",
            FILES["session_user_agents_dropped"]
            .replace("sessions_client_follows", "suggestions_stars_follow")
            .replace("sessions", "suggestions")
            .replace("user_agent", "rating"),
            """
            alter table suggestions add column rating integer;
            update suggestions set rating = round(stars);
            alter table suggestions add constraint suggestions_rating_check check (rating between 1 and 5);
            comment on column suggestions.rating is '[personal] What the parent thought of it, 1 to 5.';
            """
            + FILES["suggestion_stars"][FILES["suggestion_stars"].index("create function") :],
        ),
        {
            "suggestions.sql": [("set rating = wanted.rating", "set stars = wanted.rating")],
            "exports.sql": [("given.rating", "given.stars as rating")],
        },
        "select count(*) filter (where round(stars) is distinct from rating), count(stars) > 0 from suggestions",
    ),
}


@pytest.fixture
def databases(
    empty: str, maintenance: psycopg.Connection, migrated_copy: NewDatabase
) -> Iterator[tuple[str, str, str]]:
    """Two empty ones and a migrated one."""
    maintenance.execute("create database another")
    worked = migrated_copy("worked")
    yield empty, worked.replace("/worked?", "/another?"), worked
    for name in ("another", "worked"):
        maintenance.execute(f"drop database {name} with (force)".encode())


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_client_of_either_release_notices(
    databases: tuple[str, str, str],
    tree: Tree,
    example: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second, edits, differing = EXAMPLES[example]
    empty, another, migrated = databases
    found: list[tuple[object, ...] | None] = []

    def look(dsn: str) -> None:
        with psycopg.connect(dsn) as connection:
            found.append(connection.execute(differing.encode()).fetchone())

    def take_back_later(dsn: str, files: Sequence[MigrationFile], *arguments: Any) -> Iterator[TakenBack]:
        if len(files) == len(first):
            look(dsn)
        yield from take_back(dsn, files, *arguments)

    monkeypatch.setattr("api.commands.rehearse.take_back", take_back_later)
    tree.tag("v1")
    for migration in first:
        tree.add(*migration)
    for name, replacements in edits.items():
        path = tree.root / QUERIES / name
        for old, new in replacements:
            assert old in path.read_text("utf-8")
            path.write_text(path.read_text("utf-8").replace(old, new))
    deploy(empty, migrated, tree, "v1")
    said = capsys.readouterr().out
    assert "errors served: none" in said
    assert "sql/roles.sql" in said
    tree.tag("v2")
    tree.add(*second)
    deploy(another, migrated, tree, "v2")
    # That has taken the second release's migration back: the first one can serve again.
    look(another)
    assert found == [(0, True)] * 2


def deploy(dsn: str, migrated: str, tree: Tree, name: str) -> None:
    """Generate the grants with a migrated database, and try on another what a release of this name notices."""
    release = tree.release(name)
    migrate(migrated, directory=tree.root / MIGRATIONS)
    roles = roles_file(migrated, read_statements(tree.root / QUERIES), release.statements.values())
    (tree.root / ROLES).write_text(roles)
    with psycopg.connect(prepared(dsn, release, tree.root / f"before-{name}")) as connection:
        connection.execute(FAMILY.encode())
    assert print_rehearsal_on(dsn, release, families=30, seconds=0, root=tree.root) == 0
    assert check_grants(migrated, release, tree.root) == []
