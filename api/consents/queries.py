"""Typed statements of sql/queries/consents.sql."""

from typing import Protocol

from api.auth.facts import CONSENT_TEXT_NOT_CURRENT
from api.consents.facts import CONSENT_TEXT_NOT_FOUND
from api.consents.schemas import Consent, ConsentText, TextVersion
from api.database.queries import Queries, bind
from api.problems.types import NOT_AUTHENTICATED


class ConsentQueries(Queries, Protocol):
    async def list_consent_texts(self, *, language: str) -> list[ConsentText]: ...

    async def list_texts_to_ask(self, *, user_id: int) -> list[TextVersion]: ...

    async def list_consents(self, *, user_id: int, before: int, count: int) -> list[Consent]: ...

    async def lock_consents(self, *, user_id: int) -> int: ...


class AgreementQueries(Queries, Protocol):
    async def give_consent(self, *, user_id: int, purpose: str, version: int, network: str | None) -> Consent: ...


class WithdrawalQueries(Queries, Protocol):
    async def withdraw_consent(self, *, user_id: int, purpose: str, network: str | None) -> str: ...


sql = bind(ConsentQueries, missing=NOT_AUTHENTICATED)
agreements = bind(AgreementQueries, missing=CONSENT_TEXT_NOT_CURRENT)
withdrawals = bind(WithdrawalQueries, missing=CONSENT_TEXT_NOT_FOUND)
