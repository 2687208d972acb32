"""Which texts of the library a parent gets, by the rules of make_suggestions."""

from typing import Any

import pytest

from tests.suggestions.conftest import Library


async def by_chance(library: Library, parent: int, *slugs: str) -> list[str]:
    """Texts that fit a parent equally well, in the order in which the parent gets them."""
    order = "select slug from unnest($2::text[]) as slug order by hashtextextended(slug, $1)"
    return [row["slug"] for row in await library.database.fetch(order, parent, list(slugs))]


async def test_a_text_is_for_families_with_a_child_of_its_ages(library: Library) -> None:
    await library.text("any")
    await library.text("babies", min_age=0, max_age=0)
    await library.text("toddlers", min_age=2, max_age=3)
    await library.text("adults", min_age=18, max_age=18)
    families = {ages: await library.parent(ages=ages) for ages in [(), (0,), (1,), (2,), (3,), (4,), (0, 18), (1, 4)]}
    await library.make()
    assert {ages: set(await library.given(id)) for ages, id in families.items()} == {
        (): {"any"},
        (0,): {"any", "babies"},
        (1,): {"any"},
        (2,): {"any", "toddlers"},
        (3,): {"any", "toddlers"},
        (4,): {"any"},
        (0, 18): {"any", "babies", "adults"},
        (1, 4): {"any"},
    }
    # What is about a child's age goes first.
    assert await library.given(families[2,]) == ["toddlers", "any"]


async def test_a_text_is_for_parents_with_its_stress_and_experience(library: Library) -> None:
    await library.text("pressed", stress_levels=["high", "very_high"])
    await library.text("new", experience_levels=["first_time", "multiple_children"])
    calm = await library.parent(stress="low")
    pressed = await library.parent(stress="very_high", experience="experienced")
    both = await library.parent(stress="high")
    await library.make()
    assert [await library.given(id) for id in (calm, pressed, both)] == [["new"], ["pressed"], ["pressed", "new"]]


@pytest.mark.parametrize(
    "words",
    [
        "Slápen",
        "het SLAAPT niet",
        "bad sleeper",
        "hij wil niet naar bed.",
        "geen 's nachts-slaap",
        "\uff33\uff2c\uff21\uff21\uff30",
    ],
)
async def test_what_a_parent_worries_about_is_known_by_its_words(library: Library, words: str) -> None:
    await library.concern("sleep", "slap,slaap,naar bed", "sleep")
    await library.concern("food", "eten")
    await library.text("general")
    await library.text("sleep", concerns=["sleep"])
    await library.text("food", concerns=["food"])
    parent = await library.parent(words)
    await library.make()
    assert await library.given(parent) == ["sleep", "general", "food"]


@pytest.mark.parametrize("words", ["", "iets heel anders", "meten is weten", "aslaap", "💤", "%", "naar; bed" * 20])
async def test_words_that_mean_nothing_known_get_what_is_general(library: Library, words: str) -> None:
    await library.concern("sleep", "slap,slaap", "sleep")
    await library.concern("food", "eten")
    await library.text("general")
    await library.text("sleep", concerns=["sleep"])
    await library.text("food", concerns=["food"])
    parent = await library.parent(words)
    await library.make()
    assert (await library.given(parent))[0] == "general"


async def test_areas_of_support_and_active_goals_tell_too(library: Library) -> None:
    for concern in ("sleep", "food", "screens"):
        await library.concern(concern, concern)
        await library.text(concern, concerns=[concern], category="play")
    await library.text("general")
    parent = await library.parent(areas=["meer sleep"])
    await library.database.execute(
        "insert into parenting_goals (parent_profile_id, title, status, achieved_date)"
        " values ($1, 'Food samen', 'active', null), ($1, 'Minder screens', 'achieved', now())",
        parent,
    )
    await library.make()
    given = await library.given(parent)
    assert (set(given[:2]), given[2:]) == ({"sleep", "food"}, ["general", "screens"])


async def test_a_sensitive_concern_is_for_those_who_name_it(library: Library) -> None:
    await library.concern("separation", "scheiding,uit elkaar", sensitive=True)
    await library.concern("sleep", "slaap")
    await library.text("two-homes", concerns=["separation"])
    await library.text("both", concerns=["sleep", "separation"])
    named, unnamed = await library.parent("sinds de scheiding"), await library.parent("slaap")
    await library.make()
    assert set(await library.given(named)) == {"two-homes", "both"}
    assert await library.given(unnamed) == []


