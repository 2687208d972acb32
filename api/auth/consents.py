"""The answers of who registers."""

from collections.abc import Sequence

from api.auth.facts import CONSENT_TEXT_NOT_CURRENT
from api.auth.networks import client_network
from api.auth.queries import accounts
from api.auth.schemas import NewConsent
from api.problems.problem import Problem


async def answer(user_id: int, consents: Sequence[NewConsent]) -> None:
    """Note that a new account was asked, and agrees to these texts; in the transaction that makes it.

    Raises:
        Problem: `consent_text_not_current`.

    """
    given = {(consent.purpose, consent.version) for consent in consents}
    current = await accounts.answer_consent_texts(
        user_id=user_id,  # owner: who has just registered
        purpose=[purpose for purpose, _ in given],
        version=[version for _, version in given],
        network=client_network(),
    )
    if current != len(given):
        raise Problem(CONSENT_TEXT_NOT_CURRENT)
