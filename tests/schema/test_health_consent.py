"""What is health-related is only kept of accounts that agree, or that were not asked yet."""

import json
from datetime import timedelta
from typing import Final

import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account, new_child, new_family, refused
from tests.statements import taken_back

CONSTRAINT: Final = "health_data_consent"
ANSWER: Final = (
    "insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)"
    " values ($1, $2, $3, case when $4 then now() end, case when not $4 then now() end)"
)
DOCUMENT: Final = {"stressAssessment": {"primaryConcerns": ["sleep"]}, "basicInfo": {"name": "Noor"}}


async def asked(database: Connection) -> int:
    """An account, and texts to be asked about."""
    await database.execute(
        "insert into consent_texts (purpose, version, in_force_at, title_nl, title_en, text_nl, text_en)"
        " select purpose, version, now(), 't', 't', 't', 't'"
        " from unnest('{health_data,terms}'::text[]) as purpose, generate_series(1001, 1003) as version"
    )
    return await new_account(database)


async def refuses(database: Connection, family: int) -> set[bool]:
    """Whether the family's rows say that it refuses."""
    rows = await database.fetch(
        "select refuses_health_data from parent_profiles where id = $1"
        " union all select refuses_health_data from child_profiles where parent_profile_id = $1"
        " union all select refuses_health_data from family_sizes where parent_profile_id = $1",
        family,
    )
    return {row[0] for row in rows}


async def filled_family(database: Connection, account: int) -> int:
    """A family with everything that is health-related."""
    family = await new_family(database, account)
    await database.execute(
        "update parent_profiles set stress_level = 'high', primary_concerns = '{sleep}', support_network = '{friends}',"
        " bio = 'x', onboarding_data = $2 where id = $1",
        family,
        json.dumps(DOCUMENT),
    )
    await database.execute(
        "update parent_profiles set profile_embedding = array_fill(1, array[3072])::halfvec,"
        " profile_embedding_model = 'm', profile_embedding_digest = 'x' where id = $1",
        family,
    )
    child = await new_child(database, family, {"bed": "20:00"})
    await database.execute(
        "update child_profiles set special_needs = '{asthma}', development_notes = 'x', last_assessment = now()"
        " where id = $1",
        child,
    )
    await database.execute(
        "insert into library_suggestions (slug, category, title_nl, title_en, text_nl, text_en)"
        " values ('x', (enum_range(null::suggestion_category))[1], 't', 't', 't', 't') on conflict do nothing"
    )
    await database.execute(
        "insert into suggestions (parent_profile_id, slug, relevance, expires_at) values ($1, 'x', 1, now())", family
    )
    await database.execute("insert into parenting_goals (parent_profile_id, title) values ($1, 'walk')", family)
    await database.execute(
        "insert into onboarding_merge_bases (parent_profile_id, reading, revision) values ($1, repeat('a', 32), 'r')",
        family,
    )
    return family


CONTENT: Final = (
    "select stress_level::text, primary_concerns, support_network, bio, onboarding_data::jsonb,"
    " profile_embedding is null as plain, profile_embedding_model, profile_embedding_digest,"
    " (select array_agg(array[special_needs::text, routines::text, development_notes, last_assessment::text])"
    "    from child_profiles where parent_profile_id = profile.id) as children,"
    " (select count(*) from parenting_goals where parent_profile_id = profile.id) as goals,"
    " (select count(*) from suggestions where parent_profile_id = profile.id) as suggestions,"
    " (select count(*) from onboarding_merge_bases where parent_profile_id = profile.id) as bases"
    " from parent_profiles as profile where id = $1"
)


async def test_keep_health_consent(database: Connection) -> None:
    """By consents_apply_health_consent, which calls apply_health_consent, a refusal removes it of one account."""
    async with taken_back(database):
        account = await asked(database)
        family, other = (
            await filled_family(database, account),
            await filled_family(database, await new_account(database)),
        )
        before = await database.fetchrow(CONTENT, family), await database.fetchrow(CONTENT, other)
        keys = "insert into idempotency_keys (key_digest, user_id, sealed_answer) values (sha256($2), $1, $3)"
        stranger = await new_account(database)
        for each in (account, stranger):
            await database.execute(keys, each, str(each).encode(), bytes(40))
        await database.execute(ANSWER, account, "terms", 1001, False)  # noqa: FBT003
        assert (await database.fetchrow(CONTENT, family), await refuses(database, family)) == (before[0], {False})
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        left = await database.fetchrow(CONTENT, family)
        assert left is not None
        assert dict(left) == {
            "stress_level": "moderate",
            "primary_concerns": [],
            "support_network": [],
            "bio": None,
            "onboarding_data": json.dumps({"goals": {}, "basicInfo": {"name": "Noor"}, "childProfiles": []}),
            "plain": True,
            "profile_embedding_model": None,
            "profile_embedding_digest": None,
            "children": [["{}", "{}", None, None]],
            "goals": 0,
            "suggestions": 0,
            "bases": 0,
        }
        sealed = "select sealed_answer from idempotency_keys where user_id = $1"
        assert await database.fetchval(sealed, account) is None
        assert await database.fetchval(sealed, stranger) == bytes(40)
        assert (await refuses(database, family), await refuses(database, other)) == ({True}, {False})
        assert await database.fetchrow(CONTENT, other) == before[1]
        version = "select updated_at - now() from parent_profiles where id = $1"
        renewed = await database.fetchval(version, family)
        assert renewed
        # What is answered to other texts changes nothing.
        await database.execute(ANSWER, account, "terms", 1002, False)  # noqa: FBT003
        assert await database.fetchval(version, family) == renewed


