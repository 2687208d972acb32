"""Every oddity of the system before: what is told of it, what becomes of it, and that no value of a row is told."""

from typing import Any, Final, NamedTuple

import msgspec
import psycopg
import pytest

from api.onboarding.schemas import OnboardingDocument
from tests.adoption.conftest import Databases, MakeDatabases, Outcome, run_recipe
from tests.adoption.old_system import HASH, MARK
from tests.migrations.migration_files import dump

pytestmark = pytest.mark.long

FAMILIES: Final = 1000
# A query, with what it finds; the account of n has the id 3 * n, the profile 2 * n.
ROWS: Final[dict[str, tuple[str, Any]]] = {
    "names that differ in case": (
        # Who has completed the onboarding keeps it.
        "select array_agg(username order by id) from users where id in (27, 30)", ["geheim-9-27", "GEHEIM-9"],
    ),
    "no name": ("select username from users where id = 60", "60"),
    "spaces around a name": ("select username from users where id = 90", "geheim-30"),
    "names that look alike": ("select username from users where id = 120", "geheim-39\u200b"),
    "a long name": ("select length(username) from users where id = 150", 84),
    "no address": ("select email from users where id = 180", "account-180@adopted.invalid"),
    "an address of two": (
        "select array_agg(email order by id) from users where id in (213, 216)",
        ["geheim-71@voorbeeld.nl", "geheim-71@voorbeeld.nl"],
    ),
    "addresses that differ in case": (
        "select array_agg(email order by id) from users where id in (267, 270)",
        ["geheim-89@voorbeeld.nl", "GEHEIM-89@voorbeeld.nl"],
    ),
    "addresses that nobody has confirmed": ("select count(*) from users where email_confirmed_at is not null", 0),
    "other hashes": ("select array_agg(distinct password) from users where id in (300, 330, 360)", ["$argon2id$none"]),
    "hashes": ("select count(*) from users where password = %s", 997),
    "a path of a picture": ("select profile_picture from users where id = 12", "/uploads/profile-12-1700000000000.jpg"),
    "an address of a picture": ("select profile_picture from users where id = 390", "https://voorbeeld.nl/geheim.png"),
    "no picture": ("select count(*) from users where id in (420, 450) and profile_picture is null", 2),
    "no moment": ("select created_at::text from users where id = 480", "2024-01-01 12:02:39+00"),
    "a profile of nobody": ("select count(*) from parent_profiles where id = 340", 0),
    "a second profile": ("select array_agg(id) from parent_profiles where user_id = 1653", [1102]),
    "no name of a parent": ("select name from parent_profiles where id = 360", "Geheim 180"),
    "a long name of a parent": ("select length(name) from parent_profiles where id = 380", 100),
    "an address in the document": ("select email from parent_profiles where id = 420", "geheim-210@privé.nl"),
    "no concerns": ("select primary_concerns from parent_profiles where id = 440", ["geheim slapen"]),
    "a long concern": ("select length(primary_concerns[1]) from parent_profiles where id = 460", 200),
    "a long list": ("select cardinality(support_network) from parent_profiles where id = 480", 50),
    "a long text": ("select length(bio) from parent_profiles where id = 500", 5000),
    "languages": (
        "select array_agg(preferred_language order by id) from parent_profiles where id in (520, 540, 560, 580, 600)",
        ["nl", "nl", "nl-NL", "nl", "nl"],
    ),
    "a step too far": ("select current_onboarding_step from parent_profiles where id = 620", 4),
    "no document": ("select onboarding_data from parent_profiles where id = 660", {"childProfiles": []}),
    "a JSON text": ("select count(*) from child_profiles where parent_profile_id = 700", 2),
    "a JSON text of a JSON text": ("select count(*) from child_profiles where parent_profile_id = 1130", 2),
    "half a surrogate pair in a JSON text": (
        "select min(name) from child_profiles where parent_profile_id = 1150", "Geheim Bra\ufffd\ufffd\U0001f600",
    ),
    "a JSON text that is nested too deeply": ("select count(*) from child_profiles where parent_profile_id = 1170", 0),
    "parts that are JSON texts": ("select count(*) from child_profiles where parent_profile_id = 1190", 2),
    "goals without a term": (
        "select array_agg(distinct category) from parenting_goals where parent_profile_id = 1190", ["short_term"],
    ),
    "children in an object": (
        "select array_agg(name order by id) from child_profiles where parent_profile_id = 1270",
        ["Geheim Bram", "Geheim Noor"],
    ),
    "goals in one text of Windows": (
        ("select array_agg(title order by id) from parenting_goals where parent_profile_id = 1290"
        " and category = 'short_term'"),
        ["Geheim eten", "Geheim rust"],
    ),
    "no moment at all": (
        ("select array_agg(distinct moment::text) from parent_profiles as profile join child_profiles as child"
        " on parent_profile_id = profile.id, unnest(array[profile.created_at, profile.updated_at,"
        " profile.last_suggestion_check, child.created_at, child.updated_at]) as moment where profile.id = 1230"),
        ["2024-01-01 12:10:14+00"],
    ),
    "a moment that no client can read": (
        "select created_at::text from users where id = 1875", "2024-01-01 12:10:24+00",
    ),
    "no children": ("select count(*) from parenting_goals where parent_profile_id = 720", 3),
    "goals in one text": (
        ("select array_agg(title order by id) from parenting_goals where parent_profile_id = 760"
        " and category = 'short_term'"),
        ["Geheim samen eten", "Geheim eten", "Geheim rust"],
    ),
    "an age as text": (
        "select array_agg(age order by id) from child_profiles where parent_profile_id in (780, 782) and id > 100000",
        [2, 11, 2],
    ),
    "an age in words": (
        ("select array[age::text, development_notes] from child_profiles where parent_profile_id = 1110"
        " and development_notes is not null"),
        ["0", "Leeftijd: geheim"],
    ),
    "a child without a name": (
        "select array_agg(name order by id) from child_profiles where parent_profile_id = 840 and id > 100000",
        ["Kind", "Geheim Noor"],
    ),
    "a long goal": (
        ("select array[length(title), length(description)] from parenting_goals"
        " where parent_profile_id = 900 and description <> ''"),
        [200, 479],
    ),
    "more children than the limit": ("select count(*) from child_profiles where parent_profile_id = 960", 61),
    "more goals than the limit": ("select count(*) from parenting_goals where parent_profile_id = 1680", 1103),
    "embeddings": ("select array_agg(id) from parent_profiles where profile_embedding is not null", [1060]),
    "moments without a zone": ("select created_at::text from parent_profiles where id = 2", "2024-01-01 12:00:01+00"),
    "half-way documents": (
        "select onboarding_data #>> '{childProfiles,0,name}' from parent_profiles where id = 22", "Geheim Bram",
    ),
    "remainders": (
        "select onboarding_data from parent_profiles where id = 2",
        {"basicInfo": {"parentType": "mom"}, "goals": {"supportAreas": ["geheim slapen"]}},
    ),
    "an orphan": ("select count(*) from child_profiles where parent_profile_id = 999999999", 0),
    "ages beyond": ("select array_agg(age order by id) from child_profiles where id in (610, 620)", [0, 18]),
    "routines": (
        "select array_agg(routines order by id) from child_profiles where id in (660, 680)", [{"geheim": 1}, {}],
    ),
    "statuses": (
        "select array_agg(status order by id) from parenting_goals where id in (790, 800, 810)",
        ["achieved", "active", "in_progress"],
    ),
    "achieved": ("select status from parenting_goals where id = 830", "achieved"),
    "sequences": ("select nextval(pg_get_serial_sequence('users', 'id'))", 3001),
    "triggers": ("select count(*) from pg_trigger where tgenabled = 'D'", 0),
}  # fmt: skip


