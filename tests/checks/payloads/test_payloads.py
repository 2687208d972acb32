"""Payloads accept the values that their tables accept; every difference is found, and both sides are named."""

from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from api.app import load_facts, load_routers
from api.checks.payloads.check import check_payloads, undeclared_structs
from api.checks.payloads.pairs import SharedCheck, read_shared_checks, unmapped_checks
from api.child_profiles.schemas import NewChildProfile
from api.database.aliases import Connection
from api.database.queries import bound_queries
from api.facts import Exemption, Payload
from api.http.schemas import Input, TextList, TimeOfDay, decimal
from api.paths import ROOT

load_routers()  # declares all statements
FACTS: Final = load_facts()
BY_NAME: Final = {payload.struct.__name__: payload for payload in FACTS.payloads}


@pytest.fixture
async def altered(database: Connection) -> AsyncIterator[Connection]:
    """A connection whose changes are rolled back, to tables without rows of other tests."""
    transaction = database.transaction()
    await transaction.start()
    await database.execute("truncate users cascade")
    yield database
    await transaction.rollback()


async def faults_of(connection: Connection, field: str) -> list[str]:
    """Faults of a field, `Struct.name`."""
    struct, _, name = field.partition(".")
    payload = BY_NAME[struct]
    others = {each: "" for each in payload.struct.__struct_fields__ if each != name}
    alone = msgspec.structs.replace(payload, unwritten=others)
    exemptions = [each for each in FACTS.exemptions if each.field == field]
    return [fault.what for fault in await check_payloads(connection, [alone], exemptions)]


async def test_the_tree_has_no_faults(database: Connection) -> None:
    assert await check_payloads(database, FACTS.payloads, FACTS.exemptions) == []
    assert undeclared_structs(bound_queries(), FACTS) == []


def whole(least: int, most: int) -> Any:
    return Annotated[int, Meta(ge=least, le=most)]


def text(length: int) -> Any:
    return Annotated[str, Meta(max_length=length)]


def level(*more: str) -> Any:
    return Literal[("first_time", "experienced", "multiple_children", *more)]


def check(table: str, column: str, condition: str) -> str:
    name = f"{table}_{column}_check"
    return f"alter table {table} drop constraint {name}, add constraint {name} check ({condition})"


def title(length: int) -> str:
    return check("parenting_goals", "title", f"length(title) <= {length} and not is_blank(title)")


def needs(items: int, length: int) -> str:
    return check("child_profiles", "special_needs", f"is_text_list(special_needs, {items}, {length})")


def age(condition: str) -> str:
    return check("child_profiles", "age", f"age {condition}")


def alter(table: str, column: str, action: str) -> str:
    return f"alter table {table} alter column {column} {action}"


def stress_levels(*labels: str) -> str:
    """Change the column to an enum with these labels."""
    change = alter("parent_profiles", "stress_level", "")
    return (
        f"create type other_level as enum ({', '.join(map(repr, labels))}); {change} drop default;"
        f" {change} type other_level using 'low'::other_level; {change} set default 'moderate'"
    )


