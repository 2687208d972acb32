"""Typed statements of sql/queries/password_resets.sql."""

from typing import Protocol

from api.auth.facts import INVALID_LINK
from api.database.queries import Queries, bind
from api.email_confirmations.facts import EMAIL_TAKEN
from api.password_resets.schemas import IssuedReset, ResetAccount


class PasswordResetQueries(Queries, Protocol):
    async def issue_password_resets(
        self, *, email: str, token_digest: list[bytes], most: int, network: str | None
    ) -> list[IssuedReset]: ...

    async def get_password_reset(self, *, token_digest: bytes) -> ResetAccount | None: ...

    async def reset_password(self, *, token_digest: bytes, password: str, network: str | None) -> int | None: ...

    async def confirm_email_of_reset(self, *, user_id: int, email: str, network: str | None) -> int | None: ...


sql = bind(PasswordResetQueries, missing=INVALID_LINK, constraints={"users_confirmed_email_key": EMAIL_TAKEN})