class Adoption(NamedTuple):
    """What three runs told, and the database after them."""

    databases: Databases
    is_unchanged: bool
    tried: Outcome
    copied: Outcome
    verified: Outcome


@pytest.fixture(scope="module")
def adoption(make_databases: MakeDatabases) -> Adoption:
    databases = make_databases(FAMILIES)
    before = dump(databases.new)
    tried = run_recipe(databases, "--dry-run")
    is_unchanged = dump(databases.new) == before
    return Adoption(databases, is_unchanged, tried, run_recipe(databases), run_recipe(databases, "--verify"))


@pytest.mark.parametrize("oddity", ROWS)
def test_what_becomes_of_it(oddity: str, adoption: Adoption) -> None:
    query, expected = ROWS[oddity]
    with psycopg.connect(adoption.databases.new) as connection:
        found = connection.execute(query.encode(), [HASH] if "%s" in query else None).fetchone()
    assert found == (expected,)


def test_parents_who_are_half_way_can_go_on(adoption: Adoption) -> None:
    """Their documents are what the service takes, so what a client read it can send back."""
    with psycopg.connect(adoption.databases.new) as connection:
        found = connection.execute("select onboarding_data::text from parent_profiles where not completed_onboarding")
        documents = [msgspec.json.decode(text, type=OnboardingDocument) for (text,) in found]
    assert len(documents) > 50


