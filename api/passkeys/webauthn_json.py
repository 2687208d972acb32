"""WebAuthn's own JSON: credentials as its `toJSON()` gives them, options as its parsers take them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from api.http.schemas import Document

_BASE64URL = r"^[A-Za-z0-9_-]+$(?!\n)"
CredentialId = Annotated[str, Meta(max_length=1364, pattern=_BASE64URL)]
ClientData = Annotated[str, Meta(max_length=4000, pattern=_BASE64URL)]
Transport = Annotated[str, Meta(max_length=20, pattern=r"^[a-z-]+$(?!\n)")]
Transports = Annotated[list[Transport], Meta(max_length=10)]


# What else browsers send in these is ignored: they add to it.
class _Credential(msgspec.Struct, rename="camel"):
    id: CredentialId
    raw_id: CredentialId
    type: Literal["public-key"]


class AttestationResponse(msgspec.Struct):
    """What an authenticator says of a new credential."""

    client_data: ClientData = field(name="clientDataJSON")
    attestation_object: Annotated[str, Meta(max_length=16_000, pattern=_BASE64URL)] = field(name="attestationObject")
    transports: Transports = []


class NewCredential(_Credential):
    """A credential that an authenticator made."""

    response: AttestationResponse


class AssertionResponse(msgspec.Struct):
    """What an authenticator signed."""

    client_data: ClientData = field(name="clientDataJSON")
    authenticator_data: Annotated[str, Meta(max_length=4000, pattern=_BASE64URL)] = field(name="authenticatorData")
    signature: Annotated[str, Meta(max_length=4000, pattern=_BASE64URL)]
    user_handle: Annotated[str, Meta(max_length=100)] | None = field(name="userHandle", default=None)


class Assertion(_Credential):
    """A credential that signed a challenge."""

    response: AssertionResponse


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
