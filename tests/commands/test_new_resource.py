"""A new resource works at once, and can be changed in its own files alone."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
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
NEW_COLUMNS: Final = """-- What a diary says of how a child slept.
--
-- Locks: access exclusive on sleep_diaries for milliseconds; the defaults are kept in the catalog.
-- Rollback loses what was said.

alter table sleep_diaries
  add column hours integer not null default 8,
  add column born date,
  add column weight numeric(6, 3),
  add column woken time not null default '07:00',
  add column lasted interval not null default '0',
  add column device uuid,
  add column days date[] not null default '{}',
  add column is_ill boolean not null default false,
  add constraint sleep_diaries_hours_check check (hours between 0 and 24) not valid,
  add constraint sleep_diaries_born_check check (born between '0001-01-01' and '9999-12-31') not valid,
  add constraint sleep_diaries_weight_check check (weight >= 0) not valid,
  add constraint sleep_diaries_woken_check check (woken < '24:00') not valid,
  add constraint sleep_diaries_lasted_check check (isfinite(lasted)) not valid,
  add constraint sleep_diaries_days_check
    check (cardinality(days) <= 3 and array_position(days, null) is null and array_ndims(days) = 1
           and '0001-01-01' <= all (days) and '9999-12-31' >= all (days)) not valid;
alter table sleep_diaries validate constraint sleep_diaries_hours_check;
alter table sleep_diaries validate constraint sleep_diaries_born_check;
alter table sleep_diaries validate constraint sleep_diaries_weight_check;
alter table sleep_diaries validate constraint sleep_diaries_woken_check;
alter table sleep_diaries validate constraint sleep_diaries_lasted_check;
alter table sleep_diaries validate constraint sleep_diaries_days_check;

comment on column sleep_diaries.hours is '[health-related] Hours of sleep.';
comment on column sleep_diaries.born is '[personal] Birthday.';
comment on column sleep_diaries.weight is '[health-related] Kilograms.';
comment on column sleep_diaries.woken is '[health-related] When the child woke up.';
comment on column sleep_diaries.lasted is '[health-related] How long the nap was.';
comment on column sleep_diaries.device is '[personal] What measured it.';
comment on column sleep_diaries.days is '[health-related] Days of it.';
comment on column sleep_diaries.is_ill is '[health-related] Whether the child was ill.';
"""
# The columns of a new resource, but for whose its rows are.
STARTED: Final = ("id", "name", "created_at", "updated_at")
# The columns that are added, with their types in a statement and in Python.
COLUMNS: Final = {
    "hours": ("integer", "Hours", "= 8"),
    "born": ("date", "date | None", "= None"),
    "weight": ("numeric", "Weight | None", "= None"),
    "woken": ("time", "TimeOfDay", "= time(7)"),
    "lasted": ("interval", "timedelta", "= timedelta()"),
    "device": ("uuid", "UUID | None", "= None"),
    "days": ("date[]", "Days", "= []"),
    "is_ill": ("boolean", "bool", "= False"),
}
EXAMPLE: Final = (
    '"hours": 9, "born": "2020-02-29", "weight": "3.250", "woken": "06:30:00", "lasted": "PT3600S", "device": None,'
    ' "days": [], "isIll": False,'
)
KINDS: Final = """Hours = Annotated[int, Meta(ge=0, le=24)]
Days = Annotated[list[date], Meta(max_length=3)]
Weight = Annotated[Decimal, decimal(3, 3, description="Kilograms.")]
"""
TYPES_TEST: Final = """

WRITTEN = {
    "hours": 24,
    "born": "2020-02-29",
    "weight": "3.250",
    "woken": "06:30:00",
    "lasted": "PT1H30M",
    "device": "0189f7e2-77a5-7000-8000-000000000000",
    "days": ["2026-01-31", "2026-02-01"],
    "isIll": True,
}


async def test_types(accounts: Accounts) -> None:
    parent = await accounts.parent()
    made = await add(parent)
    assert (made["hours"], made["born"], made["weight"], made["woken"], made["days"]) == (8, None, None, "07:00:00", [])
    made = await add(parent, **WRITTEN)
    assert {name: made[name] for name in WRITTEN} == {**WRITTEN, "lasted": "PT5400S"}
    # Digits are kept, in one as in a list; a patch changes what it names.
    found = (await parent.client.get(f"{PATH}/{made['id']}")).json()
    assert found["weight"] == "3.250"
    patched = await parent.client.patch(f"{PATH}/{made['id']}", json={"born": None, "weight": "12.5"})
    assert (patched.json()["born"], patched.json()["weight"], patched.json()["woken"]) == (None, "12.500", "06:30:00")
    wrong = {
        "hours": 25,
        "born": "2020-02-30",
        "weight": 3.25,
        "woken": "6 o'clock",
        "lasted": "an hour",
        "device": "mine",
        "days": ["today"],
        "isIll": "yes",
    }
    for name, value in wrong.items():
        answer = await parent.client.post(PATH, json={"name": "a", name: value})
        check_problem(answer, 400, "invalid_body", f"/{name}/0" if name == "days" else f"/{name}")
    answer = await parent.client.post(PATH, json={"name": "a", "weight": "3.2501"})
    check_problem(answer, 400, "invalid_body", "/weight")
