"""Facts of passkeys, for checks, seed and documentation."""

from secrets import token_bytes
from typing import Final

from api.facts import Facts, Payload, Table
from api.passkeys.schemas import PasskeyChange
from api.problems.text import Text
from api.problems.types import ProblemType

PASSKEY_NOT_FOUND: Final = ProblemType(
    code="passkey_not_found",
    status=404,
    title="Passkey not found",
    nl="Deze passkey konden we niet vinden.",
    en="We could not find this passkey.",
)

PASSKEY_REFUSED: Final = ProblemType(
    code="passkey_refused",
    status=400,
    title="Passkey refused",
    nl="Deze passkey konden we niet toevoegen. Probeer het nog eens, binnen vijf minuten.",
    en="We could not add this passkey. Please try again, within five minutes.",
)

WRONG_PASSKEY: Final = ProblemType(
    code="wrong_passkey",
    status=401,
    title="Wrong passkey",
    nl="Inloggen met deze passkey lukte niet. Probeer het nog eens, of log in met je wachtwoord.",
    en="Logging in with this passkey did not work. Please try again, or log in with your password.",
)

PASSKEY_TAKEN: Final = ProblemType(
    code="passkey_taken",
    status=409,
    title="Passkey added already",
    nl="Deze passkey is al toegevoegd.",
    en="This passkey has been added already.",
)

TOO_MANY_PASSKEYS: Final = ProblemType(
    code="too_many_passkeys",
    status=409,
    title="Too many passkeys",
    nl="Je hebt al 20 passkeys, en meer kan niet. Haal er eerst een weg.",
    en="You have 20 passkeys, and there can't be more. Please remove one first.",
)

FACTS: Final = Facts(
    tables={
        "passkeys": Table({"user_id": "user"}, {"passkeys_pkey": "user_id"}),
        "passkey_registrations": Table({"user_id": "user"}, {"passkey_registrations_pkey": "user_id"}),
        "passkey_logins": Table(),
    },
    labels={
        "name": Text("naam", "name"),
        "credential": Text("passkey", "passkey"),
    },
    payloads=(Payload(PasskeyChange, "passkeys"),),
    examples={
        "challenge_digest": lambda _: token_bytes(32),
        "credential_id": lambda _: token_bytes(16),
        "public_key": lambda _: token_bytes(77),
        "sign_count": 1,
        "transports": ["internal"],
        "add_passkey.name": "Telefoon",
        "rename_passkey.name": "Telefoon",
    },
)
