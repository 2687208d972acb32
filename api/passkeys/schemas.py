"""JSON documents of passkeys; credentials are as WebAuthn's `toJSON()` gives them, options as its parsers take them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from api.auth.schemas import DeviceToken, User
from api.http.schemas import Document, Input, Moment, required_text

Name = Annotated[str, required_text(100, "What the parent calls the passkey, such as the device that it's on.")]
_BASE64URL = r"^[A-Za-z0-9_-]+$(?!\n)"
CredentialId = Annotated[str, Meta(max_length=1364, pattern=_BASE64URL)]
ClientData = Annotated[str, Meta(max_length=4000, pattern=_BASE64URL)]
Transport = Annotated[str, Meta(max_length=20, pattern=r"^[a-z-]+$(?!\n)")]
Transports = Annotated[list[Transport], Meta(max_length=10)]


# What else browsers send in these is ignored: they add to it.
class AttestationResponse(msgspec.Struct):
    """What an authenticator says of a new credential."""

    client_data: ClientData = field(name="clientDataJSON")
    attestation_object: Annotated[str, Meta(max_length=16_000, pattern=_BASE64URL)] = field(name="attestationObject")
    transports: Transports = []


class NewCredential(msgspec.Struct, rename="camel"):
    """A credential that an authenticator made."""

    id: CredentialId
    raw_id: CredentialId
    type: Literal["public-key"]
    response: AttestationResponse


class AssertionResponse(msgspec.Struct):
    """What an authenticator signed."""

    client_data: ClientData = field(name="clientDataJSON")
    authenticator_data: Annotated[str, Meta(max_length=4000, pattern=_BASE64URL)] = field(name="authenticatorData")
    signature: Annotated[str, Meta(max_length=4000, pattern=_BASE64URL)]
    user_handle: Annotated[str, Meta(max_length=100)] | None = field(name="userHandle", default=None)


class Assertion(msgspec.Struct, rename="camel"):
    """A credential that signed a challenge."""

    id: CredentialId
    raw_id: CredentialId
    type: Literal["public-key"]
    response: AssertionResponse


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


class Party(Document):
    """The service."""

    id: str
    name: str


class PasskeyUser(Document):
    """The account; its id says nothing of the parent."""

    id: str
    name: str
    display_name: str


class KeyKind(Document):
    """A kind of key that the service knows: -7 is ES256, -8 EdDSA, -257 RS256."""

    type: str
    alg: int


class KnownCredential(Document):
    """A credential that the account has."""

    type: str
    id: str
    transports: list[str]


class Selection(Document):
    """What an authenticator has to be able to do: log in without a username, and check who uses it."""

    resident_key: str
    require_resident_key: bool
    user_verification: str


class RegistrationOptions(Document):
    """For `navigator.credentials.create()`, through `PublicKeyCredential.parseCreationOptionsFromJSON()`."""

    challenge: str
    rp: Party
    user: PasskeyUser
    pub_key_cred_params: list[KeyKind]
    timeout: int
    exclude_credentials: list[KnownCredential]
    authenticator_selection: Selection
    attestation: str

    example = {
        "challenge": "VGhpcyBpcyBhIGNoYWxsZW5nZSBvZiAzMiBieXRlcy4",
        "rp": {"id": "app.example.org", "name": "Nestwerk"},
        "user": {"id": "AAAAAAAAAAU", "name": "noor", "displayName": "noor"},
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "timeout": 300000,
        "excludeCredentials": [{"type": "public-key", "id": "c2Vjb25kLWZhY3Rvcg", "transports": ["internal"]}],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


class LoginOptions(Document):
    """For `navigator.credentials.get()`, through `PublicKeyCredential.parseRequestOptionsFromJSON()`."""

    challenge: str
    rp_id: str
    timeout: int
    user_verification: str

    example = {
        "challenge": "VGhpcyBpcyBhIGNoYWxsZW5nZSBvZiAzMiBieXRlcy4",
        "rpId": "app.example.org",
        "timeout": 300000,
        "userVerification": "required",
    }


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
    password: str
    device_digest: bytes | None

    def user(self) -> User:
        return User(self.id, self.username, self.email, self.profile_picture)
