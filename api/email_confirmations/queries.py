"""Typed statements of sql/queries/email_confirmations.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.email_confirmations.facts import EMAIL_TAKEN
from api.email_confirmations.schemas import ConfirmedEmail, EmailNotice, EmailOwner, EmailStatus
from api.problems.types import NOT_AUTHENTICATED


class EmailConfirmationQueries(Queries, Protocol):
    async def get_email_status(self, *, user_id: int) -> EmailStatus: ...

    async def begin_email_change(
        self, *, user_id: int, password: str, email: str, network: str | None
    ) -> int | None: ...

    async def cancel_email_change(self, *, user_id: int, email: str, network: str | None) -> int | None: ...

    async def issue_confirmation(self, *, user_id: int, email: str, token_digest: bytes) -> bool | None: ...

    async def find_email_owner(self, *, email: str) -> EmailOwner | None: ...

    async def get_email_notice(self, *, user_id: int, email: str) -> EmailNotice | None: ...

    async def confirm_email(self, *, token_digest: bytes, network: str | None) -> ConfirmedEmail | None: ...


sql = bind(EmailConfirmationQueries, missing=NOT_AUTHENTICATED, constraints={"users_confirmed_email_key": EMAIL_TAKEN})