def test_a_dry_run_changes_nothing_and_asks_for_a_decision(adoption: Adoption) -> None:
    assert adoption.is_unchanged
    assert adoption.tried.status == 1
    assert adoption.tried.out == adoption.copied.out
    assert adoption.tried.out.startswith("table\tid\tconstraint\tfault\trule\n")
    assert "users\t180\tusers_email_check\temail: 0 characters\tplaceholder (proposed)\n" in adoption.tried.out
    for constraint, id, rule in (
        ("onboarding_data.basicInfo.email", 980, "left out"),
        ("onboarding_data.basicInfo.email", 2, "profile email"),
        ("onboarding_data.stressAssessment.stressLevel", 992, "column"),
        ("onboarding_data", 700, "parsed"),
        ("onboarding_data.*", 880, "left out"),
        ("parent_profiles_onboarding_rows", 2, "rows"),
        ("parent_profiles_preferred_language_words", 540, "normalised"),
        ("users_email_idx", 216, "keep"),
        ("users_username_idx", 117, "keep"),
    ):
        assert any(
            line.split("\t")[1:3] == [str(id), constraint] and line.endswith(f"\t{rule}")
            for line in adoption.tried.out.splitlines()
        ), constraint
    assert "child_profiles_age_check: nearest (proposed)" in adoption.tried.err


def test_what_was_copied_is_verified(adoption: Adoption) -> None:
    assert (adoption.copied.status, adoption.verified.status) == (0, 0), adoption.copied.err + adoption.verified.err
    assert adoption.verified.err.count("checksums agree") == 4
    assert adoption.verified.err.endswith("nothing differs\n")


def test_no_value_of_a_row_is_told(adoption: Adoption) -> None:
    for outcome in (adoption.tried, adoption.copied, adoption.verified):
        assert MARK not in (outcome.out + outcome.err).lower()
        assert HASH[:16] not in outcome.out + outcome.err


def test_verify_names_what_differs(adoption: Adoption) -> None:
    with psycopg.connect(adoption.databases.new, autocommit=True) as connection:
        connection.execute("update users set email = 'geheim@example.org' where id = 3")
        connection.execute("delete from child_profiles where parent_profile_id = 2")
        differing = run_recipe(adoption.databases, "--verify")
    assert differing.status == 1
    assert "users\t3\tverify\tdiffers in email\t" in differing.out
    assert "child_profiles\t2/childProfiles/0\tverify\tis not here\t" in differing.out
    assert "parent_profiles\t2\tverify\t2 children and 3 goals in the document, 0 and 3 rows here\t" in differing.out
    assert "CHECKSUMS DIFFER" in differing.err
