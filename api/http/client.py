"""Where a request comes from, and over what: behind a proxy that is trusted, by its word."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from litestar.types import HTTPScope


class Proxies:
    """The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        self._networks = networks
        self._known: Final[dict[str, bool]] = {}

    def trusts(self, address: str) -> bool:
        known = self._known.get(address)
        if known is None:
            try:
                parsed = ip_address(address)
            except ValueError:
                return False
            known = any(parsed in network for network in self._networks)
            if len(self._known) < 1024:
                self._known[address] = known
        return known

    def resolve(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> tuple[str, bool]:
        """Address of the client, and whether it speaks https.

        Of X-Forwarded-For the last address that isn't a trusted proxy counts: what stands before it, a client can make
        up.
        """
        address = (scope.get("client") or ("unknown", 0))[0]
        secure = scope["scheme"] == "https"
        forwarded, scheme = headers.get(b"x-forwarded-for"), headers.get(b"x-forwarded-proto")
        if (forwarded is None and scheme is None) or not self.trusts(address):
            return address, secure
        if scheme is not None:
            # The first is what the client spoke; who makes it up deceives nobody else.
            secure = scheme.partition(b",")[0].strip().lower() == b"https"
        for hop in reversed((forwarded or b"").decode("latin-1").split(",")):
            candidate = hop.strip()
            try:
                address = str(ip_address(candidate))
            except ValueError:
                break
            if not self.trusts(address):
                break
        return address, secure
