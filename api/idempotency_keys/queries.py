"""Typed statements of sql/queries/idempotency_keys.sql."""

from typing import Protocol

from api.database.queries import Queries, bind


class IdempotencyKeyQueries(Queries, Protocol):
    async def get_kept_answer(self, *, key_digest: bytes) -> bytes | None: ...

    async def claim_key(self, *, user_id: int | None, key_digest: bytes) -> str: ...

    async def keep_answer(self, *, user_id: int | None, key_digest: bytes, sealed_answer: bytes) -> bool: ...

    async def release_key(self, *, key_digest: bytes) -> None: ...


sql = bind(IdempotencyKeyQueries)
