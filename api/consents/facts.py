"""Facts of consents, for checks, seed and documentation."""

from typing import Final

from api.auth.schemas import NewConsent
from api.facts import Facts, Payload, Table
from api.problems.text import Text
from api.problems.types import ProblemType

CONSENT_TEXT_NOT_FOUND: Final = ProblemType(
    code="consent_text_not_found",
    status=404,
    title="Consent text not found",
    nl="Deze tekst kennen we niet.",
    en="We don't know this text.",
)

FACTS: Final = Facts(
    tables={
        "consent_texts": Table(grows=False),
        "consents": Table({"user_id": "user"}, {"consents_pkey": "user_id"}),
    },
    labels={
        "purpose": Text("waarvoor", "purpose"),
        "version": Text("versie", "version"),
        "consents": Text("toestemmingen", "consents"),
    },
    payloads=(Payload(NewConsent, "consent_texts"),),
    examples={
        "answer_consent_texts.purpose": ["health_data"],
        "answer_consent_texts.version": [1],
        "purpose": "health_data",
        "version": 1,
        "before": 2**63 - 1,
        "list_consent_texts.language": "nl",
    },
    # A family that withdraws can't be written to as before, and who registers answers once.
    shares={"answer_consent_texts": 0, "withdraw_consent": 0},
)
