"""Typed statements of sql/queries/second_factors.sql, except those that logins need."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.problems.types import NOT_AUTHENTICATED
from api.second_factors.schemas import LockedAccount, SecondFactors


class SecondFactorQueries(Queries, Protocol):
    async def get_second_factors(self, *, user_id: int) -> SecondFactors: ...

    async def lock_account(self, *, user_id: int, session_id: int) -> LockedAccount: ...

    async def set_up_totp(self, *, user_id: int, sealed_secret: bytes) -> int | None: ...

    async def get_unconfirmed_totp(self, *, user_id: int) -> bytes | None: ...

    async def confirm_totp(self, *, user_id: int, sealed_secret: bytes, step: int) -> int | None: ...

    async def remove_totp(self, *, user_id: int) -> int | None: ...

    async def replace_recovery_codes(self, *, user_id: int, code_digest: list[bytes]) -> None: ...


sql = bind(SecondFactorQueries, missing=NOT_AUTHENTICATED)
