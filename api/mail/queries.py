"""Typed statements of sql/queries/mails.sql."""

from typing import Any, Protocol

from api.database.queries import Queries, bind
from api.mail.kinds import QueuedMail
from api.problems.text import Language


class MailQueries(Queries, Protocol):
    async def add_mail(
        self, *, user_id: int | None, kind: str, recipient: str, language: Language, parameters: dict[str, Any]
    ) -> None: ...

    async def take_mail(self, *, kinds: list[str]) -> QueuedMail | None: ...

    async def return_mail(self, *, id: int, attempts: int) -> None: ...

    async def remove_mail(self, *, id: int) -> None: ...


mails = bind(MailQueries)
