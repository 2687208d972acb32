"""What a login asks for besides the right password, if its account has a second factor.

A passkey takes the place of both, so it isn't asked for here (`api.passkeys`).
"""

from collections.abc import Sequence
from time import time
from typing import Final, NamedTuple, Protocol

from api.auth.facts import SECOND_FACTOR_REQUIRED, WRONG_CODE
from api.auth.failures import note_failure
from api.auth.networks import client_network
from api.auth.queries import accounts
from api.auth.recovery_codes import recovery_code_digest
from api.auth.schemas import Factors, FoundLogin, Means, User
from api.auth.security_events import tell
from api.auth.throttling import Charge, charge, code_charges
from api.auth.totp import matching_step, open_secret
from api.mail.queries import mails
from api.problems.problem import Problem
from api.problems.text import Language

# Kind of the mails that tell an owner; what they say stands in api/second_factors.
FACTORS_CHANGED: Final = "factors_changed"


class Codes(Protocol):
    """What a client gives as its second factor."""

    code: str | None
    recovery_code: str | None


class Completion(NamedTuple):
    """What completed a login, and what is to be taken out of limits if it succeeds."""

    means: Means
    charges: Sequence[Charge] = ()


async def check_second_factor(login: FoundLogin, user: User, data: Codes, language: Language) -> Completion:
    """Use up the code of a login whose password is right.

    Erasing an account takes as much as a login.

    A mail tells the owner that a recovery code was used.

    Raises:
        Problem: `second_factor_required`, `wrong_code` or `too_many_attempts`.

    """
    user_id = user.id
    factors = await accounts.get_factors(user_id=user_id)  # owner: whose password was right
    if data.recovery_code is not None:
        digest = recovery_code_digest(data.recovery_code)
        used = await accounts.use_recovery_code(
            user_id=user_id,  # owner: the same
            code_digest=digest,
            network=client_network(),
        )
        if used is not None:
            tell("recovery_code_used", user_id)
            await mails.add_mail(
                user_id=user_id,  # owner: the same
                kind=FACTORS_CHANGED,
                recipient=user.email,
                language=language,
                parameters={"change": "recovery_code_used"},
            )
            return Completion("recovery_code")
    elif data.code is not None:
        # Recovery codes have no such limit: nobody guesses one, and they let the owner in while somebody guesses codes.
        charges = code_charges(user_id, login.device_digest)
        await charge(charges, user_id)
        if await _is_right(user_id, factors.sealed_secret, data.code):
            return Completion("code", charges)
    else:
        await note_failure("second_factor_asked", user_id)
        raise Problem(SECOND_FACTOR_REQUIRED, ways=_ways(factors))
    await note_failure("code_refused", user_id, is_unknown_device=login.device_digest is None)
    raise Problem(WRONG_CODE)


async def _is_right(user_id: int, sealed_secret: bytes | None, code: str) -> bool:
    """Whether an app's code is right and wasn't used before; it's used up then."""
    if sealed_secret is None:
        return False
    step = matching_step(open_secret(sealed_secret, user_id), code, time())
    if step is None:
        return False
    return await accounts.use_totp_step(user_id=user_id, step=step) is not None  # owner: whose password was right


def _ways(factors: Factors) -> list[str]:
    """Ways in which a login can be completed."""
    ways = {
        "totp": factors.sealed_secret is not None,
        "passkey": factors.has_passkeys,
        "recovery_code": factors.has_recovery_codes,
    }
    return [way for way, is_there in ways.items() if is_there]