"""
ROLLBACK: Final = "-- Takes back what is said of sleep. Loses it.\n\nalter table sleep_diaries\n" + ",\n".join(
    f"  drop column {name}" for name in COLUMNS
)


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

    def leave_out(self, table: str, columns: Iterable[str]) -> None:
        """Have exports do without columns."""
        entries = "".join(f'\n    "{table}.{name}": "tested",' for name in columns)
        self.edit("api/exports/left_out.py", (r"(LEFT_OUT: .* = \{)", rf"\1{entries}"))


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
    # What a parent's export is to have of it is for its author to say, and nothing else is missing.
    said = copy.run("api", "check", status=1)
    wrong = [line.partition(": ")[0] for line in said.splitlines() if " wrong" not in line and ".py" in line]
    assert wrong == [f"sleep_diaries.{name}" for name in STARTED]
    assert said.count(" wrong") == 1
    copy.leave_out("sleep_diaries", STARTED)
    assert "wrong" not in copy.run("api", "check")
    assert "nothing to write" in copy.run("api", "generate")
    copy.run("ruff", "check", "api/sleep_diaries", "tests/sleep_diaries", "api/app.py")
    copy.run("ruff", "format", "--check", "api/sleep_diaries", "tests/sleep_diaries", "api/app.py")
    copy.run("sqlfluff", "lint", "sql/queries/sleep_diaries.sql", "sql/roles.sql")
    # The resource's own tests, and those for all routes, fields and tables.
    copy.run("pytest", "-q", "tests/sleep_diaries", "tests/http/test_openapi.py")
    copy.run("pytest", "-q", "tests/test_access.py", "-k", "sleep-diaries or has_a_row")


def test_columns_of_all_types_change_a_migration_the_statements_and_the_schema(started: tuple[Copy, str]) -> None:
    copy, _ = started
    number = len(list((copy.root / "sql" / "migrations").glob("*.rollback.sql"))) + 1
    migration = copy.root / "sql" / "migrations" / f"{number:04}_sleep_hours.sql"
    migration.write_text(NEW_COLUMNS)
    migration.with_suffix(".rollback.sql").write_text(f"{ROLLBACK};\n")
    names = ", ".join(COLUMNS)
    typed = ", ".join(f"{name} {type_}" for name, (type_, *_) in COLUMNS.items())
    patched = "".join(
        f",\n       {name} = case when wanted.patch ? '{name}' then patched.{name} else sleep_diary.{name} end"
        for name in COLUMNS
    )
    copy.edit(
        "sql/queries/sleep_diaries.sql",
        (
            r"\b(sleep_diary|found|given)\.name(?=,|\n|\))",
            r"\1.name, " + ", ".join(rf"\1.{name}" for name in COLUMNS),
        ),
        (r"\(parent_profile_id, name\)", f"(parent_profile_id, name, {names})"),
        (r"name text\)", f"name text, {typed})"),
        (r"\(name, position\)", f"(name, {names}, position)"),
        (r"(returning id, parent_profile_id, name)", rf"\1, {names}"),
        (r"(set name = .*),\n", rf"\1{patched},\n"),
    )
    fields = "".join(f"    {name}: {kind}\n" for name, (_, kind, _) in COLUMNS.items())
    given = "".join(f"    {name}: {kind} {default}\n" for name, (_, kind, default) in COLUMNS.items())
    changes = "".join(f"    {name}: {kind} | UnsetType = UNSET\n" for name, (_, kind, _) in COLUMNS.items())
    copy.edit(
        "api/sleep_diaries/schemas.py",
        (r"(    name: str\n)", rf"\1{fields}"),
        (r"(    name: Name\n)", rf"\1{given}"),
        (r"(    name: Name \| UnsetType = UNSET\n)", rf"\1{changes}"),
        (
            r"from typing import Annotated.*",
            r"from datetime import date, time, timedelta\nfrom decimal import Decimal\n\g<0>\nfrom uuid import UUID",
        ),
        (
            r"import Document, Input, Moment, required_text",
            "import Document, Input, Moment, TimeOfDay, decimal, required_text",
        ),
        (r'("name": "Voorbeeld",\n)', rf"\1        {EXAMPLE}\n"),
        (
            r"\n\nclass SleepDiary\(",
            f"\n{KINDS}\n\nclass SleepDiary(",
        ),
    )
    copy.leave_out("sleep_diaries", (*STARTED, *COLUMNS))
    # A field without a label is named, with what to write.
    said = copy.run("api", "check", status=1)
    assert 'api/sleep_diaries/facts.py:1: NewSleepDiary: hours has no label: add "hours": Text(' in said
    labels = ", ".join(f'"{name}": Text("wat", "what")' for name in [*COLUMNS, "isIll"] if name != "is_ill")
    copy.edit("api/sleep_diaries/facts.py", (r"labels=\{", f"labels={{{labels}, "))
    assert copy.run("api", "generate").splitlines() == [
        "wrote sql/schema.sql", "wrote sql/README.md", "wrote sql/roles.sql"
    ]  # fmt: skip
    assert "wrong" not in copy.run("api", "check")
    copy.edit("tests/sleep_diaries/test_sleep_diaries.py", (r"\Z", TYPES_TEST))
    copy.run("pytest", "-q", "tests/sleep_diaries", "tests/http/test_openapi.py")


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
        copy.leave_out(name, STARTED)
    assert "wrong" not in copy.run("api", "check")


def test_a_list_of_features_that_no_line_can_be_added_to(started: tuple[Copy, str], tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit("api/app.py", (r"FEATURES: Final = \(\n", "FEATURES: Final = (  # all\n"))
    before = sorted(copy.root.rglob("*.sql"))
    assert "FEATURES has to be a tuple" in copy.run("api", "new-resource", "toys", status=1)
    assert sorted(copy.root.rglob("*.sql")) == before
