"""The networks that a client's address is counted in."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from api.http.current import current_request


class Networks(NamedTuple):
    """A client's own network, and the wide one around it that one hand may hold."""

    own: str
    wide: str


def networks_of(address: str) -> Networks:
    """Networks of an address: of IPv4 itself and its /24, of IPv6 its /56, as a household has it, and its /48."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return Networks("unknown", "unknown")
    if isinstance(parsed, IPv6Address):
        # On a dual-stack socket an IPv4 address looks like one of IPv6.
        mapped = parsed.ipv4_mapped
        if mapped is None:
            own, wide = (str(IPv6Network((int(parsed), length), strict=False)) for length in (56, 48))
            return Networks(own, wide)
        parsed = mapped
    return Networks(str(parsed), str(IPv4Network((int(parsed), 24), strict=False)))


def client_network() -> str | None:
    """Network that audit events name, the wide one of the request that is being answered; None if it isn't known."""
    request = current_request()
    client = request and request.get("client")
    network = networks_of(client[0]).wide if client else "unknown"
    return None if network == "unknown" else network
