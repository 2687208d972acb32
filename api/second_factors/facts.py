"""Facts of second factors, for checks, seed and documentation."""

from secrets import token_bytes
from typing import Final

from api.facts import Facts
from api.problems.types import ProblemType

TOTP_ACTIVE: Final = ProblemType(
    code="totp_active",
    status=409,
    title="Authenticator app set up already",
    nl="Je gebruikt al een authenticator-app. Haal die eerst weg als je een andere wilt.",
    en="You already use an authenticator app. Please remove it first if you want another one.",
)

TOTP_NOT_FOUND: Final = ProblemType(
    code="totp_not_found",
    status=404,
    title="No authenticator app",
    nl="Er is geen authenticator-app om dit mee te doen. Begin opnieuw met instellen.",
    en="There is no authenticator app to do this with. Please start setting it up again.",
)

NO_SECOND_FACTOR: Final = ProblemType(
    code="no_second_factor",
    status=409,
    title="No second factor",
    nl="Stel eerst een authenticator-app of een passkey in.",
    en="Please set up an authenticator app or a passkey first.",
)

FACTS: Final = Facts(
    examples={
        "confirm_totp.step": 1,
        "sealed_secret": lambda _: token_bytes(52),
        "replace_recovery_codes.code_digest": lambda _: [token_bytes(32)],
    },
)
