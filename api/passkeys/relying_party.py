"""The service as browsers and authenticators know it (a relying party, in WebAuthn's words)."""

from typing import Final
from urllib.parse import urlsplit

NAME: Final = "Nestwerk"


class RelyingParty:
    """The host that passkeys are bound to, and the origin of the pages that may use them."""

    def __init__(self) -> None:
        self.configure("http://localhost")

    def configure(self, public_url: str) -> None:
        self.origin = public_url
        self.id = urlsplit(public_url).hostname or ""


# Of the process, as PUBLIC_URL says.
relying_party: Final = RelyingParty()
