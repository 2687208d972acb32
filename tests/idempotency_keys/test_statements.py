"""What the statements of keys leave behind, and how much an account keeps."""

from secrets import token_bytes

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.statements import run, taken_back


async def test_a_claim_leaves_the_patience_for_locks_as_it_was(accounts: Accounts, database: Connection) -> None:
    parent, digest = await accounts.parent(), token_bytes(32)
    before = await database.fetchval("show lock_timeout")
    async with database.transaction():
        await database.execute("set local lock_timeout = '7s'")
        claimed = await run(database, "claim_key", key_digest=digest, user_id=parent.user_id)
        assert claimed == [("claimed",)]
        assert await database.fetchval("show lock_timeout") == "7s"
    assert await database.fetchval("show lock_timeout") == before
    await run(database, "release_key", key_digest=digest)


@pytest.mark.parametrize(
    ("last", "is_kept"),
    [(None, True), (4194303, True), (4194304, False)],
)
async def test_answers_of_a_day_have_room_for_16_megabytes(
    accounts: Accounts, database: Connection, last: int | None, is_kept: bool
) -> None:
    parent, digest = await accounts.parent(), token_bytes(32)
    sizes = [] if last is None else [4194304] * 3 + [last]
    async with taken_back(database):
        await database.execute(
            "insert into idempotency_keys (key_digest, user_id, sealed_answer)"
            " select sha256(concat($1::bigint, ' ', number)::bytea), $1, convert_to(repeat('x', size), 'UTF8')"
            "   from unnest($2::integer[]) with ordinality as answer (size, number)",
            parent.user_id,
            sizes,
        )
        await run(database, "claim_key", key_digest=digest, user_id=parent.user_id)
        values = {"key_digest": digest, "user_id": parent.user_id, "sealed_answer": bytes(29)}
        assert await run(database, "keep_answer", **values) == [(is_kept,)]
