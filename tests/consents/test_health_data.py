"""Health-related data is taken from who agrees, or was never asked, and from nobody else."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import asyncpg
import httpx
import pytest

from api.database.aliases import Connection
from api.suggestions.queries import sql as suggestions
from api.suggestions.suggesting import make_all
from tests.accounts import Accounts, Parent
from tests.consents.test_answers import CONSENTS, HEALTH, decline, register
from tests.waiting import until_waiting

# How each column is written over HTTP: by what call, and what its field is called in the refusal.
COLUMNS: Final = """
select c.relname || '.' || a.attname as name
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
 where c.relnamespace = 'public'::regnamespace
   and col_description(c.oid, a.attnum) like '[health-related]%'
"""
MOMENT: Final = "2026-03-01T09:00:00Z"
CHILD: Final[dict[str, Any]] = {
    "specialNeeds": ["slaapt licht"],
    "routines": {"bed": "19:00"},
    "developmentNotes": "Fietst al",
    "lastAssessment": MOMENT,
}
PROFILE: Final[dict[str, Any]] = {
    "stressLevel": "high",
    "primaryConcerns": ["slapen"],
    "supportNetwork": ["oma"],
    "bio": "Moeder van twee",
}
PARTS: Final[dict[str, dict[str, Any]]] = {
    "stressAssessment/stressLevel": {"stressAssessment": {"stressLevel": "high"}},
    "stressAssessment/primaryConcerns": {"stressAssessment": {"primaryConcerns": ["slapen"]}},
    "stressAssessment/supportNetwork": {"stressAssessment": {"supportNetwork": ["oma"]}},
    "childProfiles/0/specialNeeds": {"childProfiles": [{"name": "Bram", "age": 4, "specialNeeds": ["slaapt licht"]}]},
    "goals/shortTerm": {"goals": {"shortTerm": ["Samen eten"]}},
    "goals/longTerm": {"goals": {"longTerm": ["Meer rust"]}},
    "goals/supportAreas": {"goals": {"supportAreas": ["slapen"]}},
}
COMPLETE: Final[dict[str, Any]] = {
    "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"},
    "stressAssessment": {"stressLevel": "moderate", "primaryConcerns": [], "supportNetwork": []},
    "childProfiles": [{"name": "Bram", "age": 4, "specialNeeds": []}],
    "goals": {"shortTerm": [], "longTerm": [], "supportAreas": [], "communicationPreference": "e-mail"},
}
KEPT: Final = {"name": "Mila", "age": 2}
# What is left of each column when there is nothing in it, as JSON; a table that isn't here has no rows left.
NOTHING: Final = {
    "child_profiles": ["[]", "{}", "null"],
    "parent_profiles": ["[]", '"moderate"', "null", '{"goals": {}, "basicInfo": {"parentType": "mom"}}'],
}
PATCHED: Final = "/api/child-profiles/{child}"


def refused(answer: httpx.Response) -> list[str]:
    """Pointers of the fields for which consent is missing."""
    document = answer.json()
    assert (answer.status_code, document["code"]) == (403, "consent_required"), document
    assert document["message"].startswith("Gegevens over gezondheid en welzijn bewaren we alleen met je toestemming.")
    return [error["pointer"] for error in document["errors"]]


async def child_of(parent: Parent) -> int:
    answer = await parent.client.post("/api/child-profiles", json=KEPT)
    assert answer.status_code == 201
    return int(answer.json()["id"])


@pytest.mark.parametrize("field", CHILD)
async def test_a_childs_fields_take_consent(accounts: Accounts, field: str) -> None:
    parent = await accounts.parent()
    await decline(parent)
    client, child = parent.client, await child_of(parent)
    content = {field: CHILD[field]}
    for answer in (
        await client.post("/api/child-profiles", json=KEPT | content),
        await client.post("/api/child-profiles/batch", json=[KEPT, KEPT | content]),
        await client.patch(PATCHED.format(child=child), json={"name": "Bo"} | content),
    ):
        assert refused(answer) == [f"/{field}"]
    # Without that field, or with nothing in it, the rest is taken.
    empty: dict[str, Any] = {"specialNeeds": [], "routines": {}, "developmentNotes": None, "lastAssessment": None}
    assert (await client.patch(PATCHED.format(child=child), json={"name": "Bo"} | empty)).status_code == 200
    assert (await client.post("/api/child-profiles/batch", json=[KEPT, KEPT | empty])).status_code == 201
    assert (await client.post(CONSENTS, json=HEALTH)).status_code == 201
    answer = await client.patch(PATCHED.format(child=child), json=content)
    assert answer.json()[field] == CHILD[field]


@pytest.mark.parametrize("field", PROFILE)
async def test_fields_of_the_profile_take_consent(accounts: Accounts, field: str) -> None:
    parent = await accounts.parent()
    await decline(parent)
    content = {"name": "Noor", field: PROFILE[field]}
    for call in (parent.client.put, parent.client.patch):
        assert refused(await call("/api/parent-profile", json=content)) == [f"/{field}"]
        rest = {"name": "Noor", "experienceLevel": "experienced"}
        assert (await call("/api/parent-profile", json=rest)).status_code == 200
    assert (await parent.client.post(CONSENTS, json=HEALTH)).status_code == 201
    assert (await parent.client.patch("/api/parent-profile", json=content)).status_code == 200


async def test_a_first_profile_takes_consent_too(client: httpx.AsyncClient) -> None:
    await register(client, [])
    content = {"name": "Noor", "bio": "Moeder van twee"}
    assert refused(await client.put("/api/parent-profile", json=content)) == ["/bio"]
    assert (await client.get("/api/profile")).status_code == 404
    assert (await client.put("/api/parent-profile", json={"name": "Noor"})).status_code == 201
    assert refused(await client.put("/api/parent-profile", json=content)) == ["/bio"]


async def test_goals_take_consent(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await decline(parent)
    goal = {"title": "Samen eten"}
    assert refused(await parent.client.post("/api/parenting-goals", json=goal)) == ["/title"]
    both = goal | {"description": "Elke dag"}
    assert refused(await parent.client.post("/api/parenting-goals/batch", json=[both])) == ["/title", "/description"]
    assert (await parent.client.post(CONSENTS, json=HEALTH)).status_code == 201
    assert (await parent.client.post("/api/parenting-goals", json=goal)).status_code == 201


@pytest.mark.parametrize("completed", [False, True])
async def test_parts_of_the_onboarding_take_consent(accounts: Accounts, *, completed: bool) -> None:
    parent = await accounts.parent(completed=completed)
    await decline(parent)
    for part, data in PARTS.items():
        answer = await parent.client.post("/api/onboarding/progress", json={"step": 2, "data": data})
        assert refused(answer) == [f"/data/{part}"]
        name = part.split("/")[0]
        whole = COMPLETE | {name: COMPLETE[name] | data[name] if isinstance(data[name], dict) else data[name]}
        assert refused(await parent.client.post("/api/onboarding/complete", json=whole)) == [f"/{part}"]
    saved = await parent.client.post("/api/onboarding/progress", json={"step": 3, "data": COMPLETE})
    assert saved.status_code == 200
    assert (await parent.client.post("/api/onboarding/complete", json=COMPLETE)).status_code == 200
    read = (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]
    assert [child["name"] for child in read["childProfiles"]] == ["Bram"]
    # As the client does, which posts everything that it holds.
    assert (await parent.client.post("/api/onboarding/progress", json={"step": 4, "data": read})).status_code == 200


async def test_what_a_tab_holds_from_before_is_refused(accounts: Accounts) -> None:
    parent = await accounts.parent(completed=False)
    data = COMPLETE | PARTS["goals/shortTerm"]
    assert (await parent.client.post("/api/onboarding/complete", json=data)).status_code == 200
    held = (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]
    await decline(parent)
    answer = await parent.client.post("/api/onboarding/progress", json={"step": 4, "data": held})
    assert refused(answer) == ["/data/goals/shortTerm"]


async def fill(parent: Parent, database: Connection) -> None:
    """Have content in every health-related column of a family."""
    client = parent.client
    document = COMPLETE
    for part in PARTS.values():
        for name, fields in part.items():
            document = document | {name: document[name] | fields if isinstance(fields, dict) else fields}
    for path, body in (("progress", {"step": 1, "data": document}), ("complete", document)):
        assert (await client.post(f"/api/onboarding/{path}", json=body)).status_code == 200
    held = (await client.get("/api/onboarding/progress")).json()["onboardingData"]
    held["basicInfo"]["name"] = "Sanne"
    assert (await client.post("/api/onboarding/progress", json={"step": 4, "data": held})).status_code == 200
    assert (await client.patch("/api/parent-profile", json=PROFILE)).status_code == 200
    assert (await client.post("/api/child-profiles", json=KEPT | CHILD)).status_code == 201
    goal = {"title": "Samen eten", "description": "Elke dag"}
    assert (await client.post("/api/parenting-goals", json=goal)).status_code == 201
    await database.execute(
        "insert into suggestions (parent_profile_id, slug, relevance, feedback, expires_at)"
        " select $1, min(slug), 50, 'Fijn', now() + interval '1 day' from library_suggestions",
        parent.parent_profile_id,
    )
    await database.execute(
        "update parent_profiles set profile_embedding = array_fill(1, array[3072])::halfvec(3072),"
        " profile_embedding_model = 'm', profile_embedding_digest = 'd' where id = $1",
        parent.parent_profile_id,
    )


async def contents(database: Connection, parent: Parent) -> dict[str, list[str]]:
    """Values of the family's health-related columns, as JSON."""
    found = {}
    for (name,) in await database.fetch(COLUMNS):
        table, column = name.split(".")
        owner = "id" if table == "parent_profiles" else "parent_profile_id"
        rows = await database.fetch(
            f"select to_jsonb(one) -> '{column}' from {table} as one where {owner} = $1", parent.parent_profile_id
        )
        found[name] = [value for (value,) in rows]
    return found


