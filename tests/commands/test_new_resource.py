"""A new resource works at once, and can be changed in its own files alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from api.paths import ROOT

pytestmark = pytest.mark.long

# The files that `just new-resource` writes; the others are generated from them.
OWN: Final = {
    "api/app.py",
    "api/sleep_diaries/__init__.py",
    "api/sleep_diaries/facts.py",
    "api/sleep_diaries/queries.py",
    "api/sleep_diaries/routes.py",
    "api/sleep_diaries/schemas.py",
    "sql/queries/sleep_diaries.sql",
    "tests/sleep_diaries/__init__.py",
    "tests/sleep_diaries/test_sleep_diaries.py",
}
GENERATED: Final = {
    "api/README.md",
    "sql/README.md",
    "sql/roles.sql",
    "sql/schema.sql",
    "tests/plans/sleep_diaries.txt",
}
NEW_COLUMN: Final = """-- How long a diary says that a child slept.
--
-- Locks: access exclusive on sleep_diaries for milliseconds; the default is kept in the catalog.
-- Rollback loses the hours.

alter table sleep_diaries
  add column hours integer not null default 8,
  add constraint sleep_diaries_hours_check check (hours between 0 and 24) not valid;
alter table sleep_diaries validate constraint sleep_diaries_hours_check;

comment on column sleep_diaries.hours is '[health-related] Hours of sleep.';
"""
HOURS_TEST: Final = """

async def test_hours(accounts: Accounts) -> None:
    parent = await accounts.parent()
    assert (await add(parent))["hours"] == 8
    assert (await add(parent, hours=24))["hours"] == 24
    answer = await parent.client.post(PATH, json={"name": "a", "hours": 25})
    check_problem(answer, 400, "invalid_body", "/hours")
"""
ROLLBACK: Final = "-- Takes back the hours. Loses them.\n\nalter table sleep_diaries drop column hours;\n"


class Copy:
    """A copy of the tree that can be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("api", "sql", "tests"):
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("results"))
        for file in ("pyproject.toml", "justfile", "README.md"):
            shutil.copy(ROOT / file, root / file)

    def run(self, *arguments: str, status: int = 0) -> str:
        """Output of a Python module."""
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        ran = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=self.root, env=environment, check=False, capture_output=True,
            text=True,
        )  # fmt: skip
        assert ran.returncode == status, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        file = self.root / path
        text = file.read_text("utf-8")
        for old, new in changes:
            assert re.search(old, text), (path, old)
            text = re.sub(old, new, text)
        file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, str]:
    """A copy of the tree with a new resource, and the output of the command."""
    copy = Copy(tmp_path_factory.mktemp("tree"))
    return copy, copy.run("api", "new-resource", "sleep_diaries")


def test_it_says_what_it_wrote(started: tuple[Copy, str]) -> None:
    written = {line.removeprefix("wrote ") for line in started[1].splitlines()}
    migrations = {
        path for path in written if re.fullmatch(r"sql/migrations/\d{4}_sleep_diaries(\.rollback)?\.sql", path)
    }
    assert len(migrations) == 2
    assert written == OWN | GENERATED | migrations


def test_it_works_as_it_stands(started: tuple[Copy, str]) -> None:
    copy, _ = started
    assert "wrong" not in copy.run("api", "check")
    assert "nothing to write" in copy.run("api", "generate")
    copy.run("ruff", "check", "api/sleep_diaries", "tests/sleep_diaries", "api/app.py")
    copy.run("ruff", "format", "--check", "api/sleep_diaries", "tests/sleep_diaries", "api/app.py")
    copy.run("sqlfluff", "lint", "sql/queries/sleep_diaries.sql", "sql/roles.sql")
    # The resource's own tests, and those for all routes, fields and tables.
    copy.run("pytest", "-q", "tests/sleep_diaries", "tests/http/test_openapi.py")
    copy.run("pytest", "-q", "tests/test_access.py", "-k", "sleep-diaries or has_a_row")