@pytest.mark.parametrize(
    ("sql", "field", "says"),
    [
        # Lengths.
        (title(100), "NewParentingGoal.title", "takes a text of 101 characters (str min_length 1, max_length 200,"),
        (title(100), "Goals.long_term", "parenting_goals.title doesn't (parenting_goals_title_check CHECK (((length("),
        (title(199), "Goals.short_term", "takes a text of 200 characters"),
        (title(201), "ParentingGoalPatch.title", "doesn't take a text of 201 characters"),
        (title(1000), "ParentingGoalPatch.title", "doesn't take a text of 201 characters"),
        (
            check("parenting_goals", "title", "octet_length(title) <= 200 and not is_blank(title)"),
            "NewParentingGoal.title",
            "takes a text of 101 characters of two bytes",
        ),
        (
            "alter table child_profiles drop constraint child_profiles_name_check",
            "Child.name",
            "doesn't take '' (str min_length 1, max_length 100, pattern \\S), and child_profiles.name does (no check)",
        ),
        (
            check("email_confirmations", "email", r"length(email) between 3 and 320 and email ~ '^[^@\s]+@[^@\s]+$'"),
            "UserPatch.email",
            "doesn't take an e-mail address of 255 characters",
        ),
        (check("users", "username", "length(username) < 100"), "Registration.username", "takes a text of 100 char"),
        # Patterns.
        (check("users", "profile_picture", "length(profile_picture) < 2049"), "UserPatch.profile_picture", "take ''"),
        (
            check("users", "profile_picture", "length(profile_picture) <= 2048 and profile_picture ~ '^https://'"),
            "UserPatch.profile_picture",
            "takes 'http://'",
        ),
        (
            check(
                "parent_profiles", "preferred_language", "preferred_language ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'"
            ),
            "NewParentProfile.preferred_language",
            "doesn't take a language tag of 36 characters",
        ),
        (
            check("parenting_goals", "status", "status ~ '^[a-z][a-z0-9_]{0,49}$'"),
            "NewParentingGoal.status",
            "take 'a1'",
        ),
        # Ranges.
        (age("between 0 and 17"), "NewChildProfile.age", "takes 18 (int ge 0, le 18)"),
        (age("between 1 and 18"), "Child.age", "takes 0"),
        (age("between 0 and 21"), "ChildProfilePatch.age", "doesn't take 19"),
        (age("< 19"), "NewChildProfile.age", "doesn't take -1"),
        (
            check("parent_profiles", "current_onboarding_step", "current_onboarding_step between 0 and 5"),
            "OnboardingStep.step",
            "doesn't take 5",
        ),
        # Lists.
        (needs(49, 200), "NewChildProfile.special_needs", "takes a list of 50 (list max_length 50 of str max_length"),
        (needs(51, 200), "ChildProfilePatch.special_needs", "doesn't take a list of 51"),
        (needs(50, 150), "Child.special_needs", "takes a list of a text of 151 characters"),
        (
            "alter table child_profiles add check (octet_length(special_needs::text) <= 40000)",
            "NewChildProfile.special_needs",
            "takes a list of 50 texts of 200 characters of four bytes",
        ),
        (needs(50, 300), "Child.special_needs", "doesn't take a list of a text of 201 characters"),
        (
            check("parent_profiles", "support_network", "cardinality(support_network) <= 50"),
            "StressAssessment.support_network",
            "doesn't take a list of null",
        ),
        # Moments and objects.
        (
            "alter table child_profiles drop constraint child_profiles_last_assessment_check",
            "NewChildProfile.last_assessment",
            "doesn't take 'infinity'",
        ),
        (
            check("child_profiles", "routines", "octet_length(routines::text) <= 131072"),
            "ChildProfilePatch.routines",
            "doesn't take a list",
        ),
        (
            check("child_profiles", "routines", "jsonb_typeof(routines) = 'object'"),
            "NewChildProfile.routines",
            "doesn't take an object of 2 MB",
        ),
        (
            check("child_profiles", "routines", "jsonb_typeof(routines) = 'object' and length(routines::text) < 90001"),
            "NewChildProfile.routines",
            "doesn't take an object of 90000 bytes",
        ),
        # Labels.
        (
            stress_levels("low", "moderate", "high", "very_high", "extreme"),
            "ParentProfilePatch.stress_level",
            "doesn't take 'extreme' (literal values ('high', 'low', 'moderate', 'very_high')), and",
        ),
        (
            stress_levels("low", "moderate", "high"),
            "NewParentProfile.stress_level",
            """doesn't (invalid input value for enum other_level: "very_high")""",
        ),
        # Null.
        (
            alter("child_profiles", "development_notes", "set not null"),
            "ChildProfilePatch.development_notes",
            "may be null, and child_profiles.development_notes is not null",
        ),
        (
            "alter table parent_profiles add constraint told check (bio is not null)",
            "NewParentProfile.bio",
            "may be null, and parent_profiles.bio is not null",
        ),
        (
            alter("child_profiles", "age", "drop not null"),
            "ChildProfilePatch.age",
            "may not be null, and child_profiles.age may",
        ),
        # Defaults.
        (
            alter("parenting_goals", "priority", "set default 1"),
            "NewParentingGoal.priority",
            "is 0 where it's absent, and parenting_goals.priority has the default 1",
        ),
        (
            alter("parenting_goals", "description", "drop default"),
            "NewParentingGoal.description",
            """is "" where it's absent, and parenting_goals.description has no default""",
        ),
        (alter("child_profiles", "age", "set default 4"), "NewChildProfile.age", "is required, and child_profiles.age"),
        (
            alter("child_profiles", "development_notes", "set default '-'"),
            "NewChildProfile.development_notes",
            'is null where it\'s absent, and child_profiles.development_notes has the default "-"',
        ),
        (
            "alter table child_profiles rename column development_notes to notes",
            "ChildProfilePatch.development_notes",
            "child_profiles has no column development_notes",
        ),
    ],
)
async def test_finds_what_a_migration_changes(sql: str, field: str, says: str, altered: Connection) -> None:
    assert await faults_of(altered, field) == []
    await altered.execute(sql)
    faults = await faults_of(altered, field)
    assert any(says in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("column", "field", "says"),
    [
        ("child_profiles.age", ("age", whole(0, 18)), None),
        ("child_profiles.age", ("age", whole(0, 21)), "takes 19"),
        ("child_profiles.age", ("age", whole(1, 18)), "doesn't take 0"),
        ("child_profiles.age", ("age", whole(0, 18) | None), "may be null"),
        ("child_profiles.age", ("age", whole(0, 18), 4), "is 4 where it's absent"),
        (
            "child_profiles.age",
            ("age", whole(0, 18) | UnsetType, UNSET),
            "may be absent, and child_profiles.age has no d",
        ),
        ("parenting_goals.priority", ("priority", whole(0, 100) | UnsetType, UNSET), None),
        ("child_profiles.development_notes", ("development_notes", text(10_000) | UnsetType, UNSET), "may not be null"),
        ("child_profiles.special_needs", ("special_needs", TextList, []), None),
        ("child_profiles.special_needs", ("special_needs", TextList), "is required"),
        ("child_profiles.special_needs", ("special_needs", list[str], []), "takes a list of 51"),
        ("parenting_goals.description", ("description", text(5000), ""), None),
        ("parenting_goals.description", ("description", text(5000), "-"), 'is "-" where it\'s absent'),
        ("parenting_goals.description", ("description", text(5001), ""), "takes a text of 5001 characters"),
        ("parenting_goals.description", ("description", text(500), ""), "doesn't take a text of 501 characters"),
        ("parenting_goals.title", ("title", text(200)), "takes ''"),
        ("parent_profiles.experience_level", ("experience_level", level(), "first_time"), None),
        ("parent_profiles.experience_level", ("experience_level", level("old"), "first_time"), "takes 'old'"),
        ("parent_profiles.experience_level", ("experience_level", level(), "experienced"), 'the default "first_time"'),
        ("parent_profiles.stress_level", ("stress_level", Literal["low", "moderate"], "moderate"), "take 'high'"),
    ],
)
async def test_finds_what_a_struct_changes(
    column: str, field: tuple[Any, ...], says: str | None, database: Connection
) -> None:
    struct = msgspec.defstruct("Planted", [field], bases=(Input,))
    faults = await check_payloads(database, [Payload(struct, column.partition(".")[0])], ())
    if says is None:
        assert faults == []
    else:
        assert any(says in fault.what and column in fault.what for fault in faults), faults


