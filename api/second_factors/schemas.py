"""JSON documents of second factors."""

import msgspec

from api.auth.schemas import Code
from api.http.schemas import Document, Input, Moment


class SecondFactors(Document):
    """What is set up: since when logins ask for it, and since when for an app's codes; null if they don't."""

    second_factor_at: Moment | None
    totp_confirmed_at: Moment | None
    passkeys: int
    recovery_codes_left: int

    example = {
        "secondFactorAt": "2026-03-31T19:20:00.123456Z",
        "totpConfirmedAt": "2026-03-31T19:20:00.123456Z",
        "passkeys": 1,
        "recoveryCodesLeft": 9,
    }


class TotpSetup(Document):
    """The secret of an authenticator app; no other response contains it. `uri` is what a QR code says."""

    secret: str
    uri: str

    example = {
        "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "uri": "otpauth://totp/Nestwerk:noor?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Nestwerk",
    }


class TotpConfirmation(Input):
    """A first code of the app."""

    code: Code

    example = {"code": "123456"}


class NewRecoveryCodes(Document):
    """New recovery codes, which no other response contains; none, if the account has had some before."""

    recovery_codes: list[str]

    example = {"recoveryCodes": ["h7kp-3xqd-m2ya-w9cf", "d4rn-8wsg-kv2e-p6xz"]}


class LockedAccount(msgspec.Struct):
    """An account whose factors change; whether its session's login was recent, and whether it has a factor by now."""

    username: str
    email: str
    is_recent: bool
    has_second_factor: bool
