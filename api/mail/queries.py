"""Typed statements of sql/queries/mails.sql."""

from typing import Any, Protocol

import msgspec

from api.database.queries import Queries, bind
from api.mail.kinds import QueuedMail
from api.problems.text import Language


class MailFigures(msgspec.Struct, gc=False):
    """How many mails wait, and for how many seconds the first of them has been due."""

    waiting: int = 0
    overdue: float = 0


class MailQueries(Queries, Protocol):
    async def add_mail(
        self, *, user_id: int | None, kind: str, recipient: str, language: Language, parameters: dict[str, Any]
    ) -> None: ...

    async def take_mail(self, *, kinds: list[str]) -> QueuedMail | None: ...

    async def return_mail(self, *, id: int, attempts: int, least_attempts: int) -> None: ...

    async def remove_mail(self, *, id: int) -> None: ...

    async def get_mail_figures(self) -> MailFigures: ...


mails = bind(MailQueries)