@pytest.mark.parametrize(
    ("field", "says"),
    [
        (("development_notes", text(10_000) | UnsetType | None, UNSET), None),
        (("development_notes", text(10_000) | UnsetType | None, None), "is null where it's absent, and"),
        (
            ("special_needs", TextList | UnsetType, []),
            "is [] where it's absent, and child_profiles.special_needs stays",
        ),
        (("age", whole(0, 18)), "is required, and child_profiles.age stays as it is where a patch doesn't name it"),
    ],
)
async def test_finds_a_patch_that_changes_what_it_does_not_name(
    field: tuple[Any, ...], says: str | None, database: Connection
) -> None:
    struct = msgspec.defstruct("Planted", [field], bases=(Input,))
    faults = await check_payloads(database, [Payload(struct, "child_profiles", is_patch=True)], ())
    if says is None:
        assert faults == []
    else:
        [fault] = faults
        assert says in fault.what


class Nap(msgspec.Struct):
    born: date
    weight: Annotated[Decimal, decimal(3, 3, description="Kilograms.")]
    woken: TimeOfDay = time(7)
    lasted: timedelta = timedelta()
    device: UUID | None = None
    days: Annotated[list[date], Meta(max_length=3)] = []
    is_short: bool = False


NAPS: Final = """
create table naps (
  born date not null check (born between '0001-01-01' and '9999-12-31'),
  weight numeric(6, 3) not null check (weight >= 0),
  woken time not null default '07:00' check (woken < '24:00'),
  lasted interval not null default '0' check (isfinite(lasted)),
  device uuid,
  days date[] not null default '{}' check (
    cardinality(days) <= 3 and array_position(days, null) is null and array_ndims(days) = 1
  ),
  is_short boolean not null default false
)
"""