def test_a_column_changes_a_migration_the_statements_and_the_schema(started: tuple[Copy, str]) -> None:
    copy, _ = started
    number = len(list((copy.root / "sql" / "migrations").glob("*.rollback.sql"))) + 1
    migration = copy.root / "sql" / "migrations" / f"{number:04}_sleep_hours.sql"
    migration.write_text(NEW_COLUMN)
    migration.with_suffix(".rollback.sql").write_text(ROLLBACK)
    copy.edit(
        "sql/queries/sleep_diaries.sql",
        (r"\b(sleep_diary|found|given)\.name(?=,|\n|\))", r"\1.name, \1.hours"),
        (r"\(parent_profile_id, name\)", "(parent_profile_id, name, hours)"),
        (r"name text\)", "name text, hours integer)"),
        (r"\(name, position\)", "(name, hours, position)"),
        (r"(returning id, parent_profile_id, name)", r"\1, hours"),
        (
            r"(set name = .*),\n",
            r"\1,\n       hours = case when wanted.patch ? 'hours' then patched.hours else sleep_diary.hours end,\n",
        ),
    )
    copy.edit(
        "api/sleep_diaries/schemas.py",
        (r"(    name: str\n)", r"\1    hours: int\n"),
        (r'("name": "Voorbeeld",\n)', r'\1        "hours": 9,\n'),
        (r"(    name: Name\n)", r"\1    hours: Hours = 8\n"),
        (r"(    name: Name \| UnsetType = UNSET\n)", r"\1    hours: Hours | UnsetType = UNSET\n"),
        (r"\n\nclass SleepDiary\(", r"\nHours = Annotated[int, Meta(ge=0, le=24)]\n\n\nclass SleepDiary("),
    )
    # A field without a label is named, with what to write.
    said = copy.run("api", "check", status=1)
    assert 'api/sleep_diaries/facts.py:1: NewSleepDiary: hours has no label: add "hours": Text(' in said
    copy.edit("api/sleep_diaries/facts.py", (r"labels=\{", r'labels={"hours": Text("uren", "hours"), '))
    assert copy.run("api", "generate").splitlines() == [
        "wrote sql/schema.sql", "wrote sql/README.md", "wrote sql/roles.sql"
    ]  # fmt: skip
    assert "wrong" not in copy.run("api", "check")
    copy.edit("tests/sleep_diaries/test_sleep_diaries.py", (r"\Z", HOURS_TEST))
    copy.run("pytest", "-q", "tests/sleep_diaries")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Sleeps"], "'Sleeps' is not snake_case, like sleep_diaries\n"),
        (["users"], "api/users is there already\n"),
        (["sheep"], "sheep: what is one of them called? Add --singular NAME\n"),
        (["sheep", "--singular", "sheep"], "sheep isn't the plural of sheep"),
        (["x", "--singular", "a-b"], "'a-b' is not snake_case"),
        (["sleep_diaries"], "api/sleep_diaries is there already\n"),
        # A folder of that name would hide a module.
        (["settings"], "api/settings.py is there already\n"),
        (["accounts"], "tests/accounts.py is there already\n"),
        (["rate_limits"], "sql/queries/rate_limits.sql is there already\n"),
        (["migration_checksums"], "migration_checksums is in sql/schema.sql already\n"),
        (["class", "--singular", "lesson"], "class is a keyword of Python or SQL"),
        (["imports"], "import is a keyword of Python or SQL"),
        (["orders"], "order is a keyword of Python or SQL"),
        (["calls"], "call has another meaning in its statements"),
        (["families"], "get_family is a statement already"),
        (["documents"], "document: Document has another meaning in its modules"),
        (["a" * 40 + "s"], "is longer than 40 characters"),
    ],
)
def test_invalid_names(started: tuple[Copy, str], arguments: list[str], said: str) -> None:
    copy, _ = started
    before = sorted(copy.root.rglob("*.sql"))
    assert said in copy.run("api", "new-resource", *arguments, status=1)
    assert sorted(copy.root.rglob("*.sql")) == before


def test_names_that_look_like_others(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    for name in ("types", "b" * 39 + "s"):
        copy.run("api", "new-resource", name)
    assert "wrong" not in copy.run("api", "check")


def test_a_list_of_features_that_no_line_can_be_added_to(started: tuple[Copy, str], tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit("api/app.py", (r"FEATURES: Final = \(\n", "FEATURES: Final = (  # all\n"))
    before = sorted(copy.root.rglob("*.sql"))
    assert "FEATURES has to be a tuple" in copy.run("api", "new-resource", "toys", status=1)
    assert sorted(copy.root.rglob("*.sql")) == before
