"""An authenticator in software: it makes a passkey (ES256, without attestation) and signs with it."""

import hashlib
from secrets import token_bytes
from typing import Any, Final

import cbor2
import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from api.passkeys.challenges import from_base64url, to_base64url
from tests.second_factors.factors import Owner, registered

# Flags of authenticator data.
PRESENT: Final = 0x01
VERIFIED: Final = 0x04
ATTESTED: Final = 0x40
# What is no credential.
MALFORMED: Final[tuple[Any, ...]] = ({}, {"id": "a"}, [], None, "x")


class Authenticator:
    """Holds one passkey; what it says can be made wrong by the arguments."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.origin = str(client.base_url).rstrip("/")
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = token_bytes(16)
        self.user_handle = ""
        # How often it was used; one that is synchronised doesn't count.
        self.count = 0

    async def registration_options(self) -> dict[str, Any]:
        return await self._options("registration-options")

    async def login_options(self) -> dict[str, Any]:
        return await self._options("login-options")

    async def _options(self, kind: str) -> dict[str, Any]:
        answer = await self._client.post(f"/api/passkeys/{kind}")
        assert answer.status_code == 200, answer.text
        options: dict[str, Any] = answer.json()
        return options

    async def add(self, name: str = "Telefoon", **wrong: Any) -> httpx.Response:
        """Add a passkey to the account whose session the client has."""
        return await self.post(name, self.made(await self.registration_options(), **wrong))

    async def post(self, name: str, credential: dict[str, Any]) -> httpx.Response:
        return await self._client.post("/api/passkeys", json={"name": name, "credential": credential})

    async def log_in(self, **wrong: Any) -> httpx.Response:
        return await self.present(self.signed(await self.login_options(), **wrong))

    async def present(self, credential: dict[str, Any], **more: Any) -> httpx.Response:
        return await self._client.post("/api/passkeys/login", json={"credential": credential} | more)

    def made(
        self,
        options: dict[str, Any],
        *,
        type: str = "webauthn.create",
        rp_id: str | None = None,
        flags: int = PRESENT | VERIFIED | ATTESTED,
        algorithm: int = -7,
        attestation: bytes | None = None,
        **client_data: Any,
    ) -> dict[str, Any]:
        """What `navigator.credentials.create()` gives, as JSON."""
        self.user_handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public_key = cbor2.dumps({1: 2, 3: algorithm, -1: 1, -2: x, -3: y})
        length = len(self.credential_id).to_bytes(2, "big")
        data = self._data(rp_id or options["rp"]["id"], flags) + bytes(16) + length + self.credential_id + public_key
        attested = attestation or cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": self._client_data({"type": type, "challenge": options["challenge"]} | client_data),
                "attestationObject": to_base64url(attested),
                "transports": ["internal", "hybrid"],
                # Browsers send these along.
                "authenticatorData": to_base64url(data),
                "publicKeyAlgorithm": algorithm,
            }
        )

    def signed(
        self,
        options: dict[str, Any],
        *,
        type: str = "webauthn.get",
        rp_id: str | None = None,
        flags: int = PRESENT | VERIFIED,
        signature: bytes | None = None,
        user_handle: str | None = None,
        counts: bool = True,
        **client_data: Any,
    ) -> dict[str, Any]:
        """What `navigator.credentials.get()` gives, as JSON."""
        self.count += counts
        data = self._data(rp_id or options["rpId"], flags)
        said = self._client_data({"type": type, "challenge": options["challenge"]} | client_data)
        message = data + hashlib.sha256(from_base64url(said) or b"").digest()
        return self._credential(
            {
                "clientDataJSON": said,
                "authenticatorData": to_base64url(data),
                "signature": to_base64url(signature or self.key.sign(message, ec.ECDSA(SHA256()))),
                "userHandle": self.user_handle if user_handle is None else user_handle,
            }
        )

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, said: dict[str, Any]) -> str:
        return to_base64url(msgspec.json.encode({"origin": self.origin, "crossOrigin": False} | said))

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        id = to_base64url(self.credential_id)
        return {
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


async def with_passkey(client: httpx.AsyncClient) -> tuple[Owner, Authenticator]:
    """A new account with a passkey; the client stays logged in."""
    owner, authenticator = await registered(client), Authenticator(client)
    answer = await authenticator.add()
    assert answer.status_code == 201, answer.text
    return owner, authenticator
