"""Statements on suggestions: several callers at once, what is embedded, and the order in which rows are locked."""

from hashlib import sha256
from typing import Any, Final

import psycopg
import pytest

from api.database.aliases import Connection
from api.database.connections import MERGED_PLANNING
from tests.accounts import Accounts
from tests.statements import run, run_behind, run_named
from tests.suggestions.conftest import Library

ADD: Final = """
insert into suggestions (parent_profile_id, slug, relevance, expires_at)
select $1, $2, relevance, now() + interval '14 days'
  from unnest($3::integer[]) with ordinality as given (relevance, place)
 order by place
returning id
"""
EMBEDDED: Final = "select slug, model, digest, embedding::text from library_embeddings order by slug"
EMBEDDED_PROFILES: Final = """
select profile_embedding_model as model, profile_embedding_digest as digest
  from parent_profiles
 where id = any($1)
 order by id
"""
each_change = pytest.mark.parametrize("statement", ["use_suggestion", "dismiss_suggestion", "rate_suggestion"])


async def add(database: Connection, parent: int, slug: str, *relevances: int) -> list[int]:
    """Ids of new suggestions of a parent."""
    return [row["id"] for row in await database.fetch(ADD, parent, slug, list(relevances))]


def of_keys(statement: str, *keys: tuple[int, int]) -> dict[str, list[Any]]:
    """Values of a statement that changes suggestions, by the parents' ids and their own."""
    values: dict[str, list[Any]] = {"parent_profile_id": [key[0] for key in keys], "id": [key[1] for key in keys]}
    if statement == "rate_suggestion":
        values |= {"rating": [3] * len(keys), "feedback": [None] * len(keys)}
    return values


def vector(*numbers: int) -> str:
    return str([*numbers, *[0] * (3072 - len(numbers))]).replace(" ", "")


async def test_of_several_callers_each_gets_the_own_list(library: Library) -> None:
    await library.text("one")
    first, second = [await library.parent() for _ in range(2)]
    low, high = await add(library.database, first, "one", 20, 60)
    highest, middle = await add(library.database, second, "one", 80, 40)
    rows = await run_named(
        library.database,
        "list_suggestions",
        parent_profile_id=[first, second, first],
        context=["chat", "village", None],
        language=["nl", "en", "en"],
    )
    assert [(row["call"], row["id"], row["text"], row["context"]) for row in rows] == [
        (1, high, "one in het Nederlands", "chat"),
        (1, low, "one in het Nederlands", "chat"),
        (2, highest, "one in English", "village"),
        (2, middle, "one in English", "village"),
        (3, high, "one in English", None),
        (3, low, "one in English", None),
    ]


@each_change
async def test_each_caller_gets_the_id_of_what_was_changed(library: Library, statement: str) -> None:
    await library.text("one")
    parent, other = [await library.parent() for _ in range(2)]
    first, second = await add(library.database, parent, "one", 20, 30)
    keys = [(parent, second), (other, first), (parent, first)]
    assert sorted(await run(library.database, statement, **of_keys(statement, *keys))) == [(1, second), (3, first)]


@each_change
async def test_suggestions_are_locked_in_the_order_of_their_keys(
    accounts: Accounts, database: Connection, dsn: str, texts: None, statement: str
) -> None:
    """Another order could deadlock with whatever else locks several rows; the plan is the one for many callers."""
    parents = sorted([(await accounts.parent()).parent_profile_id for _ in range(2)], reverse=True)
    # The ids of the last parent are the first.
    keys = sorted([(parent, id) for parent in parents for id in await add(database, parent, "test-1", 20, 20)])
    given = [keys[place] for place in (3, 1, 2, 0)]
    lock = "select from suggestions where id = any($1) for update"
    async with database.transaction():
        await database.execute(lock, [keys[0][1]])
        running = await run_behind(
            database,
            dsn + "".join(f"&{name}={value}" for name, value in MERGED_PLANNING.items()),
            statement,
            **of_keys(statement, *given),
        )
        # It waits for the first row, so it hasn't locked later ones.
        await database.execute(f"{lock} nowait", [id for _, id in keys])
    assert sorted(await running) == list(enumerate([id for _, id in given], start=1))


async def test_what_is_embedded_of_a_profile(library: Library) -> None:
    parent = await library.parent("slaap", "eten", areas=["rust", "tijd"])
    goals = [f"doel {number}" for number in range(22)]
    await library.database.executemany(
        "insert into parenting_goals (parent_profile_id, title) values ($1, $2)", [(parent, title) for title in goals]
    )
    await library.database.execute(
        "insert into parenting_goals (parent_profile_id, title, status, achieved_date)"
        " values ($1, 'gehaald', 'achieved', now())",
        parent,
    )
    told = f'slaap, eten\n["rust", "tijd"]\n{", ".join(reversed(goals[2:]))}\noma, opa\n'
    for bio in ("Wij", "b" * 3000):
        await library.database.execute(
            "update parent_profiles set bio = $2, support_network = '{oma,opa}' where id = $1", parent, bio
        )
        [row] = await run_named(library.database, "list_profiles_to_embed", model="m", hours=24, count=9)
        text = f"{told}{bio}"[:2000]
        assert (row["id"], row["text"]) == (parent, text)
        assert row["digest"] == sha256(f"m\n{text}".encode()).digest()