async def test_apply_health_consent_of_an_answer_that_changes(database: Connection) -> None:
    """Who agreed and withdraws refuses from then on, and who agrees again doesn't."""
    async with taken_back(database):
        account = await asked(database)
        family = await filled_family(database, account)
        await database.execute(ANSWER, account, "health_data", 1001, True)  # noqa: FBT003
        assert await refuses(database, family) == {False}
        assert not await database.fetchval("select refuses_health_data($1)", account)
        await database.execute("update consents set withdrawn_at = now() where user_id = $1", account)
        assert await refuses(database, family) == {True}
        assert await database.fetchval("select refuses_health_data($1)", account)
        other_account = await new_account(database)
        other = await filled_family(database, other_account)
        await database.execute(ANSWER, other_account, "health_data", 1001, False)  # noqa: FBT003
        await database.execute(ANSWER, account, "health_data", 1002, True)  # noqa: FBT003
        assert (await refuses(database, family), await refuses(database, other)) == ({False}, {True})


async def test_an_answer_makes_versions(database: Connection) -> None:
    """Rows that keep_health_consent empties are a microsecond later; who agrees at first has nothing written."""
    written = (
        "select updated_at, ctid::text from parent_profiles where id = $1"
        " union all select updated_at, ctid::text from child_profiles where parent_profile_id = $1"
        " union all select null, ctid::text from family_sizes where parent_profile_id = $1"
    )
    async with taken_back(database):
        account = await asked(database)
        family = await filled_family(database, account)
        before = await database.fetch(written, family)
        await database.execute(ANSWER, account, "health_data", 1001, True)  # noqa: FBT003
        assert await database.fetch(written, family) == before
        await database.execute("update consents set withdrawn_at = now() where user_id = $1", account)
        after = await database.fetch(written, family)
        later = [new[0] - old[0] for new, old in zip(after[:2], before[:2], strict=True)]
        assert later == [timedelta(microseconds=1)] * 2


async def test_a_refusal_removes_an_embedding_of_nothing_else(database: Connection) -> None:
    """By keep_health_consent itself: no other column of the profile changes."""
    async with taken_back(database):
        account = await asked(database)
        family = await new_family(database, account)
        await database.execute(
            "update parent_profiles set onboarding_data = without_health_data('{}') where id = $1", family
        )
        await database.execute(
            "update parent_profiles set profile_embedding = array_fill(1, array[3072])::halfvec,"
            " profile_embedding_model = 'm', profile_embedding_digest = 'x' where id = $1",
            family,
        )
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        left = await database.fetchrow(CONTENT, family)
        assert left is not None
        assert (left["plain"], left["profile_embedding_model"], left["profile_embedding_digest"]) == (True, None, None)


