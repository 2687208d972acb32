"""JSON documents of passkeys, and rows that are read of them."""

from typing import Annotated

import msgspec

from api.auth.schemas import DeviceToken, User
from api.http.schemas import Document, Input, Moment, required_text
from api.passkeys.webauthn_json import Assertion, NewCredential

Name = Annotated[str, required_text(100, "What the parent calls the passkey, such as the device that it's on.")]


class NewPasskey(Input):
    """A passkey that the browser made, by `/api/passkeys/registration-options`."""

    name: Name
    credential: NewCredential

    example = {
        "name": "Telefoon",
        "credential": {
            "id": "c2Vjb25kLWZhY3Rvcg",
            "rawId": "c2Vjb25kLWZhY3Rvcg",
            "type": "public-key",
            "response": {"clientDataJSON": "eyJ0eXBlIjoi", "attestationObject": "o2NmbXRkbm9uZQ"},
        },
    }


class PasskeyChange(Input):
    """Another name."""

    name: Name

    example = {"name": "Telefoon van Noor"}


class PasskeyLogin(Input):
    """What a passkey signed, by `/api/passkeys/login-options`."""

    credential: Assertion
    remember_me: bool = False
    device_token: DeviceToken | None = None

    example = {
        "credential": {
            "id": "c2Vjb25kLWZhY3Rvcg",
            "rawId": "c2Vjb25kLWZhY3Rvcg",
            "type": "public-key",
            "response": {
                "clientDataJSON": "eyJ0eXBlIjoi",
                "authenticatorData": "SZYN5YgOjGh0NBcP",
                "signature": "MEUCIQDTGOGZ",
                "userHandle": "AAAAAAAAAAU",
            },
        },
        "rememberMe": True,
    }


class Passkey(Document):
    """A passkey of the caller's account."""

    id: int
    name: str
    created_at: Moment
    last_used_at: Moment | None

    example = {
        "id": 3,
        "name": "Telefoon",
        "createdAt": "2026-03-31T19:20:00.123456Z",
        "lastUsedAt": None,
    }


class AddedPasskey(Document):
    """A new passkey, and recovery codes if it's the account's first factor, which no other response contains."""

    passkey: Passkey
    recovery_codes: list[str]

    example = {"passkey": Passkey.example, "recoveryCodes": ["h7kp-3xqd-m2ya-w9cf", "d4rn-8wsg-kv2e-p6xz"]}


class StoredCredential(msgspec.Struct):
    """A row of list_credentials."""

    credential_id: bytes
    transports: list[str]


class FoundPasskey(msgspec.Struct):
    """A passkey and its account; `device_digest` is that of the client's device, if the account knows it."""

    passkey_id: int
    public_key: bytes
    is_banned: bool
    id: int
    username: str
    email: str
    profile_picture: str | None
    consent_needed: bool
    password: str
    device_digest: bytes | None

    def user(self) -> User:
        return User(self.id, self.username, self.email, self.profile_picture, self.consent_needed)