async def test_special_needs_of_a_child_name_a_concern(library: Library) -> None:
    await library.concern("special_needs", "autis", sensitive=True)
    await library.text("calm-corner", concerns=["special_needs"])
    parent, other = await library.parent(ages=[4]), await library.parent(ages=[4])
    await library.database.execute(
        "update child_profiles set special_needs = '{Autisme}' where parent_profile_id = $1", parent
    )
    await library.make()
    assert (await library.given(parent), await library.given(other)) == (["calm-corner"], [])


async def test_all_special_needs_of_all_children_tell(library: Library) -> None:
    needs = ("autisme", "adhd", "doof", "blind")
    for need in needs:
        await library.concern(need, need, sensitive=True)
        await library.text(need, concerns=[need])
    parent = await library.parent(ages=[4, 6])
    await library.database.execute(
        "update child_profiles"
        " set special_needs = case age when 4 then '{autisme,adhd}'::text[] else '{doof,blind}' end"
        " where parent_profile_id = $1",
        parent,
    )
    await library.make()
    assert set(await library.given(parent)) == {*needs}


async def test_needs_of_children_tell_in_the_order_of_the_children(library: Library) -> None:
    """So what is too much to be looked at is of those who were added last."""
    for need in ("doof", "blind"):
        await library.concern(need, need, sensitive=True)
        await library.text(need, concerns=[need])
    # There is room for one of both.
    parent = await library.parent(ages=[4, 6], areas=["b" * 3988])
    for needs in (("doof", "blind"), ("blind", "doof")):
        await library.database.execute(
            "update child_profiles set special_needs = array[case age when 4 then $2 else $3 end]"
            " where parent_profile_id = $1",
            parent,
            *needs,
        )
        await library.database.execute("delete from suggestions where parent_profile_id = $1", parent)
        await library.database.execute("update parent_profiles set changed_since_check = true where id = $1", parent)
        await library.make()
        assert await library.given(parent) == [needs[0]]


async def test_each_concern_that_a_parent_names_has_its_best_text(library: Library) -> None:
    await library.concern("school", "school")
    await library.concern("bullying", "pest", sensitive=True)
    for number in range(8):
        await library.text(f"school-{number}", concerns=["school"], stress_levels=["moderate"], min_age=6, max_age=12)
    await library.text("bullying", concerns=["bullying"])
    parent = await library.parent("school", "pesten", ages=[10])
    await library.make()
    given = await library.given(parent)
    assert ("bullying" in given[:2], len(given)) == (True, 5)


async def test_the_best_text_about_a_concern_is_the_best_for_this_parent(library: Library) -> None:
    for concern in ("school", "bullying", "sleep"):
        await library.concern(concern, concern)
    # All of them fit better than what is about the other concerns.
    for category in ("food", "routines", "play", "learning"):
        await library.text(f"school-{category}", category, concerns=["school"], stress_levels=["moderate"])
    await library.text("bullying", "emotions", concerns=["bullying"])
    await library.text("bullying-new", "emotions", concerns=["bullying"], experience_levels=["first_time"])
    await library.text("sleep", "sleep", concerns=["sleep"])
    concerns = ("school", "bullying", "sleep")
    experienced, new = [await library.parent(*concerns, experience=each) for each in ("experienced", "first_time")]
    await library.make()
    assert {"bullying", "sleep"} <= set((await library.given(experienced))[:3])
    assert {"bullying-new", "sleep"} <= set((await library.given(new))[:3])


async def test_the_best_text_about_a_concern_fits_most(library: Library) -> None:
    categories = iter(("sleep", "food", "routines", "behaviour", "emotions", "play", "learning", "screens"))
    best = {"sleep-0", "food-3"}
    for concern in ("sleep", "food"):
        await library.concern(concern, concern)
        for number in range(4):
            slug = f"{concern}-{number}"
            levels = ["moderate"] if slug in best else []
            await library.text(slug, next(categories), concerns=[concern], stress_levels=levels)
    parents = [await library.parent("sleep", "food") for _ in range(6)]
    await library.make()
    assert [set((await library.given(id))[:2]) for id in parents] == [best] * 6