async def test_mark_refusal(database: Connection) -> None:
    """By parent_profiles_mark_refusal a profile that is made later refuses too."""
    async with taken_back(database):
        account = await asked(database)
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        family, other = await new_family(database, account), await new_family(database)
        assert (await refuses(database, family), await refuses(database, other)) == ({True}, {False})


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ("stress_level = 'high'", "stress_level"),
        ("primary_concerns = '{sleep}', bio = 'x'", "primary_concerns,bio"),
        ("support_network = '{friends}'", "support_network"),
        (
            """onboarding_data = '{"stressAssessment": {"primaryConcerns": ["sleep"]}}'""",
            "stressAssessment/primaryConcerns",
        ),
        ("name = 'Other', bio = '', stress_level = 'moderate'", None),
    ],
)
async def test_parent_profiles_refuse_health_data(database: Connection, change: str, fields: str | None) -> None:
    """By refuse_health_data and refuse_health_fields, which names the fields."""
    async with taken_back(database):
        account = await asked(database)
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        statement = f"update parent_profiles set {change} where id = $1"
        # Of who wasn't asked all is taken.
        await database.execute(statement, await new_family(database))
        family = await new_family(database, account)
        if fields is None:
            assert await database.execute(statement, family) == "UPDATE 1"
            return
        said = (await refused(database, CONSTRAINT, statement, family)).as_dict()
        assert (said["message"], said["table_name"], said["column_name"]) == (
            "the account does not agree to health_data",
            "parent_profiles",
            fields,
        )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("special_needs", "{asthma}"),
        ("routines", '{"bed": 1}'),
        ("development_notes", "x"),
        ("last_assessment", "2020-01-01 00:00Z"),
    ],
)
async def test_child_profiles_refuse_health_data(database: Connection, column: str, value: str) -> None:
    """New children are looked at by child_profiles_limit, keep_family_size; changed ones by this trigger."""
    async with taken_back(database):
        account = await asked(database)
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        family = await new_family(database, account)
        child = await new_child(database, family)
        assert await refuses(database, family) == {True}
        for statement, row in (
            (f"update child_profiles set {column} = '{value}' where id = $1", child),
            (
                f"insert into child_profiles (parent_profile_id, name, age, {column}) values ($1, 'S', 4, '{value}')",
                family,
            ),
        ):
            said = (await refused(database, CONSTRAINT, statement, row)).as_dict()
            assert (said["table_name"], said["column_name"]) == ("child_profiles", column)
        assert await database.execute("update child_profiles set age = 5 where id = $1", child) == "UPDATE 1"


async def test_children_of_who_refuses(database: Connection) -> None:
    """By child_profiles_limit, keep_family_size, all that is filled in one of the rows is named, in their order."""
    async with taken_back(database):
        account = await asked(database)
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        add = (
            "insert into child_profiles"
            " (parent_profile_id, name, age, special_needs, routines, development_notes, last_assessment) values"
            """ ($1, 'Sam', 4, '{}', '{"bed": 1}', null, now()), ($1, 'Bo', 4, '{asthma}', '{}', 'x', null)"""
        )
        said = (await refused(database, CONSTRAINT, add, await new_family(database, account))).as_dict()
        assert said["column_name"] == "special_needs,routines,development_notes,last_assessment"


async def test_children_of_two_families_at_once(database: Connection) -> None:
    """What keep_family_size finds of one family's child says nothing of another family."""
    async with taken_back(database):
        account = await asked(database)
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        family, other = await new_family(database, account), await new_family(database)
        add = (
            "insert into child_profiles (parent_profile_id, name, age, development_notes)"
            " values ($1, 'Sam', 4, null), ($2, 'Sam', 4, 'x')"
        )
        assert await database.execute(add, family, other) == "INSERT 0 2"
        assert (await refuses(database, family), await refuses(database, other)) == ({True}, {False})


async def test_parenting_goals_of_who_refuses(database: Connection) -> None:
    """By parenting_goals_limit with keep_family_size."""
    async with taken_back(database):
        account = await asked(database)
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        add = "insert into parenting_goals (parent_profile_id, title, description) values ($1, 'walk', $2)"
        family = await new_family(database, account)
        for description, columns in (("", "title"), ("x", "title,description")):
            said = (await refused(database, CONSTRAINT, add, family, description)).as_dict()
            assert (said["table_name"], said["column_name"]) == ("parenting_goals", columns)


async def test_takes_document(database: Connection) -> None:
    async with taken_back(database):
        account = await asked(database)
        takes = "select takes_document($1, $2, 'document/')"
        family = await new_family(database, account)
        assert await database.fetchval(takes, family, json.dumps(DOCUMENT))
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        assert await database.fetchval(takes, family, '{"basicInfo": {"name": "Noor"}}')
        said = (await refused(database, CONSTRAINT, takes, family, json.dumps(DOCUMENT))).as_dict()
        assert (said["table_name"], said["column_name"]) == (
            "parent_profiles",
            "document/stressAssessment/primaryConcerns",
        )


async def test_refuse_unknown_concerns(database: Connection) -> None:
    """The trigger library_suggestions_refuse_unknown_concerns looks at new texts, and when their concerns change."""
    async with taken_back(database):
        await database.execute("insert into concerns values ('schema_test', '{een}', '{one}')")
        category = await database.fetchval("select (enum_range(null::suggestion_category))[1]::text")
        add = (
            "insert into library_suggestions (slug, category, title_nl, title_en, text_nl, text_en, concerns)"
            " values ('schema-test', $1::text::suggestion_category, 't', 't', 't', 't', $2)"
        )
        unknown = ["schema_z", "schema_test", "schema_a"]
        change = "update library_suggestions set concerns = $1 where slug = 'schema-test'"
        added = await refused(database, None, add, category, unknown, state="23503")
        await database.execute(add, category, ["schema_test"])
        changed = await refused(database, None, change, unknown, state="23503")
        for error in (added, changed):
            said = error.as_dict()
            assert str(error) == "schema-test: not in concerns: schema_a, schema_z"
            assert (said["table_name"], said["column_name"]) == ("library_suggestions", "concerns")
        # A concern that left the list is only looked at when the text's concerns change.
        await database.execute("delete from concerns where concern = 'schema_test'")
        await database.execute("update library_suggestions set title_en = 'other' where slug = 'schema-test'")