@pytest.mark.parametrize(
    ("right", "wrong", "field", "says"),
    [
        ("", "", "", ""),
        (
            "numeric(6, 3)",
            "numeric(6, 2)",
            "weight",
            "takes '9.999' (decimal), and naps.weight doesn't (it is rounded)",
        ),
        (
            "numeric(6, 3)",
            "numeric(5, 3)",
            "weight",
            "takes '999' (decimal), and naps.weight doesn't (numeric field over",
        ),
        (" check (weight >= 0)", "", "weight", "doesn't take '-9' (decimal), and naps.weight does (no check)"),
        ("'9999-12-31'", "'2999-12-31'", "born", "takes '9999-12-31' (date), and naps.born doesn't"),
        (" check (woken < '24:00')", "", "woken", "doesn't take '24:00:00' (time), and naps.woken does (no check)"),
        (
            "default '07:00'",
            "default '08:00'",
            "woken",
            'is "07:00:00" where it\'s absent, and naps.woken has the default',
        ),
        (
            "default '0'",
            "default '1 hour'",
            "lasted",
            'is "P0D" where it\'s absent, and naps.lasted has the default "PT1H"',
        ),
        (" check (isfinite(lasted))", "", "lasted", "doesn't take 'infinity' (timedelta), and naps.lasted does"),
        ("<= 3", "<= 4", "days", "doesn't take a list of 4 (list max_length 3 of date), and naps.days does"),
        ("device uuid", "device uuid not null", "device", "may be null, and naps.device is not null"),
    ],
)
async def test_types_of_other_kinds(altered: Connection, right: str, wrong: str, field: str, says: str) -> None:
    assert right in NAPS
    await altered.execute(NAPS.replace(right, wrong, 1))
    found = await check_payloads(altered, [Payload(Nap, "naps")], [])
    assert {fault.statement for fault in found} == ({f"Nap.{field}"} if field else set()), found
    assert any(says in fault.what for fault in found) or not says, found


async def test_a_reference_takes_no_value_but_a_key(altered: Connection) -> None:
    await altered.execute(
        "create table toys (child_id bigint, owner_id bigint, foreign key (owner_id) references users (id))"
    )
    ids = Annotated[int, Meta(ge=1, le=2**63 - 1)]
    for column, differs in (("owner_id", False), ("child_id", True)):
        payload = Payload(msgspec.defstruct("Toy", [(column, ids | None, None)]), "toys")
        faults = await check_payloads(altered, [payload], ())
        assert [fault.statement for fault in faults] == [f"Toy.{column}"] * differs


async def test_a_fault_says_where_the_field_stands(altered: Connection) -> None:
    await altered.execute(age("between 0 and 17"))
    faults = await check_payloads(altered, [BY_NAME["NewChildProfile"]], FACTS.exemptions)
    [fault] = [fault for fault in faults if fault.statement == "NewChildProfile.age"]
    path = "api/child_profiles/schemas.py"
    assert fault.file == ROOT / path
    assert (ROOT / path).read_text().splitlines()[fault.line - 1].strip() == "age: Age"
    assert str(fault).startswith(f"{path}:{fault.line}: NewChildProfile.age: takes 18 ")


@pytest.mark.parametrize("values", [(), ("'x'",)])
async def test_an_exemption_that_nothing_needs_is_a_fault(values: tuple[str, ...], database: Connection) -> None:
    payload = Payload(msgspec.defstruct("Planted", [("age", whole(0, 18))]), "child_profiles")
    needless = Exemption("Planted.age", "table takes", "because", values)
    [fault] = await check_payloads(database, [payload], [needless])
    assert "Planted.age: needs no exemption where table takes" in str(fault)


def test_a_struct_that_is_not_listed_is_a_fault() -> None:
    class Stranger(Input):
        name: str

    [query, *_] = [each for each in bound_queries() if each.parameters.get("child") is NewChildProfile]
    for hint in (Stranger, list[Stranger]):
        stranger: Any = SimpleNamespace(statement=query.statement, parameters={"child": hint})
        [fault] = undeclared_structs([stranger], FACTS)
        assert "takes Stranger, and no feature says what table it fills: add Payload(Stranger, " in str(fault)


async def test_checks_over_several_fields_are_mapped(database: Connection) -> None:
    queries = bound_queries()
    payloads = FACTS.payloads
    checks = await read_shared_checks(database)
    assert len(checks) > 5
    assert unmapped_checks(checks, payloads, queries) == []
    planted = SharedCheck("child_profiles", "child_profiles_age_check", frozenset({"age", "last_assessment"}))
    found = unmapped_checks([planted], payloads, queries)
    assert {fault.statement for fault in found} == {"add_child_profile", "add_child_profiles", "update_child_profile"}
    assert {fault.what for fault in found} == {
        (
            "map child_profiles_age_check to a problem in the constraints of its `bind`:"
            " age and last_assessment that are right alone can break it together"
        )
    }
    mapped = planted._replace(name="child_profiles_routines_check")
    assert unmapped_checks([mapped], payloads, queries) == []