async def test_the_best_text_about_a_concern_counts_50_more(library: Library) -> None:
    """So it's as good as another that has 50 points more."""
    await library.concern("school", "school")
    await library.concern("bullying", "pest")
    equal = ("one", "two")
    for slug, category in zip(equal, ("play", "food"), strict=True):
        await library.text(
            slug,
            category,
            concerns=["school"],
            min_age=3,
            max_age=3,
            stress_levels=["low"],
            experience_levels=["first_time"],
        )
    await library.text("bullying", "sleep", concerns=["bullying"])
    parents = [await library.parent("school", "pesten", ages=[3], stress="low") for _ in range(24)]
    await library.database.execute(
        "insert into library_embeddings"
        " select slug, 'm', '', array_fill(1, array[3072])::real[]::halfvec from unnest($1::text[]) as slug",
        list(equal),
    )
    await library.database.execute(
        "update parent_profiles set profile_embedding = array_fill(1, array[3072])::real[]::halfvec,"
        " profile_embedding_model = 'm' where id = any($1)",
        parents,
    )
    await library.make()
    for parent in parents:
        best, other = await by_chance(library, parent, *equal)
        assert await library.given(parent) == [best, *await by_chance(library, parent, other, "bullying")]
    relevances = "select distinct slug, relevance from suggestions where parent_profile_id = any($1)"
    found = {row["slug"]: row["relevance"] for row in await library.database.fetch(relevances, parents)}
    assert found == {"one": 100, "two": 100, "bullying": 50}


async def test_a_text_about_siblings_is_for_two_children_or_one_who_is_named(library: Library) -> None:
    await library.concern("siblings", "zus")
    await library.concern("pregnancy", "zwanger", sensitive=True)
    await library.text("fair", "siblings", concerns=["siblings"])
    await library.text("prepare", "siblings", concerns=["siblings", "pregnancy"])
    one, two = await library.parent("zus", ages=[4]), await library.parent(ages=[4, 6])
    expecting = await library.parent("zwanger", ages=[4])
    await library.make()
    assert [await library.given(id) for id in (one, two, expecting)] == [[], ["fair"], ["prepare"]]


async def test_five_are_open_at_most_and_of_several_categories(library: Library) -> None:
    await library.concern("sleep", "slaap")
    for number in range(6):
        await library.text(f"sleep-{number}", "sleep", concerns=["sleep"])
        await library.text(f"play-{number}", "play")
    parent = await library.parent("slaap")
    assert await library.make() == (1, 5)
    kinds = [slug.partition("-")[0] for slug in await library.given(parent)]
    assert kinds == ["sleep", "sleep", "sleep", "play", "sleep"]


async def test_what_is_missing_of_five_is_made(library: Library) -> None:
    for number in range(10):
        await library.text(f"text-{number}")
    parent = await library.parent()
    await library.make()
    change = "update suggestions set {} where id in (select id from suggestions where parent_profile_id = $1 limit {})"
    for closing, closed in (("used_at = now()", 2), ("dismissed_at = now()", 1), ("expires_at = now()", 2)):
        await library.database.execute("delete from suggestions where parent_profile_id = $1", parent)
        await library.database.execute("update parent_profiles set changed_since_check = true where id = $1", parent)
        assert await library.make() == (1, 5)
        await library.database.execute(change.format(closing, closed), parent)
        await library.database.execute("update parent_profiles set changed_since_check = true where id = $1", parent)
        assert await library.make() == (1, closed)
        assert len(set(await library.given(parent))) == 5 + closed


async def test_who_has_five_open_gets_none_and_was_looked_at(library: Library) -> None:
    for number in range(6):
        await library.text(f"text-{number}")
    parent = await library.parent()
    await library.make()
    await library.database.execute("update parent_profiles set changed_since_check = true where id = $1", parent)
    assert await library.make() == (1, 0)
    assert await library.make() == (0, 0)