async def test_a_profile_is_embedded_when_it_is_due(library: Library) -> None:
    for seconds, hours, is_due in ((3600, 1, False), (3601, 1, True), (7200, 2, False), (7201, 2, True)):
        parent = await library.parent("slaap")
        await library.database.execute(
            "update parent_profiles set changed_since_check = false,"
            " last_suggestion_check = now() - $2 * interval '1 second' where id = $1",
            parent,
            seconds,
        )
        listed = await run(library.database, "list_profiles_to_embed", model="m", hours=hours, count=9)
        assert (parent in {row[0] for row in listed}) is is_due


async def test_the_embedding_of_a_parent_who_saves_is_not_waited_for(
    accounts: Accounts, database: Connection, dsn: str
) -> None:
    ids = sorted([(await accounts.parent()).parent_profile_id for _ in range(2)])
    moments = await database.fetch("select updated_at from parent_profiles where id = any($1) order by id", ids)
    with psycopg.connect(dsn) as saving:
        saving.execute("select from parent_profiles where id = %s for no key update", [ids[0]])
        async with database.transaction():
            await database.execute("set local lock_timeout = '2s'")
            await run(
                database,
                "save_profile_embeddings",
                model="m",
                id=ids,
                updated_at=[row["updated_at"] for row in moments],
                embedding=[vector(1)] * 2,
                digest=[b"first", b"second"],
            )
    assert [tuple(row) for row in await database.fetch(EMBEDDED_PROFILES, ids)] == [(None, None), ("m", b"second")]


async def test_the_first_32_texts_are_embedded_at_once(library: Library) -> None:
    slugs = [f"text-{number:02}" for number in range(33)]
    for slug in reversed(slugs):
        await library.text(slug)
    texts = [f"Titel\n{slug} in het Nederlands" for slug in slugs]
    expected = [(slug, text, sha256(f"m\n{text}".encode()).digest()) for slug, text in zip(slugs, texts, strict=True)]
    assert await run(library.database, "list_texts_to_embed", model="m") == expected[:32]
    await save(library.database, "m", {slug: (digest, vector(1)) for slug, _, digest in expected[:32]})
    assert await run(library.database, "list_texts_to_embed", model="m") == expected[32:]


async def save(connection: Connection, model: str, vectors: dict[str, tuple[bytes, str]]) -> None:
    """Keep embeddings of texts, each with the digest of what was embedded."""
    await run(connection, "save_library_embeddings", **of_vectors(model, vectors))


def of_vectors(model: str, vectors: dict[str, tuple[bytes, str]]) -> dict[str, Any]:
    digests, embeddings = zip(*vectors.values(), strict=True)
    return {"model": model, "slug": list(vectors), "digest": list(digests), "embedding": list(embeddings)}


async def test_an_embedding_takes_the_place_of_the_one_before(library: Library) -> None:
    for slug in ("one", "two", "three"):
        await library.text(slug)
    await save(library.database, "m", {"one": (b"1", vector(1)), "two": (b"2", vector(2)), "gone": (b"3", vector(3))})
    await save(library.database, "n", {"two": (b"4", vector(4)), "three": (b"5", vector(5))})
    assert [tuple(row) for row in await library.database.fetch(EMBEDDED)] == [
        ("one", "m", b"1", vector(1)),
        ("three", "n", b"5", vector(5)),
        ("two", "n", b"4", vector(4)),
    ]


async def test_embeddings_of_texts_are_locked_in_the_order_of_their_slugs(
    database: Connection, dsn: str, texts: None
) -> None:
    # By their titles they come in another order.
    await database.execute("update library_suggestions set title_nl = 'Titel ' || 9 - right(slug, 1)::integer")
    slugs = [f"test-{number}" for number in range(1, 4)]
    vectors = {slug: (slug.encode(), vector(1)) for slug in (slugs[1], slugs[2], slugs[0])}
    await save(database, "m", vectors)
    lock = "select from library_embeddings where slug = any($1) for update"
    async with database.transaction():
        await database.execute(lock, slugs[:1])
        running = await run_behind(database, dsn, "save_library_embeddings", **of_vectors("n", vectors))
        # It waits for the first row, so it hasn't locked later ones.
        await database.execute(f"{lock} nowait", slugs)
    await running
    assert {row["model"] for row in await database.fetch(EMBEDDED)} == {"n"}
