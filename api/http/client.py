"""The client's address and scheme, also behind trusted proxies."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address

from litestar.types import HTTPScope


class TrustedProxies:
    """Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        self._networks = networks
        self._is_trusted = lru_cache(1024)(self._lookup)

    def _lookup(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def resolve(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> tuple[str, bool]:
        """Address of the client, and whether it uses https.

        The client is the last address in X-Forwarded-For that isn't a trusted proxy: a client can forge those before.
        """
        address = (scope.get("client") or ("unknown", 0))[0]
        secure = scope["scheme"] == "https"
        forwarded, scheme = headers.get(b"x-forwarded-for"), headers.get(b"x-forwarded-proto")
        if (forwarded is None and scheme is None) or not self._is_trusted(address):
            return address, secure
        if scheme is not None:
            # The first is the client's own scheme; a client that forges it deceives nobody else.
            secure = scheme.partition(b",")[0].strip().lower() == b"https"
        for hop in reversed((forwarded or b"").decode("latin-1").split(",")):
            candidate = hop.strip()
            try:
                address = str(ip_address(candidate))
            except ValueError:
                break
            if not self._is_trusted(address):
                break
        return address, secure