async def test_a_withdrawal_removes_what_is_in_every_health_related_column(
    accounts: Accounts, database: Connection
) -> None:
    parent, other = await accounts.parent(completed=False), await accounts.parent(completed=False)
    for family in (parent, other):
        assert (await family.client.post(CONSENTS, json=HEALTH)).status_code == 201
        await fill(family, database)
    before, others = await contents(database, parent), await contents(database, other)
    for name, values in before.items():
        nothing = NOTHING.get(name.split(".")[0], [])
        assert set(values) - set(nothing), name
    await decline(parent)
    for name, values in (await contents(database, parent)).items():
        assert set(values) <= set(NOTHING.get(name.split(".")[0], [])), name
    assert await contents(database, other) == others
    children = (await parent.client.get("/api/child-profiles")).json()["items"]
    assert [child["name"] for child in children] == ["Bram", "Mila"]
    profile = (await parent.client.get("/api/profile")).json()
    assert (profile["name"], profile["completedOnboarding"]) == ("Sanne", True)


async def test_a_withdrawal_removes_first_answers_and_no_repetition_is_done_again(
    accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()

    async def call(path: str, body: dict[str, Any], key: str) -> tuple[int, str | None]:
        answer = await parent.client.post(path, json=body, headers={"Idempotency-Key": key})
        return answer.status_code, answer.json().get("code")

    calls = ((CONSENTS, HEALTH, "consent"), ("/api/child-profiles", KEPT | CHILD, "child"))
    assert [await call(*each) for each in calls] == [(201, None)] * 2
    await decline(parent)
    assert [await call(*each) for each in calls] == [(409, "request_in_progress")] * 2
    kept = "select count(sealed_answer) from idempotency_keys where user_id = $1"
    assert await database.fetchval(kept, parent.user_id) == 0
    assert (await parent.client.get(CONSENTS)).json()["items"][0]["withdrawnAt"] is not None


async def test_a_document_that_is_not_complete_keeps_the_rest(accounts: Accounts) -> None:
    parent = await accounts.parent(completed=False)
    data = COMPLETE | PARTS["childProfiles/0/specialNeeds"] | PARTS["stressAssessment/stressLevel"]
    assert (await parent.client.post("/api/onboarding/progress", json={"step": 3, "data": data})).status_code == 200
    await decline(parent)
    read = (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]
    del read["revision"]
    assert read == {
        "basicInfo": COMPLETE["basicInfo"],
        "childProfiles": [{"name": "Bram", "age": 4}],
        "goals": {"communicationPreference": "e-mail"},
    }


async def test_the_web_clients_journey_is_as_before(client: httpx.AsyncClient) -> None:
    assert (await register(client)).json()["user"]["consentNeeded"] is True
    data = COMPLETE | PARTS["stressAssessment/stressLevel"] | PARTS["goals/shortTerm"]
    data["stressAssessment"] = PARTS["stressAssessment/stressLevel"]["stressAssessment"] | {
        "primaryConcerns": ["slapen"],
        "supportNetwork": ["oma"],
    }
    assert (await client.post("/api/onboarding/progress", json={"step": 3, "data": data})).status_code == 200
    saved = await client.post("/api/onboarding/complete", json=data)
    assert saved.json()["profile"]["stressLevel"] == "high"
    assert (await client.post("/api/child-profiles", json=KEPT | CHILD)).status_code == 201
    assert (await client.get("/api/user")).json()["consentNeeded"] is True


INSERT: Final = "insert into child_profiles (parent_profile_id, name, age, special_needs) values ($1, 'Bram', 4, '{x}')"
WRITES: Final[dict[str, Callable[[httpx.AsyncClient, int], Coroutine[Any, Any, httpx.Response]]]] = {
    "a child": lambda client, _: client.post("/api/child-profiles", json=KEPT | CHILD),
    "a child's change": lambda client, child: client.patch(PATCHED.format(child=child), json=CHILD),
    "the profile": lambda client, _: client.patch("/api/parent-profile", json=PROFILE),
    "a replaced profile": lambda client, _: client.put("/api/parent-profile", json=PROFILE | {"name": "Noor"}),
    "a goal": lambda client, _: client.post("/api/parenting-goals", json={"title": "Samen eten"}),
    "the onboarding": lambda client, _: client.post(
        "/api/onboarding/progress", json={"step": 4, "data": COMPLETE | PARTS["goals/shortTerm"]}
    ),
}
WITHDRAW: Final = "update consents set withdrawn_at = clock_timestamp() where user_id = $1 and withdrawn_at is null"


@pytest.mark.parametrize("is_first", [True, False])
async def test_no_write_slips_through_while_a_parent_withdraws(
    accounts: Accounts, database: Connection, *, is_first: bool
) -> None:
    parent = await accounts.parent()
    child = await child_of(parent)
    assert (await parent.client.post(CONSENTS, json=HEALTH)).status_code == 201
    if not is_first:
        # The family's numbers of rows are kept from its first row on.
        assert (await parent.client.post("/api/parenting-goals", json={"title": "Samen eten"})).status_code == 201
    for write in WRITES.values():
        async with database.transaction():
            await database.execute("select from users where id = $1 for update", parent.user_id)
            await database.execute(WITHDRAW, parent.user_id)
            call = asyncio.create_task(write(parent.client, child))
            await until_waiting(database)
        refused(await call)
        await assert_nothing_is_left(database, parent)
        assert (await parent.client.post(CONSENTS, json=HEALTH)).status_code == 201


async def test_a_withdrawal_removes_what_is_being_written(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    child = await child_of(parent)
    assert (await parent.client.post(CONSENTS, json=HEALTH)).status_code == 201
    for write in (
        INSERT,
        f"update child_profiles set development_notes = 'Fietst' where parent_profile_id = $1 and id = {child}",
        "insert into parenting_goals (parent_profile_id, title) values ($1, 'Samen eten')",
        "update parent_profiles set bio = 'Moeder' where id = $1",
    ):
        async with database.transaction():
            await database.execute(write, parent.parent_profile_id)
            call = asyncio.create_task(decline(parent))
            await until_waiting(database)
        await call
        await assert_nothing_is_left(database, parent)
        assert (await parent.client.post(CONSENTS, json=HEALTH)).status_code == 201


async def assert_nothing_is_left(database: Connection, parent: Parent) -> None:
    for name, values in (await contents(database, parent)).items():
        assert set(values) <= {*NOTHING.get(name.split(".")[0], []), '{"goals": {}, "basicInfo": {}}'}, name


# Made by the service, of who agrees.
MADE: Final = {
    "onboarding_merge_bases.revision",
    "parent_profiles.profile_embedding",
    "parent_profiles.profile_embedding_digest",
    "suggestions.feedback",
    "suggestions.relevance",
    "suggestions.slug",
}
CONTENT: Final = {
    "child_profiles.special_needs": "'{slaapt licht}'",
    "child_profiles.routines": "'{\"a\": 1}'",
    "child_profiles.development_notes": "'moderate'",
    "child_profiles.last_assessment": "now()",
    "parent_profiles.stress_level": "'low'",
    "parent_profiles.primary_concerns": "'{slapen}'",
    "parent_profiles.support_network": "'{oma}'",
    "parent_profiles.bio": "'moderate'",
    "parent_profiles.onboarding_data": '\'{"goals": {"supportAreas": ["slapen"]}}\'',
}


async def test_every_health_related_column_is_refused_without_consent(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await child_of(parent)
    await decline(parent)
    for (name,) in await database.fetch(COLUMNS):
        table, column = name.split(".")
        # Rows of goals, which have a title, are refused as such.
        if name in MADE or table == "parenting_goals":
            continue
        owner = "id" if table == "parent_profiles" else "parent_profile_id"
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await database.execute(
                f"update {table} set {column} = {CONTENT[name]} where {owner} = $1", parent.parent_profile_id
            )
        assert vars(caught.value)["constraint_name"] == "health_data_consent"


async def test_no_suggestions_are_made_without_consent(accounts: Accounts, database: Connection, pool: None) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    await decline(parent)
    await make_all(24, gently=False)
    counts = await database.fetch(
        "select id, changed_since_check, (select count(*) from suggestions where parent_profile_id = profile.id)"
        " from parent_profiles as profile where id = any($1) order by id",
        [parent.parent_profile_id, other.parent_profile_id],
    )
    assert [tuple(row)[1:] for row in counts] == [(False, 0), (False, 5)]
    rows = await suggestions.list_profiles_to_embed(count=1000, hours=0, model="m")
    assert parent.parent_profile_id not in [row.id for row in rows]


async def test_the_mark_of_who_declined_is_no_change_of_a_row(accounts: Accounts) -> None:
    """Triggers set it once a row is there: tags that clients were given hold, and so do those of a child's siblings."""
    parent = await accounts.parent(profile=False)
    await decline(parent)
    path = "/api/parent-profile"
    made = await parent.client.put(path, json={"name": "Noor"})
    first = await parent.client.post("/api/child-profiles", json=KEPT)
    await parent.client.post("/api/child-profiles", json=KEPT)
    for answer, at in ((made, path), (first, first.headers["location"])):
        read = await parent.client.get(at)
        assert (read.headers["etag"], read.json()) == (answer.headers["etag"], answer.json())
        changed = await parent.client.patch(at, json={"name": "Eva"}, headers={"If-Match": answer.headers["etag"]})
        assert changed.status_code == 200
    tags = [(await parent.client.get(at)).headers["etag"] for at in (path, first.headers["location"])]
    agreed = await parent.client.post(CONSENTS, json=HEALTH)
    assert agreed.status_code == 201, agreed.text
    assert [(await parent.client.get(at)).headers["etag"] for at in (path, first.headers["location"])] == tags
    # What a withdrawal removes is a change.
    await decline(parent)
    for at, tag in zip((path, first.headers["location"]), tags, strict=True):
        assert (await parent.client.get(at)).headers["etag"] != tag


async def test_who_declined_takes_a_child_back_that_was_added_by_mistake(accounts: Accounts) -> None:
    """The child isn't taken for one that another tab has changed since."""
    parent = await accounts.parent(profile=False)
    await decline(parent)
    assert (await parent.client.post("/api/onboarding/complete", json=COMPLETE)).status_code == 200
    read = (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]
    for children in ([*read["childProfiles"], {"name": "Mila", "age": 1}], read["childProfiles"]):
        body = {"step": 4, "data": read | {"childProfiles": children}}
        assert (await parent.client.post("/api/onboarding/progress", json=body)).status_code == 200
    names = [child["name"] for child in (await parent.client.get("/api/child-profiles")).json()["items"]]
    assert names == ["Bram"]