async def test_refuses_health_data(database: Connection) -> None:
    """Who was never asked doesn't refuse, nor who declined another text."""
    async with taken_back(database):
        account = await asked(database)
        refuses_it = "select refuses_health_data($1)"
        assert await database.fetchval(refuses_it, account) is False
        await database.execute(ANSWER, account, "terms", 1001, False)  # noqa: FBT003
        assert await database.fetchval(refuses_it, account) is False
        await database.execute(ANSWER, account, "health_data", 1001, False)  # noqa: FBT003
        assert await database.fetchval(refuses_it, account) is True
        # One consent among the answers is enough, whatever else was declined.
        await database.execute(ANSWER, account, "health_data", 1002, True)  # noqa: FBT003
        await database.execute(ANSWER, account, "terms", 1002, False)  # noqa: FBT003
        assert await database.fetchval(refuses_it, account) is False
        other = await new_account(database)
        assert await database.fetchval(refuses_it, other) is False
        await database.execute(ANSWER, other, "health_data", 1001, False)  # noqa: FBT003
        assert await database.fetchval(refuses_it, other) is True


FILLED: Final = {
    "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "experienced", "email": "a@b", "more": 1},
    "stressAssessment": {"stressLevel": "high", "primaryConcerns": ["sleep"], "supportNetwork": ["friends"]},
    "childProfiles": [
        {"name": "Zoe", "age": 3, "specialNeeds": []},
        {"name": "Bo", "age": 1, "specialNeeds": ["asthma"]},
        None,
        {"name": "Ada", "age": 2, "specialNeeds": ["glasses", "asthma"]},
    ],
    "goals": {
        "shortTerm": ["", "rest"], "longTerm": ["eat"], "supportAreas": ["rest"], "communicationPreference": "phone",
    },
    "notes": "x",
}  # fmt: skip


async def test_health_fields(database: Connection) -> None:
    """They are told in the order in which a client asks for them."""
    fields = "select health_fields($1)"
    assert await database.fetchval(fields, json.dumps(FILLED)) == [
        "stressAssessment/stressLevel", "stressAssessment/primaryConcerns", "stressAssessment/supportNetwork",
        "goals/shortTerm", "goals/longTerm", "goals/supportAreas",
        "childProfiles/1/specialNeeds", "childProfiles/3/specialNeeds",
    ]  # fmt: skip
    for empty in (
        {},
        {"stressAssessment": {"stressLevel": "moderate", "primaryConcerns": [], "supportNetwork": []}},
        {"stressAssessment": {"stressLevel": None}, "goals": {"shortTerm": [" \n"], "longTerm": [""]}},
        {"goals": {"supportAreas": [], "communicationPreference": "phone"}, "childProfiles": [{"specialNeeds": []}]},
    ):
        assert await database.fetchval(fields, json.dumps(empty)) == [], empty


async def test_without_health_data(database: Connection) -> None:
    """What is left are the known fields of who the parents and children are, with the children in their order."""
    without = "select without_health_data($1)"
    assert json.loads(await database.fetchval(without, json.dumps(FILLED))) == {
        "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "experienced", "email": "a@b"},
        "childProfiles": [{"name": "Zoe", "age": 3}, {"name": "Bo", "age": 1}, {"name": "Ada", "age": 2}],
        "goals": {"communicationPreference": "phone"},
    }
    left = json.loads(await database.fetchval(without, '{"basicInfo": {"name": null}, "childProfiles": 5}'))
    assert left == {"basicInfo": {}, "childProfiles": [], "goals": {}}


async def test_filled_fields(database: Connection) -> None:
    content = {
        "a": None, "b": "", "c": [], "d": {}, "e": 0, "f": "x", "g": [""], "h": {"i": None},
        "stress_level": "low", "level": "moderate",
    }  # fmt: skip
    filled = "select filled_fields($1, $2)"
    fields = ["stress_level", *content, "none"]
    found = await database.fetchval(filled, json.dumps(content), fields)
    assert found == ["stress_level", "e", "f", "g", "h", "stress_level", "level"]
    assert await database.fetchval(filled, '{"stress_level": "moderate"}', ["stress_level"]) == []
    assert await database.fetchval(filled, json.dumps(content), ["f"]) == ["f"]
