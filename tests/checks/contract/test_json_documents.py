"""JSON that statements build decodes as the declared struct, key by key and value by value."""

from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import pytest

from api.app import load_routers
from api.child_profiles.schemas import ChildProfile
from api.database.aliases import Connection
from api.database.connections import connect
from api.database.queries import bound_queries
from api.database.query import Query
from api.onboarding.schemas import (
    Child,
    CompleteBasicInfo,
    CompleteOnboardingDocument,
    CompleteStressAssessment,
    Goals,
    OnboardingDocument,
)
from api.parenting_goals.schemas import ParentingGoal
from api.users.family import user_document

load_routers()  # declares all statements

QUERIES: Final = {query.statement.name: query for query in bound_queries()}
# Quotes, characters that JSON and JavaScript escape, letters of several code points, and control characters.
NASTY: Final = "'\"\\/ \u2028\u2029 é😀 👩\u200d👩\u200d👧 \x01\x7f {} [] %s $1 :name <!-- </script> null"
FIRST_MOMENT: Final = "0001-01-01T00:00:00Z"
LAST_MOMENT: Final = "9999-12-31T23:59:59.999999Z"
ROUTINES: Final = {"": None, NASTY: [1, -1.5, 1e-7, 2**53 + 1, True, {NASTY: NASTY}, [], {}]}


@pytest.fixture
async def service(dsn: str) -> AsyncIterator[Connection]:
    """A connection like the service's; changes are rolled back."""
    connection = await connect(dsn)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def call(connection: Connection, name: str, **arguments: Any) -> list[Any]:
    """Rows of a statement, of their declared type."""
    query: Query = QUERIES[name]
    batch = query.statement.batch
    values = [[arguments[key]] if batch else arguments[key] for key in query.statement.parameters]
    rows = await connection.fetch(query.statement.text, *values)
    return [query.row_type(*[row[name] for name in query.row_type.__struct_fields__]) for row in rows]


def plain(value: Any) -> Any:
    """A value as a client reads it."""
    return msgspec.json.decode(msgspec.json.encode(value))


def keys(struct: Any) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


async def minimal_family(connection: Connection) -> tuple[int, int]:
    """User and profile in which all columns are null or empty if they can be."""
    user_id = await connection.fetchval(
        "insert into users (username, email, password) values ('bare', 'bare@example.org', '$argon2id$x') returning id"
    )
    profile_id = await connection.fetchval(
        "insert into parent_profiles (user_id, name, completed_onboarding, onboarding_data)"
        " values ($1, 'N', true, $2) returning id",
        user_id,
        {},
    )
    return user_id, profile_id


async def full_family(connection: Connection) -> tuple[int, int]:
    """User and profile with every column filled, no two of a type with the same value."""
    user_id = await connection.fetchval(
        "insert into users (username, email, password, profile_picture)"
        " values ($1, 'full@example.org', '$argon2id$x', 'https://example.org/' || $2) returning id",
        NASTY,
        NASTY,
    )
    profile_id = await connection.fetchval(
        "insert into parent_profiles (user_id, name, email, stress_level, experience_level, primary_concerns,"
        " support_network, bio, preferred_language, communication_preference, completed_onboarding,"
        " current_onboarding_step, onboarding_data, last_suggestion_check)"
        " values ($1, $2, 'é@ü', 'very_high', 'experienced', $3, $4, $2 || 'bio', 'nl-Latn', $2 || 'mail', true, 4, $5,"
        f" '{FIRST_MOMENT}') returning id",
        user_id,
        NASTY,
        [NASTY, "", "null", "a,b"],
        ["a,b", NASTY],
        {"basicInfo": {"parentType": "other"}, "goals": {"supportAreas": [NASTY, ""]}},
    )
    return user_id, profile_id


async def add_full_rows(connection: Connection, profile_id: int) -> None:
    """Children and goals with every column filled, no two of a type with the same value."""
    for moment, other in ((FIRST_MOMENT, LAST_MOMENT), (LAST_MOMENT, FIRST_MOMENT)):
        await connection.execute(
            "insert into child_profiles (parent_profile_id, name, age, special_needs, routines, development_notes,"
            f" last_assessment, created_at) values ($1, $2, 18, $3, $4, $2 || 2, '{moment}', '2026-01-01 00:00:00.1Z')",
            profile_id,
            NASTY,
            [NASTY, ""],
            ROUTINES,
        )
        for category in ("short_term", "long_term", NASTY[:50]):
            await connection.execute(
                "insert into parenting_goals (parent_profile_id, title, description, category, priority, status,"
                " target_date, achieved_date, created_at) values ($1, $2, $2 || 2, $3, 100, 'achieved',"
                f" '{moment}', '{other}', '2026-01-01 00:00:00.1Z')",
                profile_id,
                NASTY,
                category,
            )


async def add_minimal_rows(connection: Connection, profile_id: int) -> None:
    """Children and goals with required values only."""
    await connection.execute(
        "insert into child_profiles (parent_profile_id, name, age) values ($1, 'B', 0)", profile_id
    )
    await connection.execute(
        "insert into parenting_goals (parent_profile_id, title, category, status) values ($1, 'T', 'short_term', 'a')",
        profile_id,
    )


