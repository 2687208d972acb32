"""Limits of an onboarding: of the document, and of the children and goals that come from it."""

import json

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.family_resources.resources import check_problem
from tests.onboarding.documents import DOCUMENT, complete, save


async def test_completing_adds_no_more_than_a_family_may_have(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    many = DOCUMENT | {"childProfiles": [{"name": f"Kind {number}", "age": 4} for number in range(51)]}
    check_problem(await complete(parent, many), 409, "too_many_children")
    assert await database.fetchval("select count(*) from parent_profiles where user_id = $1", parent.user_id) == 0
    many = DOCUMENT | {"childProfiles": many["childProfiles"][:50]}
    answer = await complete(parent, many)
    assert answer.status_code == 200
    goals = {"shortTerm": [f"Kort {number}" for number in range(500)], "longTerm": [f"Lang {n}" for n in range(500)]}
    check_problem(await save(parent, {"goals": goals}), 409, "too_many_goals")
    again = many | {"childProfiles": [*many["childProfiles"], {"name": "Nog een", "age": 1}]}
    check_problem(await save(parent, again), 409, "too_many_children")
    assert "50" in (await save(parent, again)).json()["message"]


async def test_the_document_of_a_full_family_can_be_sent_back(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await database.execute(
        "insert into child_profiles (parent_profile_id, name, age)"
        " select $1, 'Kind ' || n, 4 from generate_series(1, 50) as n",
        parent.parent_profile_id,
    )
    await database.execute(
        "insert into parenting_goals (parent_profile_id, title, category)"
        " select $1, rpad('Doel ' || n, 200, '.'), 'short_term' from generate_series(1, 1000) as n",
        parent.parent_profile_id,
    )
    document = (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]
    assert (await save(parent, document | {"basicInfo": {"name": "Noor"}})).status_code == 200
    assert (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]["goals"] == document["goals"]


async def test_a_document_has_a_limit_in_the_database(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(completed=False)
    for part, text in (("a", "x" * 60_000), ("b", "x" * 60_000)):
        await database.execute(
            "update parent_profiles set onboarding_data = onboarding_data || $2 where user_id = $1",
            parent.user_id,
            json.dumps({part: text}),
        )
    goals = {"shortTerm": [f"{number}".ljust(200, ".") for number in range(100)]}
    check_problem(await save(parent, {"goals": goals}), 409, "onboarding_too_large")
    assert (await save(parent, {"goals": {"shortTerm": ["Samen eten"]}})).status_code == 200