async def test_a_text_is_not_given_again_for_90_days(library: Library) -> None:
    await library.text("one")
    parent = await library.parent()
    await library.make()
    due = "update parent_profiles set changed_since_check = true where id = $1"
    moved = (
        "update suggestions set dismissed_at = now(), created_at = now() - $2::interval where parent_profile_id = $1"
    )
    for age, again in (("89 days 23:59:59", False), ("90 days", True)):
        await library.database.execute(moved.replace("$2", f"'{age}'"), parent)
        await library.database.execute(due, parent)
        assert await library.make() == (1, int(again))
    assert await library.given(parent) == ["one", "one"]


async def test_ties_are_decided_for_each_parent_and_always_alike(library: Library) -> None:
    for number in range(30):
        await library.text(f"text-{number}", category="play")
    parents = [await library.parent() for _ in range(10)]
    await library.make()
    first = [await library.given(parent) for parent in parents]
    assert len({tuple(given) for given in first}) == 10
    await library.database.execute("delete from suggestions where parent_profile_id = any($1)", parents)
    await library.database.execute("update parent_profiles set changed_since_check = true where id = any($1)", parents)
    await library.make()
    assert [await library.given(parent) for parent in parents] == first


@pytest.mark.parametrize("concerns", [[], ["sleep"]])
@pytest.mark.parametrize(
    "categories", [["play"] * 6, ["sleep", "food", "routines", "behaviour", "emotions", "play"]], ids=["one", "six"]
)
async def test_ties_are_decided_by_a_hash_of_text_and_parent(
    library: Library, categories: list[str], concerns: list[str]
) -> None:
    await library.concern("sleep", "slaap")
    slugs = [f"text-{number}" for number in range(6)]
    for slug, category in zip(slugs, categories, strict=True):
        await library.text(slug, category, concerns=concerns)
    parents = [await library.parent("slaap") for _ in range(8)]
    await library.make()
    for parent in parents:
        assert await library.given(parent) == (await by_chance(library, parent, *slugs))[:5]


async def test_suggestions_are_numbered_by_family_and_best_first(library: Library) -> None:
    await library.text("general")
    await library.text("of-stress", "sleep", stress_levels=["moderate"])
    parents = [await library.parent() for _ in range(3)]
    await library.make()
    rows = await library.database.fetch(
        "select parent_profile_id, slug from suggestions where parent_profile_id = any($1) order by id", parents
    )
    assert [tuple(row) for row in rows] == [(id, slug) for id in parents for slug in ("of-stress", "general")]


async def test_relevance_is_never_over_100(library: Library) -> None:
    await library.concern("sleep", "slaap")
    await library.text(
        "all", concerns=["sleep"], min_age=0, max_age=18, stress_levels=["low"], experience_levels=["first_time"]
    )
    parent = await library.parent("slaap", ages=[3], stress="low")
    await library.database.execute(
        "insert into library_embeddings values ('all', 'm', '', array_fill(1, array[3072])::real[]::halfvec)"
    )
    await library.database.execute(
        "update parent_profiles set profile_embedding = array_fill(1, array[3072])::real[]::halfvec,"
        " profile_embedding_model = 'm' where id = $1",
        parent,
    )
    await library.make()
    assert (
        await library.database.fetchval("select relevance from suggestions where parent_profile_id = $1", parent) == 100
    )


async def test_the_nearest_goes_first_among_vectors_of_one_model(library: Library) -> None:
    embed = (
        "insert into library_embeddings"
        " select $1, $2, '', ('[' || $3::text || repeat(',0', 3070) || ']')::halfvec(3072)"
    )
    for number, (slug, model, vector) in enumerate(
        [("far", "m", "0,1"), ("near", "m", "1,0.1"), ("other", "n", "1,0"), ("between", "m", "1,1"), ("none", "", "")]
    ):
        await library.text(slug, ["play", "sleep", "food", "learning", "screens"][number])
        if model:
            await library.database.execute(embed, slug, model, vector)
    parent, unknown = await library.parent(), await library.parent()
    await library.database.execute(
        "update parent_profiles set profile_embedding = ('[2,0' || repeat(',0', 3070) || ']')::halfvec(3072),"
        " profile_embedding_model = case id when $1 then 'm' end where id = any($2)",
        parent,
        [parent, unknown],
    )
    await library.make()
    rows = await library.database.fetch("select slug, relevance from suggestions where parent_profile_id = $1", parent)
    scores = {row["slug"]: row["relevance"] for row in rows}
    assert scores == {"near": 45, "between": 39, "far": 32, "other": 20, "none": 20}
    # A vector of nobody knows which model, as of the system before, is compared with none.
    told = "select distinct relevance from suggestions where parent_profile_id = $1"
    assert [row[0] for row in await library.database.fetch(told, unknown)] == [20]