@pytest.mark.parametrize("family", [minimal_family, full_family])
@pytest.mark.parametrize("rows", [[], [add_minimal_rows], [add_full_rows, add_minimal_rows]])
async def test_the_family_document_matches_the_lists(family: Any, rows: list[Any], service: Connection) -> None:
    user_id, profile_id = await family(service)
    for add in rows:
        await add(service, profile_id)
    [row] = await call(service, "get_family", user_id=user_id, with_children=True, with_goals=True)
    page = {"parent_profile_id": profile_id, "after": 0, "count": 100}
    children = plain(await call(service, "list_child_profiles", **page))
    goals = plain(await call(service, "list_parenting_goals", **page))
    assert bool(children) == bool(goals) == bool(rows)
    # As PostgreSQL writes them.
    assert all(child.keys() == keys(ChildProfile) for child in msgspec.json.decode(row.child_profiles))
    assert all(goal.keys() == keys(ParentingGoal) for goal in msgspec.json.decode(row.parenting_goals))
    # As the service sends them.
    document = plain(user_document(row, ["childProfiles", "parentingGoals"]))
    [profile] = plain(await call(service, "get_parent_profile", user_id=user_id))
    [user] = plain(await call(service, "get_user", user_id=user_id))
    # What a client should ask stands in the account alone.
    assert user.pop("consentNeeded") is True
    assert document == user | {"parentProfile": profile | {"childProfiles": children, "parentingGoals": goals}}


@pytest.mark.parametrize("rows", [[], [add_minimal_rows], [add_full_rows, add_minimal_rows]])
async def test_a_minimal_onboarding(rows: list[Any], service: Connection) -> None:
    user_id, profile_id = await minimal_family(service)
    for add in rows:
        await add(service, profile_id)
    [progress] = await call(service, "get_onboarding_progress", user_id=user_id)
    document = msgspec.json.decode(progress.onboarding_data)
    assert document.keys() == keys(OnboardingDocument)
    assert document["basicInfo"].keys() == keys(CompleteBasicInfo) - {"parentType", "email"}
    assert document["stressAssessment"].keys() == keys(CompleteStressAssessment)
    assert document["goals"].keys() == keys(Goals) - {"communicationPreference"}
    await holds(progress.onboarding_data, OnboardingDocument, user_id, profile_id, service)


@pytest.mark.parametrize("rows", [[], [add_minimal_rows], [add_full_rows, add_minimal_rows]])
async def test_a_full_onboarding(rows: list[Any], service: Connection) -> None:
    user_id, profile_id = await full_family(service)
    for add in rows:
        await add(service, profile_id)
    [progress] = await call(service, "get_onboarding_progress", user_id=user_id)
    document = msgspec.json.decode(progress.onboarding_data)
    assert document.keys() == keys(CompleteOnboardingDocument)
    assert document["basicInfo"].keys() == keys(CompleteBasicInfo)
    assert document["stressAssessment"].keys() == keys(CompleteStressAssessment)
    assert document["goals"].keys() == keys(Goals)
    assert all(child.keys() == keys(Child) for child in document["childProfiles"])
    await holds(progress.onboarding_data, CompleteOnboardingDocument, user_id, profile_id, service)
    assert document["basicInfo"]["parentType"] == "other"
    assert document["goals"]["supportAreas"] == [NASTY, ""]


async def holds(onboarding_data: Any, struct: Any, user_id: int, profile_id: int, connection: Connection) -> None:
    """Assert that a document decodes as a struct, and has the values of the rows."""
    document = msgspec.json.decode(onboarding_data, type=struct)
    page = {"parent_profile_id": profile_id, "after": 0, "count": 100}
    [profile] = await call(connection, "get_parent_profile", user_id=user_id)
    children = await call(connection, "list_child_profiles", **page)
    goals = await call(connection, "list_parenting_goals", **page)
    basic_info, assessment = document.basic_info, document.stress_assessment
    assert (basic_info.name, basic_info.experience_level) == (profile.name, profile.experience_level)
    assert assessment.stress_level == profile.stress_level
    assert assessment.primary_concerns == profile.primary_concerns
    assert assessment.support_network == profile.support_network
    assert (document.goals.communication_preference or None) == profile.communication_preference
    assert document.child_profiles == [
        Child(child.name, child.age, child.special_needs, child.id) for child in children
    ]
    for titles, category in ((document.goals.short_term, "short_term"), (document.goals.long_term, "long_term")):
        assert titles == [goal.title for goal in goals if goal.category == category]


async def test_an_onboarding_under_way_decodes_as_it_was_saved(service: Connection) -> None:
    user_id, _ = await full_family(service)
    saved = msgspec.json.encode({"childProfiles": [], "basicInfo": {"name": NASTY}, "goals": {"longTerm": [NASTY]}})
    await service.execute(
        "update parent_profiles set completed_onboarding = false, onboarding_data = $2 where user_id = $1",
        user_id,
        msgspec.Raw(saved),
    )
    [progress] = await call(service, "get_onboarding_progress", user_id=user_id)
    decoded = msgspec.json.decode(progress.onboarding_data, type=OnboardingDocument)
    decoded.revision = msgspec.UNSET
    assert decoded == msgspec.json.decode(saved, type=OnboardingDocument)
