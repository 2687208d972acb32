"""Texts that parents are asked to agree to, and the caller's answers."""

from typing import Annotated, Final

from litestar import Response, Router

from api.auth.facts import CONSENT_TEXT_NOT_CURRENT, TOO_MANY_ATTEMPTS
from api.auth.networks import client_network
from api.auth.schemas import Caller, NewConsent
from api.auth.security_events import tell
from api.auth.throttling import charge, consent_charges
from api.consents.facts import CONSENT_TEXT_NOT_FOUND
from api.consents.queries import agreements, sql, withdrawals
from api.consents.schemas import Consent, Consents, ConsentText
from api.http.endpoint import delete, get, post
from api.http.pagination import Keyset
from api.http.schemas import Limit
from api.problems.text import Language

BY_ID: Final = Keyset(Consent, "id", descending=True)


@get("/consent-texts")
async def list_consent_texts(language: Language) -> list[ConsentText]:
    """The current version of each text that parents are asked to agree to; takes no session."""
    return await sql.list_consent_texts(language=language)


@get("/users/me/consents")
async def list_consents(
    caller: Caller, limit: Limit = 20, cursor: Annotated[str, BY_ID.cursor] | None = None
) -> Consents:
    """What the caller agreed to, declined and withdrew, latest first; and the texts to ask about."""
    (before,) = BY_ID.after(cursor)
    rows = await sql.list_consents(user_id=caller.user_id, before=before, count=limit + 1)
    page = BY_ID.page(rows, limit)
    return Consents(await sql.list_texts_to_ask(user_id=caller.user_id), page.items, page.next_cursor)


@post("/users/me/consents", problems=[CONSENT_TEXT_NOT_CURRENT, TOO_MANY_ATTEMPTS])
async def give_consent(caller: Caller, data: NewConsent) -> Response[Consent]:
    """Agree to the current version of a text; again changes nothing; 20 times an hour."""
    await charge(consent_charges(caller.user_id), caller.user_id)
    async with sql.transaction(user_id=caller.user_id):
        await sql.lock_consents(user_id=caller.user_id)
        consent = await agreements.give_consent(
            user_id=caller.user_id, purpose=data.purpose, version=data.version, network=client_network()
        )
    tell("consent_given", caller.user_id)
    return Response(consent, headers={"Location": "/api/users/me/consents"})


@delete("/users/me/consents/{purpose:str}", problems=[CONSENT_TEXT_NOT_FOUND])
async def withdraw_consent(caller: Caller, purpose: str) -> None:
    """Withdraw a consent, or decline it; again changes nothing.

    Without `health_data` everything health-related is removed at once, for good: children's special needs, routines,
    notes and assessments, stress, concerns, support network and bio, all goals and all suggestions.
    """
    async with sql.transaction(user_id=caller.user_id):
        await sql.lock_consents(user_id=caller.user_id)
        await withdrawals.withdraw_consent(user_id=caller.user_id, purpose=purpose, network=client_network())
    tell("consent_withdrawn", caller.user_id)


router = Router(
    "/api",
    route_handlers=[list_consent_texts, list_consents, give_consent, withdraw_consent],
    tags=["Consents"],
)