async def test_what_each_fit_is_worth(library: Library) -> None:
    await library.concern("sleep", "slaap")
    await library.concern("food", "eten")
    fits: list[dict[str, Any]] = [
        {"min_age": 0, "max_age": 18},
        {"stress_levels": ["low"]},
        {"experience_levels": ["first_time"]},
    ]
    worth = {"named": 50, "general": 20, "other": 5, "of-age": 32, "of-stress": 28, "of-experience": 25, "all": 75}
    columns: list[dict[str, Any]] = [{"concerns": ["sleep"]}, {}, {"concerns": ["food"]}, *fits]
    columns.append({"concerns": ["sleep", "food"], **fits[0], **fits[1], **fits[2]})
    for slug, each in zip(worth, columns, strict=True):
        await library.text(slug, **each)
    parent = await library.parent("slaap", ages=[3], stress="low")
    assert await library.make() == (1, 5)
    await library.database.execute("update suggestions set used_at = now() where parent_profile_id = $1", parent)
    await library.database.execute("update parent_profiles set changed_since_check = true where id = $1", parent)
    assert await library.make() == (1, 2)
    rows = await library.database.fetch(
        "select slug, relevance from suggestions"
        " where parent_profile_id = $1 and expires_at = now() + interval '14 days'",
        parent,
    )
    assert {row["slug"]: row["relevance"] for row in rows} == worth


async def test_only_the_last_twenty_active_goals_tell(library: Library) -> None:
    for concern in ("sleep", "food"):
        await library.concern(concern, concern, sensitive=True)
        await library.text(concern, concerns=[concern])
    parent = await library.parent()
    await library.database.executemany(
        "insert into parenting_goals (parent_profile_id, title) values ($1, $2)",
        [(parent, title) for title in ("sleep", "food", *["iets anders"] * 19)],
    )
    await library.make()
    assert await library.given(parent) == ["food"]


async def test_what_is_told_behind_4000_characters_does_not_count(library: Library) -> None:
    await library.concern("sleep", "slaap", sensitive=True)
    await library.text("sleep", concerns=["sleep"])
    # Before the words stand a space, a bracket and a quote.
    parents = [await library.parent(areas=["b" * number + " slaap"]) for number in (3991, 3992)]
    await library.make()
    assert [await library.given(parent) for parent in parents] == [["sleep"], []]


async def test_a_further_text_of_a_category_counts_12_less(library: Library) -> None:
    """So it's as good as one that has 12 points less, and goes before it with some parents, not with others."""
    await library.text("first", "play", min_age=4, max_age=4, experience_levels=["first_time"])
    await library.text("further", "play", min_age=4, max_age=4)
    await library.text("other", "sleep")
    parents = [await library.parent(ages=[4]) for _ in range(24)]
    await library.make()
    orders = {tuple(await library.given(id)) for id in parents}
    assert orders == {("first", "further", "other"), ("first", "other", "further")}


async def test_moments_at_which_a_parent_is_due_and_a_text_is_given_again(library: Library) -> None:
    await library.text("again")
    due = {seconds: await library.parent() for seconds in (24 * 3600, 24 * 3600 + 1)}
    for seconds, parent in due.items():
        await library.database.execute(
            "update parent_profiles set changed_since_check = false,"
            " last_suggestion_check = now() - $2 * interval '1 second' where id = $1",
            parent,
            seconds,
        )
    former = {seconds: await library.parent() for seconds in (90 * 24 * 3600 - 1, 90 * 24 * 3600)}
    for seconds, parent in former.items():
        await library.database.execute(
            "insert into suggestions (parent_profile_id, slug, relevance, created_at, expires_at)"
            " select $1, 'again', 20, moment, moment + interval '14 days'"
            " from (select now() - $2 * interval '1 second') as given (moment)",
            parent,
            seconds,
        )
    await library.make()
    assert [len(await library.given(id)) for id in (*due.values(), *former.values())] == [0, 1, 1, 2]
