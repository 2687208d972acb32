"""The service as browsers and authenticators know it (a relying party, in WebAuthn's words)."""

from typing import Final
from urllib.parse import urlsplit

from api.http.origin import DEFAULT_PORTS

NAME: Final = "Nestwerk"


class RelyingParty:
    """The host that passkeys are bound to, and the origin of the pages that may use them."""

    def __init__(self) -> None:
        self.configure("http://localhost")

    def configure(self, public_url: str) -> None:
        """Take both from an address, as browsers write them."""
        parts = urlsplit(public_url)
        self.id = parts.hostname or ""
        port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
        host = f"[{self.id}]" if ":" in self.id else self.id
        self.origin = f"{parts.scheme}://{host}{port}"


# Of the process, as PUBLIC_URL says.
relying_party: Final = RelyingParty()
